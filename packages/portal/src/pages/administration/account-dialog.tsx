import { TextInput } from '@mantine/core';
import type { ShownUser } from '@payment-manager/management-api/types';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { ADMINISTRATION } from './administration-texts.ts';

const CHANGES = [['users']] as const;

/** Links an account at the provider of single sign-on to a user, or takes the link away. */
export function AccountDialog({ user, close }: { readonly user: ShownUser; readonly close: () => void }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [subject, setSubject] = useState('');
  const { name, singleSignOn } = user;
  if (singleSignOn !== undefined)
    return (
      <ActDialog
        title={`${texts.unlink}: ${name}`}
        confirm={texts.unlink}
        danger
        changes={CHANGES}
        act={(reason) => ask('POST /users/:name/single-sign-on/remove', { params: { name }, body: { reason } })}
        close={close}
      >
        <p>
          {texts.linkedTo} <code>{singleSignOn.subject}</code>
        </p>
        <p>{texts.unlinkHint}</p>
      </ActDialog>
    );
  return (
    <ActDialog
      title={`${texts.linkAccount}: ${name}`}
      confirm={texts.linkAccount}
      ready={subject.trim() !== ''}
      changes={CHANGES}
      act={(reason) => ask('POST /users/:name/single-sign-on', { params: { name }, body: { subject: subject.trim(), reason } })}
      close={close}
    >
      <TextInput
        label={texts.subject}
        description={texts.subjectHint}
        maxLength={255}
        value={subject}
        onChange={({ currentTarget }) => setSubject(currentTarget.value)}
      />
    </ActDialog>
  );
}
