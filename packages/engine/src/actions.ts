import type { Timer } from '@payment-manager/runtime';
import type { Acting } from './acting.ts';
import type { Action, Interrupted } from './flow.ts';

/** How soon a replica that may not act looks again whether it may. */
const ALIVE_POLL_MS = 200;
/** How soon an action that threw is begun again: at first, and at the longest. */
const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 300_000;

/** The record whose actions they are. */
interface Actor<I> {
  readonly id: string;
  /** Takes an action's answer as its next input. */
  deliver(answer: I | Interrupted): void;
  /** Nothing is under way any more. */
  rested(): void;
}

/** An action under way; with a timer while it waits for its time. */
interface InFlight {
  readonly controller: AbortController;
  timer?: Timer;
  /** When it was begun, on the monotonic clock. */
  readonly since: number;
  /** How often it has thrown. */
  thrown?: number;
  /** Told when it is over: whether there was an answer. */
  readonly ended?: ((answered: boolean) => void) | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** Begins what one record owes, each action once under its key, and stops what is not owed any more. */
export class Actions<A extends Action, I> {
  readonly #actor: Actor<I>;
  readonly #acting: Acting<A, I>;
  readonly #inFlight = new Map<string, InFlight>();
  /** Actions that answered and are owed still: they are not begun again. */
  readonly #answered = new Set<string>();
  /** Owed, but another replica's to do (docs/money-rules.md, 7). */
  #foreign: ReadonlySet<string> = NONE;

  constructor(actor: Actor<I>, acting: Acting<A, I>) {
    this.#actor = actor;
    this.#acting = acting;
  }

  /** Is nothing under way? */
  get rest(): boolean {
    return this.#inFlight.size === 0;
  }

  get foreign(): ReadonlySet<string> {
    return this.#foreign;
  }

  isUnderWay(key: string): boolean {
    return this.#inFlight.has(key);
  }

  /** Its answer is being recorded: it is not begun again as long as it is owed. */
  answered(key: string): void {
    this.#inFlight.delete(key);
    this.#answered.add(key);
  }

  /**
   * Goes on with what a record owes that was loaded. Once-only actions among it were begun by a process that is gone: their outcome is
   * unknown (docs/money-rules.md, 1). What belongs to another replica is left to it.
   */
  resume(owed: readonly A[], foreign: ReadonlySet<string>): void {
    this.#foreign = foreign;
    for (const action of owed) {
      if (this.#inFlight.has(action.key) || this.#answered.has(action.key) || foreign.has(action.key)) continue;
      if (action.background === true) continue;
      if (action.repeatable) this.begin(action, true);
      else {
        this.#answered.add(action.key);
        this.#actor.deliver({ type: 'interrupted', key: action.key });
      }
    }
  }

  /** Brings what is under way in line with what is owed. */
  reconcile(owed: readonly A[]): void {
    const keys = new Set(owed.map((action) => action.key));
    for (const [key, entry] of this.#inFlight) {
      if (keys.has(key) || isBestEffort(key)) continue;
      stop(entry);
      // a timer that has not fired yet tells nothing any more; what was sent still answers
      if (entry.timer !== undefined) {
        this.#inFlight.delete(key);
        entry.ended?.(true);
      }
    }
    for (const key of this.#answered) if (!keys.has(key)) this.#answered.delete(key);
    for (const action of owed)
      if (action.background !== true && !this.#answered.has(action.key) && !this.#foreign.has(action.key)) this.begin(action, false);
  }

  /** `resumed`: found owed while loading, so an earlier process may have done it. */
  begin(action: A, resumed: boolean, ended?: InFlight['ended']): void {
    if (this.#acting.stopped || this.#inFlight.has(action.key)) {
      ended?.(true);
      return;
    }
    const entry: InFlight = { controller: new AbortController(), since: this.#acting.clock.monotonic(), ended };
    this.#inFlight.set(action.key, entry);
    this.#when(action, entry, resumed);
  }

  /** Does what may wait, now. Resolves when it is over: whether there was an answer. */
  async beginNow(actions: readonly A[]): Promise<boolean> {
    const answered = await Promise.all(actions.map((action) => new Promise<boolean>((resolve) => this.begin(action, true, resolve))));
    return answered.every(Boolean);
  }

  /** Stops everything that is under way; `Acting` begins nothing more. */
  stop(): void {
    for (const entry of this.#inFlight.values()) stop(entry);
  }

  /** Waits until it is time. The wall clock may be set back while a timer runs: then the rest is waited for (docs/money-rules.md, 6). */
  #when(action: A, entry: InFlight, resumed: boolean): void {
    const { clock } = this.#acting;
    const { notBefore, lasts } = action;
    const wait = Math.max(
      notBefore === undefined ? 0 : notBefore - clock.now(),
      lasts === undefined ? 0 : entry.since + lasts - clock.monotonic(),
    );
    if (wait > 0) this.#afterwards(wait, action, entry, resumed);
    else if (!this.#acting.allowed) this.#afterwards(ALIVE_POLL_MS, action, entry, resumed);
    else {
      delete entry.timer;
      this.#carryOut(action, entry, resumed);
    }
  }

  #afterwards(ms: number, action: A, entry: InFlight, resumed: boolean): void {
    entry.timer = this.#acting.after(ms, () => this.#when(action, entry, resumed));
  }

  #carryOut(action: A, entry: InFlight, resumed: boolean): void {
    const context = { recordId: this.#actor.id, resumed, signal: entry.controller.signal };
    this.#acting.perform(action, context).then(
      (answer) => {
        if (this.#acting.stopped) return;
        if (answer !== undefined) this.#actor.deliver(answer);
        else this.#inFlight.delete(action.key);
        entry.ended?.(answer !== undefined);
        if (this.rest) this.#actor.rested();
      },
      (error: unknown) => {
        if (!this.#acting.stopped) this.#threw(action, entry, error);
      },
    );
  }

  /**
   * What may be repeated comes again, ever more rarely; of what may be begun only once nobody knows whether it was done, as after a
   * crash (docs/money-rules.md, 1).
   */
  #threw(action: A, entry: InFlight, error: unknown): void {
    this.#acting.threw(this.#actor.id, action, error);
    if (!action.repeatable) {
      this.#actor.deliver({ type: 'interrupted', key: action.key });
      return;
    }
    if (isBestEffort(action.key) || entry.controller.signal.aborted) {
      this.#inFlight.delete(action.key);
      entry.ended?.(true);
      if (this.rest) this.#actor.rested();
      return;
    }
    if (action.background === true) {
      this.#inFlight.delete(action.key);
      entry.ended?.(false);
      return;
    }
    const wait = Math.min(AGAIN_FIRST_MS * 2 ** (entry.thrown ?? 0), AGAIN_MAX_MS);
    entry.thrown = (entry.thrown ?? 0) + 1;
    this.#afterwards(wait, action, entry, true);
  }
}

/** One for all: without a reason, `abort` would make an exception with a stack for each action that is not owed any more. */
const notOwed = new Error('the action is not owed any more');

function stop(entry: InFlight): void {
  entry.timer?.cancel();
  entry.controller.abort(notOwed);
}

/** Best-effort replies are not owed: nobody takes them back, and their answer is nobody's input. */
function isBestEffort(key: string): boolean {
  return key.startsWith('courtesy:');
}
