import type { DayEvent } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Panel } from '../../components/panel.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';

/** Who did what with a day, the newest first. */
export function DayEvents({ events }: { readonly events: readonly DayEvent[] }): ReactElement | null {
  const { history, events: words, leftThen } = useTexts(RECONCILIATION);
  const { instant, count } = useFormats();
  if (events.length === 0) return null;
  return (
    <Panel title={history}>
      <ol className={`${shapes['list']} ${styles['events']}`}>
        {[...events].reverse().map(({ at, by, what, left, reason }) => (
          <li key={`${at} ${what}`}>
            <span>
              {by.replace(/^\w+:/, '')}: {words[what]}, {leftThen(count(left))}
            </span>
            {reason !== undefined && <q>{reason}</q>}
            <small>{instant(at)}</small>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
