import { NativeSelect } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { Alarm } from './answers.ts';
import { HEALTH } from './health-texts.ts';

export interface AlarmWish {
  readonly act: 'acknowledge' | 'mute' | 'unmute';
  readonly alarm: Alarm;
}

const HOURS = [1, 4, 12, 24, 72, 168];

/** Says who looks after an alarm, or lets it rest for some hours. */
export function AlarmDialog({ wish, close }: { readonly wish: AlarmWish; readonly close: () => void }): ReactElement {
  const texts = useTexts(HEALTH);
  const [hours, setHours] = useState(4);
  const { act, alarm } = wish;
  const { id, code } = alarm;
  const asked = (reason: string): Promise<unknown> => {
    if (act === 'mute') return ask('POST /alarms/mute', { body: { id, code, hours, reason } });
    return act === 'acknowledge'
      ? ask('POST /alarms/acknowledge', { body: { id, code, reason } })
      : ask('POST /alarms/unmute', { body: { id, code, reason } });
  };
  return (
    <ActDialog title={`${texts[act]}: ${code}`} confirm={texts[act]} changes={[['alarms']]} act={asked} close={close}>
      <p>{texts.dialog[act]}</p>
      {act === 'mute' && (
        <NativeSelect
          label={texts.hours}
          value={String(hours)}
          data={HOURS.map((one) => ({ value: String(one), label: texts.forHours(String(one)) }))}
          onChange={({ currentTarget }) => setHours(Number(currentTarget.value))}
        />
      )}
    </ActDialog>
  );
}
