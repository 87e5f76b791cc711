import type { Journal } from '@payment-manager/journal';
import type { AlarmCode, Clock, Timer, World } from '@payment-manager/runtime';
import type { Action, ActionContext, Perform } from './flow.ts';

/** How often a process that leaves looks whether what it began has ended. */
const FINISH_POLL_MS = 20;

export interface ActingDeps extends Pick<World, 'clock' | 'timers' | 'log'> {
  readonly alarm: (code: AlarmCode, label: string, reason: string) => void;
  readonly journal: Pick<Journal, 'replica'>;
}

/** What the actions of all records share: the performer, the clock, and whether anything may be begun. */
export class Acting<A extends Action, I> {
  readonly clock: Clock;
  readonly #perform: Perform<A, I & { type: string }>;
  readonly #deps: ActingDeps;
  #stopped = false;
  /** How many are under way that may be begun only once. */
  #onceOnly = 0;

  constructor(perform: Perform<A, I & { type: string }>, deps: ActingDeps) {
    this.clock = deps.clock;
    this.#perform = perform;
    this.#deps = deps;
  }

  /** Nothing more is begun; what answers from now on is not heard. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** A replica whose lease may be over begins nothing: another one may be at it (docs/money-rules.md, 7). */
  get allowed(): boolean {
    return this.#deps.journal.replica?.alive() !== false;
  }

  stop(): void {
    this.#stopped = true;
  }

  after(ms: number, run: () => void): Timer {
    return this.#deps.timers.after(ms, run);
  }

  perform(action: A, context: ActionContext): Promise<I | undefined> {
    const answer = this.#perform(action, context);
    if (action.repeatable) return answer;
    this.#onceOnly++;
    return answer.finally(() => this.#onceOnly--);
  }

  /** A performer reports what the world does as an answer: one that throws has a defect. */
  threw(recordId: string, action: A, error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.#deps.log.error('an action failed', { record: recordId, action: action.key, error: what });
    this.#deps.alarm('ACTION_FAILED', recordId, `action ${action.key} failed: ${what}`);
  }

  /**
   * Resolves when no action is under way that may be begun only once, and everything that answered is recorded; at the latest
   * after `graceMs`. A process that ends before that makes outcomes unknown that are known a moment later.
   */
  async finish(records: { readonly all: readonly { readonly busy: boolean }[] }, graceMs: number): Promise<void> {
    const { clock, timers } = this.#deps;
    const until = clock.monotonic() + graceMs;
    const underWay = (): boolean => this.#onceOnly > 0 || records.all.some(({ busy }) => busy);
    while (clock.monotonic() < until && underWay()) await new Promise<void>((resolve) => void timers.after(FINISH_POLL_MS, resolve));
  }
}
