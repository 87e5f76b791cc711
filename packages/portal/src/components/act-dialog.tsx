import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import shapes from '../design/shapes.module.css';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import styles from './act-dialog.module.css';
import { ProblemNote, usePause } from './problem-note.tsx';

interface ActDialogProps<T> {
  readonly title: string;
  /** What it does, before it is done. */
  readonly children?: ReactNode;
  /** The word on the button. */
  readonly confirm: string;
  /** Whether everything is given that it needs, besides the reason. */
  readonly ready?: boolean;
  readonly danger?: boolean;
  /** What is asked anew afterwards. */
  readonly changes: readonly (readonly string[])[];
  act(reason: string): Promise<T>;
  /** What came of it; default: the dialog closes, or says that a second person must agree. */
  readonly result?: (done: T) => ReactNode;
  close(): void;
}

/** Something that is done for a reason, which is kept: asked for, refused, done, or waiting for a second person. */
export function ActDialog<T>(props: ActDialogProps<T>): ReactElement {
  const { title, children, confirm, ready = true, danger = false, changes, result, close } = props;
  const { act: texts, cancel, close: closeText } = useFrameTexts();
  const client = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [reason, setReason] = useState('');
  const acting = useMutation({
    mutationFn: () => props.act(reason.trim()),
    onSuccess: (done) => (isWaiting(done) || result !== undefined ? undefined : close()),
    onSettled: () => Promise.all(changes.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const pause = usePause(acting.error);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    acting.mutate();
  };
  return (
    <dialog
      ref={dialog}
      className={`${shapes['dialog']} ${styles['dialog']}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {acting.isSuccess ? (
        <div className={styles['body']}>
          <div role="status">{isWaiting(acting.data) ? <p className={shapes['notice']}>{texts.waits}</p> : result?.(acting.data)}</div>
          <div className={`${shapes['buttons']} ${styles['buttons']}`}>
            <Button onClick={close}>{closeText}</Button>
          </div>
        </div>
      ) : (
        <form className={styles['body']} onSubmit={submit}>
          {children}
          <TextInput
            label={texts.reason}
            description={texts.reasonHint}
            maxLength={500}
            required
            withAsterisk={false}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <ProblemNote error={acting.error} />
          <div className={`${shapes['buttons']} ${styles['buttons']}`}>
            <Button variant="default" onClick={close}>
              {cancel}
            </Button>
            <Button
              type="submit"
              {...(danger && { className: styles['danger'] })}
              loading={acting.isPending}
              disabled={!ready || reason.trim() === '' || pause > 0}
            >
              {confirm}
            </Button>
          </div>
        </form>
      )}
    </dialog>
  );
}

/** The server took the wish, and waits for a second person. */
function isWaiting(done: unknown): boolean {
  return typeof done === 'object' && done !== null && 'state' in done && done.state === 'waiting';
}
