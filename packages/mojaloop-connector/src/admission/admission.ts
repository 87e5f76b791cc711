import type { Clock, Entry, Metrics } from '@payment-manager/runtime';
import { Expected, type FollowUp } from './expected.ts';
import { type LimitBounds, nextLimit } from './limit.ts';

/** Work that may be refused. Everything else (callbacks, notifications, questions about what is known) has its place reserved. */
export type NewWork = 'payment' | 'look-up' | 'quote' | 'prepare';

/**
 * How far each kind may go, in limits, when no place is kept for it. What somebody else has begun goes further than what begins here: a look-up
 * is of a payment that its DFSP was told is under way, a quote of one whose payee was found, and for a prepare the hub holds money already.
 */
const SHARE: Readonly<Record<NewWork, number>> = { payment: 1, 'look-up': 1.25, quote: 1.5, prepare: 2 };

/** How often the limit is looked at, while work comes. */
const LOOK_EVERY_MS = 250;
const LOOKS_MAX = 20;
const START = 128;
/** With less under way nothing is refused. */
const LEAST = 52;
const OVERLOADED_FOR_MS = 1_000;

export interface AdmissionDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Mean delay of the event loop since the last call, milliseconds. */
  readonly loopDelay: () => number;
  /** Work under way that no request waits for: quotes and transfers whose payer waits for a word of ours, look-ups. */
  readonly working: () => number;
  /** The limit never goes beyond. */
  readonly most: number;
}

/** Lets work in while the process keeps up with what it has, and refuses new work in microseconds when it does not (docs/money-rules.md, 9). */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #bounds: LimitBounds;
  readonly #least: number;
  readonly #refused: ReturnType<Metrics['counter']>;
  readonly #expected: Readonly<Record<FollowUp, Expected>>;
  #limit: number;
  #requests = 0;
  #peak = 0;
  /** At the last look. */
  #delayMs = 0;
  #lookedAt: number;
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#least = Math.min(LEAST, deps.most);
    // where nothing can be refused any more, look-ups included, a lower limit would be none
    this.#bounds = { start: Math.min(START, deps.most), least: this.#least / SHARE['look-up'], most: deps.most };
    this.#limit = this.#bounds.start;
    this.#expected = { quote: new Expected(deps.clock), prepare: new Expected(deps.clock) };
    this.#lookedAt = deps.clock.monotonic();
    this.#refused = deps.metrics.counter('pm_shed_total', 'New work that was refused because the process was overloaded, by kind', [
      'kind',
    ]);
    deps.metrics.readGauge('pm_work_limit', 'How much work may be under way now', [], () => [
      { labels: {}, value: Math.round(this.#room('payment')) },
    ]);
    deps.metrics.readGauge('pm_work', 'Work under way', [], () => [{ labels: {}, value: this.#work }]);
  }

  /** New work: an entry, or undefined when there is no room for it. */
  enter(kind: NewWork): Entry | undefined {
    this.#look();
    if ((kind === 'quote' || kind === 'prepare') && this.#expected[kind].take()) return this.#count(true);
    const work = this.#work;
    if (work >= this.#room(kind)) {
      this.#peak = Math.max(this.#peak, work);
      this.#refused.add(1, { kind });
      this.#refusedAt = this.#deps.clock.monotonic();
      return undefined;
    }
    return this.#count(true);
  }

  /** There is more work than there is room for, or there was less than a second ago: what may wait, waits. */
  get overloaded(): boolean {
    this.#look();
    return this.#work >= this.#room('payment') || this.#deps.clock.monotonic() - this.#refusedAt < OVERLOADED_FOR_MS;
  }

  /** Work that goes on with what is known: counted, never refused. */
  resume(): Entry {
    return this.#count(false);
  }

  /** A payment that was let in goes to the other side, and comes back with this: its place is kept for a while. */
  expect(what: FollowUp): void {
    this.#expected[what].keep();
  }

  #room(kind: NewWork): number {
    return Math.max(this.#least, this.#limit * SHARE[kind]);
  }

  get #work(): number {
    return this.#requests + this.#deps.working() + this.#expected.quote.count + this.#expected.prepare.count;
  }

  #count(isNew: boolean): Entry {
    this.#requests++;
    this.#peak = Math.max(this.#peak, this.#work);
    let left = false;
    return {
      isNew,
      leave: () => {
        if (!left) this.#requests--;
        left = true;
      },
    };
  }

  /**
   * No timer: nothing is refused while nothing comes. One look at which the loop was late proves nothing (a pause of the garbage
   * collector, another process), so what counts is the better of the last two. A long rest counts for many looks.
   */
  #look(): void {
    const now = this.#deps.clock.monotonic();
    const looks = Math.floor((now - this.#lookedAt) / LOOK_EVERY_MS);
    if (looks === 0) return;
    this.#lookedAt = now;
    const delayMs = this.#deps.loopDelay();
    const seen = { delayMs: Math.min(delayMs, this.#delayMs), peak: Math.max(this.#peak, this.#work) };
    for (let nth = 0; nth < Math.min(looks, LOOKS_MAX); nth++) this.#limit = nextLimit(this.#limit, seen, this.#bounds);
    this.#delayMs = delayMs;
    this.#peak = this.#work;
  }
}
