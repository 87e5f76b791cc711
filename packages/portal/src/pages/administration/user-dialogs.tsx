import { Checkbox, TextInput } from '@mantine/core';
import type { Role, ShownUser } from '@payment-manager/management-api/types';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import styles from './administration.module.css';
import { ADMINISTRATION } from './administration-texts.ts';

const ROLES: readonly Role[] = ['viewer', 'operator', 'engineer', 'administrator', 'auditor'];
const CHANGES = [['users']] as const;

interface Made {
  readonly link: string;
}

/** Something that is shown this once. */
export function ShownOnce({ text, what, hint }: { readonly text: string; readonly what: string; readonly hint: string }): ReactElement {
  return (
    <>
      <p>{hint}</p>
      <p className={`${shapes['mono']} ${styles['values']}`}>{text}</p>
      <CopyButton text={text} what={what} labelled />
    </>
  );
}

/** A new user, who gets a link by which they choose a password. */
export function NewUserDialog({ close }: { readonly close: () => void }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [name, setName] = useState('');
  const [shownName, setShownName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['viewer']);
  return (
    <ActDialog<Made>
      title={texts.newUser}
      confirm={texts.newUser}
      ready={/^[a-z0-9][a-z0-9._@-]{0,63}$/.test(name) && shownName.trim() !== '' && roles.length > 0}
      changes={CHANGES}
      act={(reason) => ask<Made>('POST /users', { body: { name, shownName: shownName.trim(), roles, reason } })}
      result={({ link }) => <ShownOnce text={link} what={texts.link} hint={texts.linkHint} />}
      close={close}
    >
      <TextInput
        label={texts.userName}
        description={texts.userNameHint}
        maxLength={64}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TextInput
        label={texts.shownName}
        maxLength={100}
        value={shownName}
        onChange={({ currentTarget }) => setShownName(currentTarget.value)}
      />
      <RoleChoice roles={roles} choose={setRoles} />
    </ActDialog>
  );
}

/** Other roles, another name, or whether somebody may sign in. */
export function UserDialog({ user, close }: { readonly user: ShownUser; readonly close: () => void }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [shownName, setShownName] = useState(user.shownName);
  const [roles, setRoles] = useState(user.roles);
  const [disabled, setDisabled] = useState(user.disabled);
  return (
    <ActDialog
      title={`${texts.change}: ${user.name}`}
      confirm={texts.change}
      ready={shownName.trim() !== '' && roles.length > 0}
      changes={CHANGES}
      act={(reason) =>
        ask('PUT /users/:name', { params: { name: user.name }, body: { shownName: shownName.trim(), roles, disabled, reason } })
      }
      close={close}
    >
      <TextInput
        label={texts.shownName}
        maxLength={100}
        value={shownName}
        onChange={({ currentTarget }) => setShownName(currentTarget.value)}
      />
      <RoleChoice roles={roles} choose={setRoles} />
      <Checkbox label={texts.disabledLabel} checked={disabled} onChange={({ currentTarget }) => setDisabled(currentTarget.checked)} />
    </ActDialog>
  );
}

/** Password and second factors are gone; a link makes new ones. */
export function ResetUserDialog({ user, close }: { readonly user: ShownUser; readonly close: () => void }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  return (
    <ActDialog<Made>
      title={`${texts.reset}: ${user.name}`}
      confirm={texts.reset}
      danger
      changes={CHANGES}
      act={(reason) => ask<Made>('POST /users/:name/reset', { params: { name: user.name }, body: { reason } })}
      result={({ link }) => <ShownOnce text={link} what={texts.link} hint={texts.linkHint} />}
      close={close}
    >
      <p>{texts.resetHint}</p>
    </ActDialog>
  );
}

function RoleChoice({
  roles,
  choose,
}: {
  readonly roles: readonly Role[];
  readonly choose: (roles: readonly Role[]) => void;
}): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const frame = useFrameTexts();
  return (
    <fieldset>
      <legend>{texts.heads.roles}</legend>
      {ROLES.map((role) => (
        <Checkbox
          key={role}
          label={frame.roles[role]}
          description={texts.roleHints[role]}
          checked={roles.includes(role)}
          onChange={({ currentTarget }) => choose(currentTarget.checked ? [...roles, role] : roles.filter((one) => one !== role))}
        />
      ))}
    </fieldset>
  );
}
