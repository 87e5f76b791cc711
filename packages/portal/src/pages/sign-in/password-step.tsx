import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ProblemNote, usePause } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { ProviderButton } from './provider-button.tsx';
import styles from './sign-in.module.css';
import { SIGN_IN } from './sign-in-texts.ts';

interface PasswordStepProps {
  /** The password was right: the ticket for the second factor. */
  readonly passed: (ticket: string) => void;
  readonly entered: () => void;
  /** Where somebody wanted to go. */
  readonly next: string | undefined;
}

/** The first factor, or a passkey. */
export function PasswordStep({ passed, entered, next }: PasswordStepProps): ReactElement {
  const texts = useTexts(SIGN_IN);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const trying = useMutation({
    mutationFn: () => ask<{ readonly ticket: string }>('POST /sign-in', { body: { name, password } }),
    onSuccess: ({ ticket }) => passed(ticket),
    onError: () => setPassword(''),
  });
  const pause = usePause(trying.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    trying.mutate();
  };
  return (
    <>
      <form className={shapes['stack']} onSubmit={submit}>
        <TextInput
          label={texts.name}
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <PasswordInput
          label={texts.password}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <ProblemNote error={trying.error} />
        <Button type="submit" loading={trying.isPending} disabled={pause > 0}>
          {texts.next}
        </Button>
      </form>
      <div className={styles['or']}>{texts.or}</div>
      <PasskeyButton entered={entered} />
      <ProviderButton next={next} />
      <p className={shapes['quiet']}>{texts.lost}</p>
    </>
  );
}
