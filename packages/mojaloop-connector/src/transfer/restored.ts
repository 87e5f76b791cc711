import type { Journal } from '@payment-manager/journal';

/** The last restore of the journal. Milliseconds since the epoch. */
export interface LastRestore {
  /** Everything that was begun before it may have gone on since the copy, and we do not know how. */
  readonly at: number;
  /** Nobody has lifted the mark: no new payment, no quote given, no prepare sent, no prepare executed or refused. */
  readonly standing: boolean;
}

/** Asked at each decision; undefined: the journal was never restored. */
export type Restored = () => LastRestore | undefined;

/** What a journal knows of its restores. */
export function restoredOf({ mark }: Pick<Journal, 'mark'>): Restored {
  return () => {
    const last = mark?.last();
    return last && { at: last.at, standing: last.lifted === undefined };
  };
}

/** Was it begun before the last restore? Then what the journal knows of it may be old. */
export function isFromBefore(restored: Restored | undefined, begunAt: number): boolean {
  const last = restored?.();
  return last !== undefined && begunAt < last.at;
}
