import { Button, TextInput } from '@mantine/core';
import type { ShownUser } from '@payment-manager/management-api/types';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote, usePause } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './account.module.css';
import { ACCOUNT } from './account-texts.ts';

interface Challenge {
  readonly ticket: string;
  readonly options: PublicKeyCredentialCreationOptionsJSON;
}

/** Passkeys of one’s own: each is added and removed with a code of the other authenticator. */
export function OwnPasskeys({ user }: { readonly user: ShownUser }): ReactElement {
  const texts = useTexts(ACCOUNT);
  const { day } = useFormats();
  const client = useQueryClient();
  const [called, setCalled] = useState('');
  const [code, setCode] = useState('');
  const after = {
    onSuccess: () => {
      setCalled('');
      return client.invalidateQueries({ queryKey: ['me'] });
    },
    onSettled: () => setCode(''),
  };
  const adding = useMutation({
    async mutationFn() {
      const { ticket, options } = await ask<Challenge>('POST /me/passkeys/challenge', { body: { code } });
      const { startRegistration } = await import('@simplewebauthn/browser');
      const response = await startRegistration({ optionsJSON: options });
      await ask('POST /me/passkeys', { body: { ticket, called, response } });
    },
    ...after,
  });
  const removing = useMutation({ mutationFn: (id: string) => ask('POST /me/passkeys/remove', { body: { id, code } }), ...after });
  const error = adding.error ?? removing.error;
  const pause = usePause(error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    removing.reset();
    adding.mutate();
  };
  return (
    <Panel title={texts.passkeys} aside={<span className={shapes['quiet']}>{texts.recoveryLeft(user.recoveryCodesLeft)}</span>}>
      {user.passkeys.length === 0 && <p className={shapes['quiet']}>{texts.noPasskeys}</p>}
      <ul className={`${shapes['list']} ${styles['passkeys']}`}>
        {user.passkeys.map(({ id, name, since }) => (
          <li key={id}>
            <strong>{name}</strong>
            <small>{texts.added(day(since))}</small>
            <Button
              variant="default"
              size="compact-sm"
              disabled={code.length < 6}
              aria-label={texts.removeNamed(name)}
              onClick={() => removing.mutate(id)}
            >
              {texts.remove}
            </Button>
          </li>
        ))}
      </ul>
      <form className={`${shapes['stack']} ${styles['form']}`} onSubmit={submit}>
        <p className={shapes['quiet']}>{texts.passkeysHint}</p>
        <TextInput label={texts.called} maxLength={60} value={called} onChange={({ currentTarget }) => setCalled(currentTarget.value)} />
        <TextInput
          label={texts.code}
          autoComplete="one-time-code"
          maxLength={32}
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
        />
        <ProblemNote error={error} />
        <Button type="submit" loading={adding.isPending} disabled={pause > 0 || code.length < 6 || called.trim() === ''}>
          {texts.add}
        </Button>
      </form>
    </Panel>
  );
}
