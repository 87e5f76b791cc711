import type { Timer, World } from '@payment-manager/runtime';
import { ConnectionFault } from './api/connection-fault.ts';
import { waitAfter } from './back-off.ts';
import type { Condition, Standing, WatchedCertificate } from './condition.ts';
import { standingAfter } from './failure.ts';
import type { Passed, Reconciler } from './reconciler.ts';

/** A reconciler that goes round by itself. */
export interface Loop {
  condition(): Condition;
  certificates(): readonly WatchedCertificate[];
  /** Since when it has failed without a break; undefined when it does not. */
  failingSince(): number | undefined;
  /** A pass that begins now or later; resolves when it has ended, well or not. */
  look(): Promise<void>;
  /** Others get answers again: it looks now if it is in a pause after a failure, unless the server has asked for that pause. */
  wake(): void;
  /** No more passes; resolves when the present one has ended. */
  stop(): Promise<void>;
}

export interface LoopOptions extends Pick<World, 'clock' | 'timers' | 'random'> {
  readonly reconciler: Reconciler;
  readonly leads: () => boolean;
  readonly pollMs: number;
  /** Told after each pass. `acted`: something is different now, for others too. `error`: what ended it. */
  readonly passed: (outcome: { readonly acted: boolean; readonly error?: unknown }) => void;
}

/** Starts the loop of a reconciler; its first pass begins at once. */
export function startLoop({ reconciler, clock, timers, random, leads, pollMs, passed }: LoopOptions): Loop {
  const { artefact } = reconciler;
  let condition: Condition = { artefact, state: 'Progressing', reason: 'STARTING', message: 'Not looked at yet.', since: clock.now() };
  let certificates: readonly WatchedCertificate[] = [];
  let failingSince: number | undefined;
  let last: { kind: 'done' | 'waiting' | 'failed'; times: number } = { kind: 'done', times: 0 };
  /** Until when the server wants to be left alone, milliseconds since the epoch. */
  let awayUntil = 0;
  let timer: Timer | undefined;
  let stopped = false;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const settle = (kind: typeof last.kind, standing: Standing, dueAt: number | undefined, error: unknown): void => {
    const now = clock.now();
    last = { kind, times: last.kind === kind ? last.times + 1 : 1 };
    failingSince = standing.state === 'Failed' ? (failingSince ?? now) : undefined;
    const due = dueAt === undefined ? {} : { dueInMs: dueAt - now };
    const retryAfterMs = error instanceof ConnectionFault ? error.retryAfterMs : undefined;
    const wait = waitAfter({ ...last, pollMs, ...due, retryAfterMs }, random);
    awayUntil = retryAfterMs === undefined ? 0 : now + wait;
    const same = condition.state === standing.state && condition.reason === standing.reason;
    condition = { artefact, ...standing, since: same ? condition.since : now, nextAttempt: Math.round(now + wait) };
    if (!stopped) timer = timers.after(wait, () => void look());
  };
  const pass = async (): Promise<void> => {
    timer?.cancel();
    let result: Passed | undefined;
    let error: unknown;
    try {
      result = await reconciler.pass(() => !stopped && leads());
    } catch (thrown) {
      error = thrown;
    }
    try {
      // Also when the server cannot be asked: what is in use ends all the same.
      certificates = await reconciler.certificates();
    } catch (thrown) {
      error ??= thrown;
    }
    if (result === undefined || error !== undefined) settle('failed', standingAfter(error), undefined, error);
    else settle(result.standing.state === 'Progressing' ? 'waiting' : 'done', result.standing, result.dueAt, undefined);
    running = undefined;
    passed({ acted: result?.acted ?? false, ...(error === undefined ? {} : { error }) });
  };
  const begin = (): Promise<void> => {
    running = pass();
    return running;
  };
  /** Who asks in the middle of a pass wants one that begins now, after it; all of them the same. */
  const look = (): Promise<void> => {
    if (stopped) return running ?? Promise.resolve();
    if (next) return next;
    if (!running) return begin();
    next = running.then(() => {
      next = undefined;
      return stopped ? undefined : begin();
    });
    return next;
  };
  void look();
  return {
    condition: () => condition,
    certificates: () => certificates,
    failingSince: () => failingSince,
    look,
    wake() {
      if (condition.state === 'Failed' && clock.now() >= awayUntil) void look();
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await next;
      await running;
      timer?.cancel();
    },
  };
}
