import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ProblemNote } from '../../components/problem-note.tsx';
import { LoadingState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from '../sign-in/sign-in.module.css';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';
import { QrCode } from './qr-code.tsx';

interface AuthenticatorStepProps {
  readonly ticket: string;
  /** One is in; the recovery codes are shown this once. */
  readonly done: (recoveryCodes: readonly string[]) => void;
}

/** A new authenticator, which must show that it works. */
export function AuthenticatorStep({ ticket, done }: AuthenticatorStepProps): ReactElement {
  const { welcome, code: label } = useTexts(SIGN_IN);
  const [code, setCode] = useState('');
  const made = useQuery({
    queryKey: ['authenticator', ticket],
    queryFn: () => ask<{ readonly secret: string; readonly uri: string }>('POST /sign-in/authenticator', { body: { ticket } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const trying = useMutation({
    mutationFn: () => ask<{ readonly recoveryCodes: readonly string[] }>('POST /sign-in/authenticator/code', { body: { ticket, code } }),
    onSuccess: ({ recoveryCodes }) => done(recoveryCodes),
    onError: () => setCode(''),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    trying.mutate();
  };
  if (made.error !== null) return <ProblemNote error={made.error} />;
  if (made.data === undefined) return <LoadingState />;
  return (
    <form className={shapes['stack']} onSubmit={submit}>
      <p className={shapes['quiet']}>{welcome.authenticatorHint}</p>
      <div className={styles['qr']}>
        <QrCode text={made.data.uri} label={welcome.qr} />
      </div>
      <p className={shapes['quiet']}>
        {welcome.secret} <span className={shapes['mono']}>{made.data.secret}</span>
      </p>
      <TextInput
        className={styles['code']}
        label={label}
        name="code"
        autoComplete="one-time-code"
        inputMode="numeric"
        required
        withAsterisk={false}
        minLength={6}
        maxLength={6}
        value={code}
        onChange={({ currentTarget }) => setCode(currentTarget.value)}
      />
      <ProblemNote error={trying.error} />
      <Button type="submit" loading={trying.isPending}>
        {welcome.go}
      </Button>
    </form>
  );
}
