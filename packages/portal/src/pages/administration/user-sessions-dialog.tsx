import { Button, NativeSelect } from '@mantine/core';
import type { ShownUser } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import { ADMINISTRATION } from './administration-texts.ts';
import type { UserSession } from './answers.ts';

/** Where a user is signed in; one of them can be ended. */
export function UserSessionsDialog({ user, close }: { readonly user: ShownUser; readonly close: () => void }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const frame = useFrameTexts();
  const mayEnd = useMay('users:manage');
  const { moment } = useFormats();
  const [chosen, setChosen] = useState('');
  const sessions = useQuery({
    queryKey: ['users', user.name, 'sessions'],
    queryFn: () => ask<{ readonly sessions: readonly UserSession[] }>('GET /users/:name/sessions', { params: { name: user.name } }),
  });
  const lineOf = ({ address, lastSeen }: UserSession): string => `${address}, ${moment(lastSeen, now())}`;
  const list = sessions.data?.sessions ?? [];
  if (!mayEnd || list.length === 0)
    return (
      <Panel
        title={`${texts.sessions}: ${user.name}`}
        aside={
          <Button size="compact-sm" onClick={close}>
            {frame.close}
          </Button>
        }
      >
        <Asked query={sessions} permission="users:read">
          {({ sessions: all }) =>
            all.length === 0 ? (
              <p className={shapes['quiet']}>{texts.noSessions}</p>
            ) : (
              <ul>
                {all.map((one) => (
                  <li key={one.id}>{lineOf(one)}</li>
                ))}
              </ul>
            )
          }
        </Asked>
      </Panel>
    );
  const id = chosen === '' ? (list[0]?.id ?? '') : chosen;
  return (
    <ActDialog
      title={`${texts.sessions}: ${user.name}`}
      confirm={texts.endSession}
      changes={[['users', user.name, 'sessions']]}
      act={(reason) => ask('POST /users/:name/sessions/:id/end', { params: { name: user.name, id }, body: { reason } })}
      close={close}
    >
      <NativeSelect
        label={texts.whichSession}
        value={id}
        data={list.map((one) => ({ value: one.id, label: lineOf(one) }))}
        onChange={({ currentTarget }) => setChosen(currentTarget.value)}
      />
    </ActDialog>
  );
}
