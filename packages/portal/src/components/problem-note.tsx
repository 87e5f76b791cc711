import { type ReactElement, useEffect, useState } from 'react';
import { problemOf } from '../api/problem.ts';
import { each, now } from '../browser/page-clock.ts';
import { useFormatsAnywhere } from '../text/formats-anywhere.ts';
import { useProblemText } from '../text/problems/problem-text.ts';
import styles from './problem-note.module.css';

/** How long until the server takes another try, milliseconds; counts down. 0: now. */
export function usePause(error: unknown): number {
  const [until, setUntil] = useState(0);
  const [, tick] = useState(0);
  useEffect(() => {
    const { retryAfter } = problemOf(error).shown;
    setUntil(error === null || retryAfter === undefined ? 0 : now() + retryAfter * 1_000);
  }, [error]);
  const left = Math.max(0, until - now());
  const runs = left > 0;
  useEffect(() => (runs ? each(500, () => tick((n) => n + 1)) : undefined), [runs]);
  return left;
}

/** Why something was not done, beside the button that asked for it; with a pause, for how long. */
export function ProblemNote({ error }: { readonly error: unknown }): ReactElement | null {
  const text = useProblemText(error);
  const left = usePause(error);
  const { duration } = useFormatsAnywhere();
  if (error === null || error === undefined) return null;
  return (
    <p className={styles['note']} role="alert">
      {text}
      {left > 0 && <strong> {duration(Math.ceil(left / 1_000) * 1_000)}</strong>}
    </p>
  );
}
