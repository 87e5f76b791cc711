import type { Timers } from '@payment-manager/runtime';
import type { Cell } from './cell.ts';

/**
 * Calls `look` with the state now and after each change until it answers something else than undefined, or the time is over:
 * then undefined. `done` is called at the end.
 */
export function watchCell<S, I, T>(
  cell: Cell<S, I>,
  look: (state: S) => T | undefined,
  timers: Timers,
  timeoutMs: number,
  done: () => void,
): Promise<T | undefined> {
  const now = cell.state === undefined ? undefined : look(cell.state);
  if (now !== undefined || cell.state === undefined) return Promise.resolve(now);
  return new Promise((resolve) => {
    const end = (answer: T | undefined) => {
      timer.cancel();
      cell.watchers.delete(watcher);
      done();
      resolve(answer);
    };
    const watcher = (state: S) => {
      const answer = look(state);
      if (answer !== undefined) end(answer);
    };
    const timer = timers.after(timeoutMs, () => end(undefined));
    cell.watchers.add(watcher);
  });
}
