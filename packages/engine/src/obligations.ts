import type { Journal } from '@payment-manager/journal';
import type { Clock, Log, Timers } from '@payment-manager/runtime';
import type { Cell, InFlight } from './cell.ts';
import type { Action, Interrupted, Perform } from './flow.ts';

export interface ObligationDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly alarm: (code: string, label: string, reason: string) => void;
  readonly journal: Pick<Journal, 'replica'>;
}

/** How soon a replica that may not act looks again whether it may. */
const ALIVE_POLL_MS = 200;
/** How soon an action that threw is begun again: at first, and at the longest. */
const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 300_000;
/** How often a process that leaves looks whether what it began has ended. */
const FINISH_POLL_MS = 20;

/** Begins what a record owes, each action once under its key, and stops what is not owed any more. */
export class Obligations<S, I, A extends Action> {
  readonly #perform: Perform<A, I & { type: string }>;
  readonly #deps: ObligationDeps;
  readonly #deliver: (cell: Cell<S, I>, answer: I | Interrupted) => void;
  readonly #atRest: () => void;
  #stopped = false;
  /** How many are under way that may be begun only once. */
  #onceOnly = 0;

  constructor(
    perform: Perform<A, I & { type: string }>,
    deps: ObligationDeps,
    deliver: (cell: Cell<S, I>, answer: I | Interrupted) => void,
    atRest: () => void,
  ) {
    this.#perform = perform;
    this.#deps = deps;
    this.#deliver = deliver;
    this.#atRest = atRest;
  }

  /**
   * Resolves when no action is under way that may be begun only once, and everything that answered is recorded; at the latest
   * after `graceMs`. A process that ends before that makes outcomes unknown that are known a moment later.
   */
  async finish(memory: { readonly cells: Iterable<Cell<S, I>> }, graceMs: number): Promise<void> {
    const { clock, timers } = this.#deps;
    const until = clock.monotonic() + graceMs;
    const underWay = (): boolean => this.#onceOnly > 0 || [...memory.cells].some((cell) => cell.busy);
    while (clock.monotonic() < until && underWay()) await new Promise<void>((resolve) => void timers.after(FINISH_POLL_MS, resolve));
  }

  /** Brings what is under way in line with what is owed. */
  reconcile(cell: Cell<S, I>, owed: readonly A[]): void {
    const keys = new Set(owed.map((action) => action.key));
    for (const [key, action] of cell.inFlight) {
      if (keys.has(key) || isCourtesy(key)) continue;
      stop(action);
      // a timer that has not fired yet tells nothing any more; what was sent still answers
      if (action.timer !== undefined) {
        cell.inFlight.delete(key);
        action.ended?.(true);
      }
    }
    for (const key of cell.answered) if (!keys.has(key)) cell.answered.delete(key);
    for (const action of owed)
      if (action.background !== true && !cell.answered.has(action.key) && !cell.foreign.has(action.key)) this.begin(cell, action, false);
  }

  /** `resumed`: found owed while loading, so an earlier process may have done it. */
  begin(cell: Cell<S, I>, action: A, resumed: boolean, ended?: InFlight['ended']): void {
    if (this.#stopped || cell.inFlight.has(action.key)) {
      ended?.(true);
      return;
    }
    const entry: InFlight = {
      controller: new AbortController(),
      since: this.#deps.clock.monotonic(),
      ...(ended !== undefined && { ended }),
    };
    cell.inFlight.set(action.key, entry);
    this.#when(cell, action, entry, resumed);
  }

  /** Does what may wait, now. Resolves when it is over: whether there was an answer. */
  async beginNow(cell: Cell<S, I>, actions: readonly A[]): Promise<boolean> {
    const answered = await Promise.all(actions.map((action) => new Promise<boolean>((resolve) => this.begin(cell, action, true, resolve))));
    return answered.every(Boolean);
  }

  /** Waits until it is time. The wall clock may be set back while a timer runs: then the rest is waited for (docs/money-rules.md, 6). */
  #when(cell: Cell<S, I>, action: A, entry: InFlight, resumed: boolean): void {
    const { clock } = this.#deps;
    const { notBefore, lasts } = action;
    const wait = Math.max(
      notBefore === undefined ? 0 : notBefore - clock.now(),
      lasts === undefined ? 0 : entry.since + lasts - clock.monotonic(),
    );
    if (wait > 0) {
      entry.timer = this.#deps.timers.after(wait, () => this.#when(cell, action, entry, resumed));
      return;
    }
    // a replica whose lease may be over begins nothing: another one may be at it (docs/money-rules.md, 7)
    if (this.#deps.journal.replica?.alive() === false) {
      entry.timer = this.#deps.timers.after(ALIVE_POLL_MS, () => this.#when(cell, action, entry, resumed));
      return;
    }
    delete entry.timer;
    this.#carryOut(cell, action, entry, resumed);
  }

  #carryOut(cell: Cell<S, I>, action: A, entry: InFlight, resumed: boolean): void {
    if (!action.repeatable) this.#onceOnly++;
    this.#perform(action, { recordId: cell.id, resumed, signal: entry.controller.signal }).then(
      (answer) => {
        if (!action.repeatable) this.#onceOnly--;
        if (this.#stopped) return;
        if (answer !== undefined) this.#deliver(cell, answer);
        else cell.inFlight.delete(action.key);
        entry.ended?.(answer !== undefined);
        if (cell.inFlight.size === 0) this.#atRest();
      },
      (error: unknown) => {
        if (!action.repeatable) this.#onceOnly--;
        if (!this.#stopped) this.#threw(cell, action, entry, error);
      },
    );
  }

  /**
   * A performer reports what the world does as an answer: one that throws has a defect. What may be repeated comes again, ever more
   * rarely; of what may be begun only once nobody knows whether it was done, as after a crash (docs/money-rules.md, 1).
   */
  #threw(cell: Cell<S, I>, action: A, entry: InFlight, error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.#deps.log.error('an action failed', { record: cell.id, action: action.key, error: what });
    this.#deps.alarm('ACTION_FAILED', cell.id, `action ${action.key} failed: ${what}`);
    if (!action.repeatable) {
      this.#deliver(cell, { type: 'interrupted', key: action.key });
      return;
    }
    if (isCourtesy(action.key) || entry.controller.signal.aborted) {
      cell.inFlight.delete(action.key);
      entry.ended?.(true);
      if (cell.inFlight.size === 0) this.#atRest();
      return;
    }
    if (action.background === true) {
      cell.inFlight.delete(action.key);
      entry.ended?.(false);
      return;
    }
    const wait = Math.min(AGAIN_FIRST_MS * 2 ** (entry.thrown ?? 0), AGAIN_MAX_MS);
    entry.thrown = (entry.thrown ?? 0) + 1;
    entry.timer = this.#deps.timers.after(wait, () => this.#when(cell, action, entry, true));
  }

  /** Begins nothing more; what answers from now on is not heard. */
  stop(cells: Iterable<Cell<S, I>>): void {
    this.#stopped = true;
    for (const cell of cells) for (const action of cell.inFlight.values()) stop(action);
  }
}

/** One for all: without a reason, `abort` would make an exception with a stack for each action that is not owed any more. */
const notOwed = new Error('the action is not owed any more');

function stop(action: InFlight): void {
  action.timer?.cancel();
  action.controller.abort(notOwed);
}

/** Courtesies are not owed: nobody takes them back, and their answer is nobody's input. */
function isCourtesy(key: string): boolean {
  return key.startsWith('courtesy:');
}
