import type { Random } from '@payment-manager/runtime';

const FIRST_WAIT_MS = 1_000;
/** Two polls, unless configured otherwise: with full jitter a server that fails is asked as often as one that does not. */
const LONGEST_FAILING_MS = 120_000;
const LONGEST_ASKED_MS = 600_000;

/** How the last pass ended, as far as it matters for the next one. */
export interface LastPass {
  /** `done`: nothing to wait for. `waiting`: for somebody or something. `failed`: it could not be done. */
  readonly kind: 'done' | 'waiting' | 'failed';
  /** How many passes in a row ended like that. */
  readonly times: number;
  readonly pollMs: number;
  /** Until something falls due by itself. */
  readonly dueInMs?: number;
  /** What the server asked for. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * How long to wait for the next look: the poll interval when all is done, growing up to it while something is waited for, and after
 * failures exponentially with full jitter, so that many DFSPs do not come back together to a server that has just recovered.
 */
export function waitAfter({ kind, times, pollMs, dueInMs, retryAfterMs }: LastPass, random: Pick<Random, 'fraction'>): number {
  const exponent = Math.min(times - 1, 20);
  if (kind === 'failed') {
    const most = Math.min(Math.max(pollMs, LONGEST_FAILING_MS), FIRST_WAIT_MS * 2 ** exponent);
    return Math.max(FIRST_WAIT_MS / 2 + random.fraction() * most, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS));
  }
  const most = kind === 'done' ? pollMs : Math.min(pollMs, FIRST_WAIT_MS * 1.5 ** exponent);
  return Math.min(most * (0.9 + 0.2 * random.fraction()), Math.max(dueInMs ?? Number.POSITIVE_INFINITY, 1));
}
