import type { Journal } from '@payment-manager/journal';
import type { AlarmCode, Clock, Timer, World } from '@payment-manager/runtime';
import type { Action, ActionContext, Interrupted, Perform } from './flow.ts';

/** How soon a replica that may not act looks again whether it may. */
const ALIVE_POLL_MS = 200;
/** How soon an action that threw is begun again: at first, and at the longest. */
const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 300_000;

/** The record whose actions they are. */
interface Actor<I> {
  readonly id: string;
  /** `traceparent` of the request that it came from. */
  readonly trace: string | undefined;
  /** Takes an action's answer as its next input. */
  deliver(answer: I | Interrupted): void;
  /** Nothing is under way any more. */
  rested(): void;
}

/** An action under way: what its performer is told of it, and a timer while it waits for its time. */
class UnderWay implements ActionContext {
  readonly recordId: string;
  readonly trace: string | undefined;
  resumed: boolean;
  timer: Timer | undefined;
  /** When it was begun, on the monotonic clock. */
  readonly since: number;
  /** How often it has thrown. */
  thrown = 0;
  /** Told when it is over: whether there was an answer. */
  readonly ended: ((answered: boolean) => void) | undefined;
  #stopped = false;
  #controller: AbortController | undefined;

  constructor({ id, trace }: Pick<Actor<unknown>, 'id' | 'trace'>, resumed: boolean, since: number, ended: UnderWay['ended']) {
    this.recordId = id;
    this.trace = trace;
    this.resumed = resumed;
    this.since = since;
    this.ended = ended;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Made for who asks: most performers never do, and making and aborting one costs as much as the rest of an action's way through here. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopped) this.#controller.abort(NOT_OWED);
    return this.#controller.signal;
  }

  stop(): void {
    this.timer?.cancel();
    this.#stopped = true;
    this.#controller?.abort(NOT_OWED);
  }
}

/** One for all: without a reason, `abort` would make an exception with a stack for each action that is not owed any more. */
const NOT_OWED = new Error('the action is not owed any more');

const NONE: ReadonlySet<string> = new Set();

/** Begins what one record owes, each action once under its key, and stops what is not owed any more. */
export class Actions<A extends Action, I> {
  readonly #actor: Actor<I>;
  readonly #acting: Acting<A, I>;
  readonly #inFlight = new Map<string, UnderWay>();
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
      entry.stop();
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
  begin(action: A, resumed: boolean, ended?: UnderWay['ended']): void {
    if (this.#acting.stopped || this.#inFlight.has(action.key)) {
      ended?.(true);
      return;
    }
    const entry = new UnderWay(this.#actor, resumed, this.#acting.clock.monotonic(), ended);
    this.#inFlight.set(action.key, entry);
    this.#when(action, entry);
  }

  /** Does what may wait, now. Resolves when it is over: whether there was an answer. */
  async beginNow(actions: readonly A[]): Promise<boolean> {
    const answered = await Promise.all(actions.map((action) => new Promise<boolean>((resolve) => this.begin(action, true, resolve))));
    return answered.every(Boolean);
  }

  /** Stops everything that is under way; `Acting` begins nothing more. */
  stop(): void {
    for (const entry of this.#inFlight.values()) entry.stop();
  }

  /** Waits until it is time. The wall clock may be set back while a timer runs: then the rest is waited for (docs/money-rules.md, 6). */
  #when(action: A, entry: UnderWay): void {
    const { clock } = this.#acting;
    const { notBefore, lasts } = action;
    const wait = Math.max(
      notBefore === undefined ? 0 : notBefore - clock.now(),
      lasts === undefined ? 0 : entry.since + lasts - clock.monotonic(),
    );
    if (wait > 0) this.#afterwards(wait, action, entry);
    else if (!this.#acting.allowed) this.#afterwards(ALIVE_POLL_MS, action, entry);
    else {
      entry.timer = undefined;
      this.#carryOut(action, entry);
    }
  }

  #afterwards(ms: number, action: A, entry: UnderWay): void {
    entry.timer = this.#acting.after(ms, () => this.#when(action, entry));
  }

  #carryOut(action: A, entry: UnderWay): void {
    this.#acting.perform(action, entry).then(
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
  #threw(action: A, entry: UnderWay, error: unknown): void {
    this.#acting.threw(this.#actor.id, action, error);
    if (!action.repeatable) {
      this.#actor.deliver({ type: 'interrupted', key: action.key });
      return;
    }
    if (isBestEffort(action.key) || entry.stopped) {
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
    const wait = Math.min(AGAIN_FIRST_MS * 2 ** entry.thrown, AGAIN_MAX_MS);
    entry.thrown++;
    entry.resumed = true;
    this.#afterwards(wait, action, entry);
  }
}

/** Best-effort replies are not owed: nobody takes them back, and their answer is nobody's input. */
function isBestEffort(key: string): boolean {
  return key.startsWith('courtesy:');
}

/** How often a process that leaves looks whether what it began has ended. */
const FINISH_POLL_MS = 20;

interface ActingDeps extends Pick<World, 'clock' | 'timers' | 'log'> {
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
