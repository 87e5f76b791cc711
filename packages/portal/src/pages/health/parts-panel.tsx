import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { HealthAnswer } from './answers.ts';
import styles from './health.module.css';
import { HEALTH } from './health-texts.ts';

const EACH_MS = 10_000;
const BEHIND_MS = 1_000;

/** Whether it takes payments now, part by part. */
export function PartsPanel(): ReactElement {
  const texts = useTexts(HEALTH);
  const { duration } = useFormats();
  const health = useQuery({ queryKey: ['health', 'parts'], queryFn: () => ask<HealthAnswer>('GET /health'), refetchInterval: EACH_MS });
  const name = (part: string): string => texts.parts[part] ?? part;
  return (
    <Panel
      title={texts.product}
      aside={health.data && <Mark tone={health.data.ready ? 'good' : 'bad'}>{health.data.ready ? texts.ready : texts.notReady}</Mark>}
    >
      <Asked query={health} permission="overview:read">
        {({ parts, behindMs }) => (
          <ul className={styles['parts']}>
            {Object.entries(parts).map(([part, { ok, detail }]) => (
              <li key={part}>
                <Mark tone={ok ? 'good' : 'bad'}>{ok ? texts.well : texts.broken}</Mark>
                <strong>{name(part)}</strong>
                <small lang="en">{detail}</small>
              </li>
            ))}
            <li>
              <Mark tone={behindMs > BEHIND_MS ? 'wait' : 'good'}>{behindMs > BEHIND_MS ? texts.late : texts.well}</Mark>
              <strong>{texts.lists}</strong>
              <small>{behindMs > BEHIND_MS ? texts.behind(duration(behindMs)) : texts.upToDate}</small>
            </li>
          </ul>
        )}
      </Asked>
    </Panel>
  );
}
