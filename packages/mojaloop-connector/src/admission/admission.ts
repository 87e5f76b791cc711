import type { Operation } from '@payment-manager/fspiop';
import type { Clock, Entry, Metrics, RequestHead, World } from '@payment-manager/runtime';
import type { Sender } from '../hub-client/sender.ts';

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

interface AdmissionDeps extends Pick<World, 'clock' | 'metrics'> {
  /** Mean delay of the event loop since the last call, milliseconds. */
  readonly loopDelay: () => number;
  /** Work under way that no request waits for: quotes and transfers whose payer waits for a word of ours, look-ups. */
  readonly working: () => number;
  /** The limit never goes beyond; asked at each use, since it may change while the product runs. */
  readonly most: () => number;
}

/** Lets work in while the process keeps up with what it has, and refuses new work in microseconds when it does not (docs/money-rules.md, 9). */
export class Admission {
  readonly #deps: AdmissionDeps;
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
    this.#limit = Math.min(START, deps.most());
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

  #bounds(): LimitBounds {
    const most = this.#deps.most();
    // where nothing can be refused any more, look-ups included, a lower limit would be none
    return { start: Math.min(START, most), least: Math.min(LEAST, most) / SHARE['look-up'], most };
  }

  #room(kind: NewWork): number {
    return Math.max(Math.min(LEAST, this.#deps.most()), this.#limit * SHARE[kind]);
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
    const bounds = this.#bounds();
    for (let nth = 0; nth < Math.min(looks, LOOKS_MAX); nth++) this.#limit = Math.min(nextLimit(this.#limit, seen, bounds), bounds.most);
    this.#delayMs = delayMs;
    this.#peak = this.#work;
  }
}

/** What the other side does next with an answer of ours. */
type FollowUp = 'quote' | 'prepare';

/**
 * How long a place is kept. Who pays without asking anybody is back well within, however busy hub and payer are; a person who thinks about
 * an offer is not, and is new work then.
 */
const KEEP_MS = 1_000;
/** What counts as lately, in places. */
const LATELY = 64;

/**
 * Places of payments that were let in and are with the other side now: they are under way, though nothing here shows it. They count by how
 * many were taken lately: who only looks up takes no room.
 */
export class Expected {
  readonly #clock: Clock;
  /** Until when, oldest first. */
  readonly #until: number[] = [];
  /** Of the places that were kept lately, the share that was taken. */
  #taken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How much of the limit they take. */
  get count(): number {
    this.#expire();
    return Math.round(this.#until.length * this.#taken);
  }

  keep(): void {
    this.#expire();
    this.#until.push(this.#clock.monotonic() + KEEP_MS);
  }

  /** Whoever comes takes the oldest place: whose it was need not be known. False when there is none. */
  take(): boolean {
    this.#expire();
    if (this.#until.shift() === undefined) return false;
    this.#taken += (1 - this.#taken) / LATELY;
    return true;
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    for (; (this.#until[0] ?? Number.POSITIVE_INFINITY) <= now; this.#until.shift()) this.#taken -= this.#taken / LATELY;
  }
}

const FOLLOW_UP: { readonly [operation in Operation]?: FollowUp } = { 'PUT /parties': 'quote', 'PUT /quotes': 'prepare' };

/** A sender that tells which answers leave that are followed by another message of the same payment. */
export function tellingFollowUps(sender: Sender, expect: (what: FollowUp) => void): Sender {
  return {
    send(action, context) {
      const next = FOLLOW_UP[action.message.operation];
      if (next !== undefined) expect(next);
      return sender.send(action, context);
    },
  };
}

/** Decides by a request's head whether it is let in; what the HTTP servers ask (`HttpServerOptions.admit`). */
export type Gate = (head: RequestHead) => Entry | undefined;

/** Costs nothing and is never refused. */
const RESERVED: Entry = { isNew: false, leave: () => {} };

/** The API that the hub calls. Callbacks, notifications and questions about quotes and transfers are never refused. */
export function inboundGate(admission: Admission): Gate {
  return ({ method, target }) => {
    if (method === 'GET' && (target.startsWith('/parties/') || target.startsWith('/participants/'))) return admission.enter('look-up');
    if (method === 'POST' && target.startsWith('/quotes')) return admission.enter('quote');
    if (method === 'POST' && target.startsWith('/transfers')) return admission.enter('prepare');
    return RESERVED;
  };
}

/**
 * The API that the DFSP calls. A request is under way until its payment has come to rest. Decisions about a payment on offer, and a
 * key that is known, belong to a payment that was let in before.
 */
export function outboundGate(admission: Admission, isKnownKey: (idempotencyKey: string) => boolean): Gate {
  return ({ method, target, headers }) => {
    if (method === 'PUT') return admission.resume();
    if (method === 'POST') {
      const key = headers['idempotency-key'];
      return key !== undefined && isKnownKey(key) ? admission.resume() : admission.enter('payment');
    }
    return method === 'GET' && target.startsWith('/parties/') ? admission.enter('payment') : RESERVED;
  };
}

/** How much work may be under way, and between which bounds it is found. */
interface LimitBounds {
  /** Where it begins, and where it returns by itself. */
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/** What was seen since the limit was last looked at. */
export interface Seen {
  /** How long what was ready waited for its turn on the event loop, mean, milliseconds. */
  readonly delayMs: number;
  /** The most that was under way. */
  readonly peak: number;
}

/** Above it the process is overloaded: each of the some twenty turns that a payment takes waits for so long. */
export const DELAY_TARGET_MS = 2.5;
const DECREASE = 0.85;
const INCREASE = 1.05;
/** Below it the event loop has next to nothing to do: what is under way waits for others. */
const IDLE_MS = 1;
const INCREASE_IDLE = 1.2;
/** A limit that is not nearly reached limits nothing, so nothing is learned about it. */
const IN_USE = 0.9;

/**
 * The next limit. It shrinks by a seventh of what was really under way when the event loop does not keep up, and grows by a
 * twentieth while it is in use and the loop does; by a fifth when the loop is nearly idle: what is under way then waits for a slow
 * hub or core, and hinders nobody. With less than `least` under way a loop that is late is so for other reasons (a cold start, other
 * processes), and refusing would help nobody.
 */
export function nextLimit(limit: number, { delayMs, peak }: Seen, { start, least, most }: LimitBounds): number {
  if (delayMs > DELAY_TARGET_MS) return peak < least ? limit : clamp(Math.min(limit, peak) * DECREASE, Math.min(limit, least), most);
  if (limit >= start && peak < limit * IN_USE) return limit;
  const grown = Math.max(limit + 1, limit * (delayMs < IDLE_MS ? INCREASE_IDLE : INCREASE));
  return clamp(peak < limit * IN_USE ? Math.min(grown, start) : grown, least, most);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
