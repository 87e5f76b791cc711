import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';

interface NewPasswordStepProps {
  readonly ticket: string;
  /** The password is taken; the ticket of what follows. */
  readonly done: (ticket: string) => void;
}

/** The first password of somebody. */
export function NewPasswordStep({ ticket, done }: NewPasswordStepProps): ReactElement {
  const { welcome } = useTexts(SIGN_IN);
  const [password, setPassword] = useState('');
  const setting = useMutation({
    mutationFn: () => ask<{ readonly ticket: string }>('POST /sign-in/password', { body: { ticket, password } }),
    onSuccess: (next) => done(next.ticket),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setting.mutate();
  };
  return (
    <form className={shapes['stack']} onSubmit={submit}>
      <p className={shapes['quiet']}>{welcome.passwordHint}</p>
      <PasswordInput
        label={welcome.newPassword}
        name="new-password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={12}
        maxLength={128}
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <ProblemNote error={setting.error} />
      <Button type="submit" loading={setting.isPending}>
        {welcome.go}
      </Button>
    </form>
  );
}
