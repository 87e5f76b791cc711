import { Button } from '@mantine/core';
import type { ShownUser } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { process } from '../../app/process.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import { AccountDialog } from './account-dialog.tsx';
import styles from './administration.module.css';
import { ADMINISTRATION } from './administration-texts.ts';
import type { UsersAnswer } from './answers.ts';
import { NewUserDialog, ResetUserDialog, UserDialog } from './user-dialogs.tsx';
import { UserSessionsDialog } from './user-sessions-dialog.tsx';

type What = 'change' | 'reset' | 'sessions' | 'account';
type Doing = { readonly what: What; readonly user: ShownUser } | { readonly what: 'new' };

/** Everybody who may sign in, with their roles and what they sign in by. */
export function UsersPart(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const mayManage = useMay('users:manage');
  const [doing, setDoing] = useState<Doing>();
  const users = useQuery({ queryKey: ['users'], queryFn: () => ask<UsersAnswer>('GET /users') });
  const close = (): void => setDoing(undefined);
  const { user, roles, signsIn, state } = texts.heads;
  return (
    <div className={shapes['page']}>
      {mayManage && (
        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
          <Button size="xs" onClick={() => setDoing({ what: 'new' })}>
            {texts.newUser}
          </Button>
        </div>
      )}
      <Panel title={texts.part.users} flush>
        <Asked query={users} permission="users:read">
          {(data) => (
            <Table label={texts.part.users} head={<TableHeads names={[user, roles, signsIn, state]} acts />}>
              {data.users.map((one) => (
                <UserRow key={one.name} user={one} mayManage={mayManage} act={(what) => setDoing({ what, user: one })} />
              ))}
            </Table>
          )}
        </Asked>
      </Panel>
      {doing?.what === 'new' && <NewUserDialog close={close} />}
      {doing?.what === 'change' && <UserDialog user={doing.user} close={close} />}
      {doing?.what === 'account' && <AccountDialog user={doing.user} close={close} />}
      {doing?.what === 'reset' && <ResetUserDialog user={doing.user} close={close} />}
      {doing?.what === 'sessions' && <UserSessionsDialog user={doing.user} close={close} />}
    </div>
  );
}

interface UserRowProps {
  readonly user: ShownUser;
  readonly mayManage: boolean;
  act(what: What): void;
}

function UserRow({ user, mayManage, act }: UserRowProps): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const frame = useFrameTexts();
  const { name, shownName, roles, disabled, password, totp, passkeys, singleSignOn } = user;
  const ways = [
    ...(password ? [texts.ways.password] : []),
    ...(totp ? [texts.ways.totp] : []),
    ...(singleSignOn === undefined ? [] : [texts.ways.singleSignOn]),
    ...(passkeys.length > 0 ? [texts.ways.passkeys(String(passkeys.length))] : []),
  ];
  const button = (what: What, says: string): ReactElement => (
    <Button variant="default" size="compact-sm" aria-label={`${says}: ${name}`} onClick={() => act(what)}>
      {says}
    </Button>
  );
  return (
    <tr>
      <td>
        <strong>{shownName}</strong>
        <p className={shapes['quiet']}>{name}</p>
      </td>
      <td>
        <span className={styles['marks']}>
          {roles.map((role) => (
            <Mark key={role} tone="still">
              {frame.roles[role]}
            </Mark>
          ))}
        </span>
      </td>
      <td>{ways.length === 0 ? texts.ways.nothing : ways.join(', ')}</td>
      <td>
        <Mark tone={disabled ? 'bad' : ways.length === 0 ? 'wait' : 'good'}>
          {disabled ? texts.disabled : ways.length === 0 ? texts.invited : texts.enabled}
        </Mark>
      </td>
      <td>
        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
          {button('sessions', texts.sessions)}
          {mayManage && button('change', texts.change)}
          {mayManage && button('reset', texts.reset)}
          {mayManage && process().singleSignOn !== undefined && button('account', singleSignOn ? texts.unlink : texts.linkAccount)}
        </div>
      </td>
    </tr>
  );
}
