import type { Cause, Overview, Side } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Panel } from '../../components/panel.tsx';
import { EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { errorMeaning } from '../payment/error-meaning.ts';
import { PAYMENT } from '../payment/payment-texts.ts';
import { ListLink } from './list-link.tsx';
import styles from './overview.module.css';
import { OVERVIEW } from './overview-texts.ts';

/** Why payments failed: at whose side, and for what reason, in words. */
export function CausesPanel({ causes, states }: Pick<Overview, 'causes' | 'states'>): ReactElement {
  const texts = useTexts(OVERVIEW);
  const all = states['failed'] ?? 0;
  const bySide = [...Map.groupBy(causes, ({ side }) => side)]
    .map(([side, of]) => ({ side, of, count: of.reduce((sum, { count }) => sum + count, 0) }))
    .sort((a, b) => b.count - a.count);
  return (
    <Panel title={texts.failures}>
      {all === 0 ? (
        <EmptyState icon="check" title={texts.noFailuresTitle}>
          <p>{texts.noFailures}</p>
        </EmptyState>
      ) : (
        <ul className={`${shapes['list']} ${styles['sides']}`}>
          {bySide.map((one) => (
            <SideCauses key={one.side} {...one} all={all} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface SideCausesProps {
  readonly side: Side;
  readonly of: readonly Cause[];
  readonly count: number;
  readonly all: number;
}

function SideCauses({ side, of, count, all }: SideCausesProps): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { errors } = useTexts(PAYMENT);
  const { count: counted, percent } = useFormats();
  return (
    <li>
      <div className={styles['side']}>
        <strong>{texts.sides[side]}</strong>
        <span>
          {counted(count)} · {percent(count / all)}
        </span>
      </div>
      <progress className={styles['share']} max={all} value={count} aria-label={texts.sides[side]} />
      <p className={shapes['quiet']}>{texts.sideHelp[side]}</p>
      <ul className={`${shapes['list']} ${styles['causes']}`}>
        {of.map(({ direction, error, count: few }) => (
          <li key={`${direction} ${error}`}>
            <ListLink chosen={{ state: 'failed', direction, ...(error !== '' && { error }) }}>{counted(few)}</ListLink>
            <span>
              {side === 'us' && error.startsWith('2') ? texts.ownSystem : (errorMeaning(errors, error) ?? texts.sideHelp.unknown)}{' '}
              <small>
                {error === '' ? texts.noCode : error}, {direction === 'out' ? texts.outgoing : texts.incoming}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
