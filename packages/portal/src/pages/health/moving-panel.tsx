import type { Totals } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './health.module.css';
import { HEALTH } from './health-texts.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Whether money moves: what the last hour brought. */
export function MovingPanel(): ReactElement {
  const texts = useTexts(HEALTH);
  const { count } = useFormats();
  const from = Math.floor(now() / MINUTE_MS) * MINUTE_MS - HOUR_MS;
  const hour = useQuery({
    queryKey: ['health', 'hour', from],
    queryFn: ({ signal }) => ask<Totals>('GET /payments/totals', { query: { from }, signal }),
    placeholderData: (before) => before,
    meta: { live: true },
  });
  return (
    <Panel title={texts.moving}>
      <Asked query={hour} permission="payments:read">
        {({ count: all, counts: { state } }) => {
          const completed = state['completed'] ?? 0;
          const failed = state['failed'] ?? 0;
          return (
            <>
              <Mark tone={all === 0 ? 'still' : completed === 0 ? 'bad' : 'good'}>
                {all === 0 ? texts.nothingMoves : completed === 0 ? texts.noneCompletes : texts.moves}
              </Mark>
              <dl className={styles['figures']}>
                <div>
                  <dt>{texts.begun}</dt>
                  <dd className={shapes['figure']}>{count(all)}</dd>
                </div>
                <div>
                  <dt>{texts.completed}</dt>
                  <dd className={shapes['figure']}>{count(completed)}</dd>
                </div>
                <div>
                  <dt>{texts.failed}</dt>
                  <dd className={shapes['figure']} data-tone={failed > 0 ? 'bad' : undefined}>
                    {count(failed)}
                  </dd>
                </div>
              </dl>
              <p className={`${shapes['quiet']} ${styles['hint']}`}>
                <Link to="/payments" search={{ period: 'hour' }}>
                  {texts.theseLink}
                </Link>
              </p>
            </>
          );
        }}
      </Asked>
    </Panel>
  );
}
