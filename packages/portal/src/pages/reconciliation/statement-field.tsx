import { Button } from '@mantine/core';
import type { ShownPull } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';

interface StatementFieldProps {
  readonly label: string;
  readonly choose: (file: File | undefined) => void;
  /** Undefined: this statement cannot be pulled. */
  readonly pull: ShownPull | undefined;
  /** Undefined: not now, since something is under way or a file is chosen. */
  readonly pullNow: (() => void) | undefined;
}

/** One side’s statement: a file, or pulled from where it is configured, with what came of that last. */
export function StatementField({ label, choose, pull, pullNow }: StatementFieldProps): ReactElement {
  const { pull: texts } = useTexts(RECONCILIATION);
  return (
    <div className={styles['source']}>
      <label className={styles['file']}>
        <span>{label}</span>
        <input type="file" accept=".csv,text/csv" onChange={({ currentTarget }) => choose(currentTarget.files?.[0])} />
      </label>
      {pull !== undefined && (
        <div className={styles['pull']}>
          <Button variant="default" size="xs" disabled={pullNow === undefined} onClick={() => pullNow?.()}>
            {texts.from[pull.side]}
          </Button>
          <LastPull pull={pull} />
        </div>
      )}
    </div>
  );
}

function LastPull({ pull: { last, next } }: { readonly pull: ShownPull }): ReactElement {
  const { pull: texts } = useTexts(RECONCILIATION);
  const { instant, count } = useFormats();
  if (last === undefined) return <small className={shapes['quiet']}>{texts.never}</small>;
  if (last.code === undefined) return <small className={shapes['quiet']}>{texts.came(instant(last.at), count(last.rows ?? 0))}</small>;
  const why = texts.failures[last.code];
  return (
    <small className={styles['pullFailed']} title={last.reason}>
      {texts.failed(instant(last.at), why ?? last.code)}
      {next !== undefined && ` ${texts.next(instant(next))}`}
    </small>
  );
}
