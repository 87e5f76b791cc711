import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote, usePause } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './account.module.css';
import { ACCOUNT } from './account-texts.ts';

/** Another password. */
export function OwnPassword(): ReactElement {
  const texts = useTexts(ACCOUNT);
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const changing = useMutation({
    mutationFn: () => ask('POST /me/password', { body: { current, next } }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      return client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const pause = usePause(changing.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    changing.mutate();
  };
  return (
    <Panel title={texts.password}>
      <form className={`${shapes['stack']} ${styles['form']}`} onSubmit={submit}>
        <PasswordInput
          label={texts.current}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={current}
          onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        />
        <PasswordInput
          label={texts.next}
          description={texts.nextHint}
          autoComplete="new-password"
          required
          withAsterisk={false}
          minLength={12}
          value={next}
          onChange={({ currentTarget }) => setNext(currentTarget.value)}
        />
        <ProblemNote error={changing.error} />
        {changing.isSuccess && (
          <p className={styles['good']} role="status">
            {texts.changed}
          </p>
        )}
        <Button type="submit" loading={changing.isPending} disabled={pause > 0}>
          {texts.change}
        </Button>
      </form>
    </Panel>
  );
}
