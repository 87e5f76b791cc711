import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useAlarmTitle } from '../../text/alarms/alarm-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { AlarmDialog, type AlarmWish } from './alarm-dialog.tsx';
import type { Alarm } from './answers.ts';
import styles from './health.module.css';
import { HEALTH } from './health-texts.ts';

const EACH_MS = 10_000;

/** What is broken, since when, and who looks after it. */
export function AlarmsPanel(): ReactElement {
  const texts = useTexts(HEALTH);
  const mayMute = useMay('alarms:mute');
  const [wish, setWish] = useState<AlarmWish>();
  const alarms = useQuery({
    queryKey: ['alarms'],
    queryFn: () => ask<{ readonly alarms: readonly Alarm[] }>('GET /alarms', { query: { limit: 200 } }),
    refetchInterval: EACH_MS,
    meta: { live: true },
  });
  const { since, what, seen } = texts.heads;
  return (
    <Panel title={texts.alarms} flush>
      <Asked query={alarms} permission="overview:read">
        {(data) =>
          data.alarms.length === 0 ? (
            <EmptyState icon="check" title={texts.noAlarmsTitle}>
              <p>{texts.noAlarms}</p>
            </EmptyState>
          ) : (
            <Table label={texts.alarms} head={<TableHeads names={[since, what, seen]} acts />}>
              {data.alarms.map((alarm) => (
                <AlarmRow key={`${alarm.code} ${alarm.id}`} alarm={alarm} mayMute={mayMute} wish={setWish} />
              ))}
            </Table>
          )
        }
      </Asked>
      {wish && <AlarmDialog wish={wish} close={() => setWish(undefined)} />}
    </Panel>
  );
}

interface AlarmRowProps {
  readonly alarm: Alarm;
  readonly mayMute: boolean;
  readonly wish: (wish: AlarmWish) => void;
}

function AlarmRow({ alarm, mayMute, wish }: AlarmRowProps): ReactElement {
  const texts = useTexts(HEALTH);
  const { moment } = useFormats();
  const title = useAlarmTitle();
  const { acknowledged, muted } = alarm;
  return (
    <tr>
      <td>{moment(alarm.since, now())}</td>
      <td className={styles['reason']}>
        <span>{title(alarm.code)}</span>
        <small lang="en">
          {alarm.reason} <code>{alarm.code}</code>
        </small>
      </td>
      <td>
        {acknowledged && (
          <Mark tone="wait" title={acknowledged.reason}>
            {texts.seenBy(nameIn(acknowledged.by))}
          </Mark>
        )}{' '}
        {muted && (
          <Mark tone="still" title={muted.reason}>
            {texts.mutedUntil(moment(muted.until, now()))}
          </Mark>
        )}
      </td>
      <td>
        {mayMute && (
          <div className={shapes['buttons']}>
            {acknowledged === undefined && (
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${texts.acknowledge}: ${alarm.code}`}
                onClick={() => wish({ act: 'acknowledge', alarm })}
              >
                {texts.acknowledge}
              </Button>
            )}
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${muted ? texts.unmute : texts.mute}: ${alarm.code}`}
              onClick={() => wish({ act: muted ? 'unmute' : 'mute', alarm })}
            >
              {muted ? texts.unmute : texts.mute}
            </Button>
          </div>
        )}
      </td>
    </tr>
  );
}

/** `user:amara` as people say it. */
function nameIn(by: string): string {
  return by.replace(/^\w+:/, '');
}
