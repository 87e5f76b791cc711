import type { ShownDay } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { KINDS, kindCounts, matchedOf } from './kinds.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { useChoose } from './use-reconciliation.ts';

/** How many payments match, and the differences by kind, each of which can be chosen. */
export function KindChips({ day, chosen }: { readonly day: ShownDay; readonly chosen: string | undefined }): ReactElement {
  const { kinds } = useTexts(RECONCILIATION);
  const { count } = useFormats();
  const choose = useChoose();
  const counts = kindCounts(day.differences);
  const matched = matchedOf(day);
  return (
    <div className={shapes['line']}>
      {matched !== undefined && (
        <span className={styles['figure']} data-tone="good">
          <strong>{count(matched)}</strong> {kinds.matched}
        </span>
      )}
      {day.running > 0 && (
        <span className={styles['figure']}>
          <strong>{count(day.running)}</strong> {kinds.running}
        </span>
      )}
      {day.differencesInAll > 0 && (
        <button type="button" className={shapes['chip']} aria-pressed={chosen === undefined} onClick={() => choose({ kind: undefined })}>
          {kinds.all} <small>{count(day.differencesInAll)}</small>
        </button>
      )}
      {KINDS.filter((kind) => counts[kind] > 0 || kind === chosen).map((kind) => (
        <button
          key={kind}
          type="button"
          className={shapes['chip']}
          aria-pressed={kind === chosen}
          onClick={() => choose({ kind: kind === chosen ? undefined : kind })}
        >
          {kinds[kind]} <small>{count(counts[kind])}</small>
        </button>
      ))}
    </div>
  );
}
