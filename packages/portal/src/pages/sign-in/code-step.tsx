import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { problemOf } from '../../api/problem.ts';
import { ProblemNote, usePause } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './sign-in.module.css';
import { SIGN_IN } from './sign-in-texts.ts';

interface CodeStepProps {
  readonly ticket: string;
  readonly entered: () => void;
  readonly back: () => void;
}

/** The second factor: a code of the authenticator, or a recovery code. */
export function CodeStep({ ticket, entered, back }: CodeStepProps): ReactElement {
  const texts = useTexts(SIGN_IN);
  const [code, setCode] = useState('');
  const trying = useMutation({
    mutationFn: () => ask('POST /sign-in/code', { body: { ticket, code } }),
    onSuccess: entered,
    onError: () => setCode(''),
  });
  const pause = usePause(trying.error);
  const over = trying.error !== null && problemOf(trying.error).shown.code === 'TICKET_OVER';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    trying.mutate();
  };
  return (
    <form className={shapes['stack']} onSubmit={submit}>
      <p className={shapes['quiet']}>{texts.codeHint}</p>
      <TextInput
        className={styles['code']}
        label={texts.code}
        name="code"
        autoComplete="one-time-code"
        autoFocus
        required
        withAsterisk={false}
        minLength={6}
        maxLength={32}
        value={code}
        onChange={({ currentTarget }) => setCode(currentTarget.value)}
      />
      <ProblemNote error={trying.error} />
      <div className={styles['buttons']}>
        <Button variant="default" onClick={back}>
          {texts.back}
        </Button>
        <Button type="submit" loading={trying.isPending} disabled={pause > 0 || over}>
          {texts.signIn}
        </Button>
      </div>
    </form>
  );
}
