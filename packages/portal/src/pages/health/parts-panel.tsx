import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { CONDITIONS } from '../../text/conditions/condition-texts.ts';
import { useFormats } from '../../text/formats.ts';
import type { HealthAnswer, Part } from './answers.ts';
import styles from './health.module.css';
import { HEALTH } from './health-texts.ts';
import { useRestored } from './use-restored.ts';

const EACH_MS = 10_000;
const BEHIND_MS = 1_000;

/** Whether it takes payments now, part by part. */
export function PartsPanel(): ReactElement {
  const texts = useTexts(HEALTH);
  const { duration } = useFormats();
  const health = useQuery({ queryKey: ['health', 'parts'], queryFn: () => ask<HealthAnswer>('GET /health'), refetchInterval: EACH_MS });
  // a journal that was put back takes no new payments, whatever its parts say
  const ready = useRestored() === undefined && health.data?.ready === true;
  const name = (part: string): string => texts.parts[part] ?? part;
  return (
    <Panel title={texts.product} aside={health.data && <Mark tone={ready ? 'good' : 'bad'}>{ready ? texts.ready : texts.notReady}</Mark>}>
      <Asked query={health} permission="overview:read">
        {({ parts, behindMs }) => (
          <ul className={`${shapes['list']} ${styles['parts']}`}>
            {Object.entries(parts).map(([part, one]) => (
              <li key={part}>
                <Mark tone={one.ok ? 'good' : 'bad'}>{one.ok ? texts.well : texts.broken}</Mark>
                <strong>{name(part)}</strong>
                <PartDetail part={one} />
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

/** In the words of the page where there are some; the product's own are shown to who points at them. */
function PartDetail({ part: { code = '', value = 0, detail } }: { readonly part: Part }): ReactElement {
  const { parts } = useTexts(CONDITIONS);
  const { count, instant, size } = useFormats();
  const words = parts[code];
  if (words === undefined) return <small lang="en">{detail}</small>;
  const said = code === 'silent' ? instant : code.startsWith('journal-') ? size : count;
  return <small title={detail}>{words(said(value))}</small>;
}
