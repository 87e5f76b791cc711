import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteJournal } from '@payment-manager/journal';
import { seededRandom, systemClock } from '@payment-manager/runtime';
import { Decimal } from '../expression/decimal.ts';
import type { BackEnds } from '../record/walk.ts';
import { inBatches } from './batches.ts';
import { amidst, type Warmed, warm } from './cases/case.ts';
import { fastTime, type Pace } from './fast-time.ts';
import { bookedIn, bookedSum, faultsOf, type Judged, unequalRepeats } from './judge-payment.ts';
import { type KilledSends, killedSends } from './killed-sends.ts';
import { type Death, Lives } from './lives.ts';
import type { Paid } from './paid.ts';
import { pay, type Terms } from './payment.ts';
import { partsOver, QUIET, runningOf } from './process-parts.ts';
import { chancesOf, counted, outcomeSum, type RandomPayments } from './random-payments.ts';
import { type Candidate, type Effect, effectsOf } from './rig.ts';
import { ScriptedScheme } from './scripted-scheme.ts';
import { takenBy } from './send-payment.ts';
import { type ServedCore, serveCore } from './served-core.ts';

/** What payments came to whose process was killed. */
export interface RealKills extends RandomPayments {
  /** Payments that were under way when their process was killed, each counted once. */
  readonly killed: number;
  /** Payments of our own customers, beside those to them: for each four one. */
  readonly sent: number;
}

export interface RealKillsOptions {
  readonly payments: number;
  readonly seed: number;
  /** So many times faster than real time. Default 10: a quiet time of a minute takes six seconds. */
  readonly times?: number;
  /** Of how many processes of each batch the end is a kill. Default: four for each five payments. */
  readonly kills?: number;
  readonly progress?: (done: number) => void;
}

const TOGETHER = 20;
const KILLS_FOR_EACH = 0.8;
const KILLS_LEAST = 3;
/** Appends and calls of a payment, with what goes before and after each: about. */
const POINTS = 10;
/** After this, in the time of the core, it is well, and nobody is killed any more. */
const WELL_AFTER_MS = 300_000;
/** A price of the scheme, in the time of the core: several processes are begun in it, too. */
const PRICE_MS = 300_000;
/** Real time: several processes are begun in it. */
const PREPARE_REAL_MS = 20_000;
/** In the time of the core: a death meets payments at different steps. */
const BEGUN_WITHIN_MS = 60_000;
const START_LONGEST_MS = 400;
const WAITS = 60;

/**
 * Pays with a process that is really killed (SIGKILL), before and after appends and calls at points that the seed draws, and at any instant; another
 * one takes over on its journal, a SQLite file, until every payment is over. Then the last one is killed, too, and what the records say is read from the disk.
 */
export async function payWithRealKills(folder: string, candidate: Candidate, options: RealKillsOptions): Promise<RealKills> {
  const { payments, seed, progress = () => {} } = options;
  const counted = ['committed', 'aborted', 'refused', 'kills', 'faultsMet', 'killed', 'sent'] as const;
  return inBatches(
    { payments, seed, together: TOGETHER, counted, progress },
    (count, first) => together(folder, candidate, count, first, options),
    ({ kills }) => (kills === 0 ? ['no process was killed'] : []),
  );
}

async function together(folder: string, candidate: Candidate, count: number, seed: number, options: RealKillsOptions) {
  const { times = 10, kills = Math.max(KILLS_LEAST, Math.round(count * KILLS_FOR_EACH)) } = options;
  const place = await mkdtemp(join(tmpdir(), 'pm-kills-'));
  const pace = { since: systemClock.now(), times };
  const core = await serveCore(candidate, fastTime(pace), place);
  const random = seededRandom(seed);
  const deaths = { left: 0 };
  const next = (): Death => {
    if (deaths.left <= 0) return undefined;
    deaths.left--;
    if (random.fraction() < 0.25) return { afterMs: Math.floor(random.fraction() * START_LONGEST_MS) };
    return { atPoint: 1 + Math.floor((random.fraction() * 2 * POINTS * count) / (kills + 1)) };
  };
  const journal = join(place, 'journal.sqlite');
  const scheme = new ScriptedScheme(fastTime(pace), () => idFor(core, random));
  scheme.priceMs = PRICE_MS;
  scheme.held = takenBy(core);
  const lives = new Lives({ folder, journal, place: core.place, pace }, next, scheme);
  try {
    const hub = new KilledHub(candidate, core, lives, pace, random);
    const senders = killedSends(hub, lives, scheme);
    await warm(hub, candidate);
    await senders?.warm();
    deaths.left = kills;
    await lives.begins();
    const { paid, ...what } = await hub.payAll(count, deaths, senders);
    await lives.stop();
    return { ...counted(paid), ...what, sent: senders?.sent.length ?? 0, ...(await judged(hub, paid, senders, scheme, journal)) };
  } finally {
    await lives.stop();
    await core.close();
    await rm(place, { recursive: true, force: true });
  }
}

/** The hub: it outlives the processes. */
class KilledHub implements Warmed {
  readonly plan: Candidate['plan'];
  readonly core: ServedCore;
  readonly time: ReturnType<typeof fastTime>;
  readonly effects: readonly Effect[];
  readonly others: Paid[] = [];
  /** A process is begun in real time, and a prepare outlives that. */
  readonly prepareMs: number;
  readonly candidate: Candidate;
  readonly #lives: Lives;
  readonly #random: ReturnType<typeof seededRandom>;

  constructor(candidate: Candidate, core: ServedCore, lives: Lives, pace: Pace, random: ReturnType<typeof seededRandom>) {
    this.candidate = candidate;
    this.plan = candidate.plan;
    this.core = core;
    this.#lives = lives;
    this.time = fastTime(pace);
    this.prepareMs = PREPARE_REAL_MS * pace.times;
    this.#random = random;
    this.effects = effectsOf(candidate.connector).filter(({ operation }) => !operation.startsWith('send.'));
  }

  transferId(): string {
    return idFor(this.core, this.#random);
  }

  chance = (): number => this.#random.fraction();

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.after(ms, () => resolve()));
  }

  through: Lives['through'] = (ask) => this.#lives.through(ask);

  async payAll(count: number, deaths: { left: number }, senders: KilledSends | undefined) {
    const underWay = new Set<string>();
    const killed = new Set<string>();
    this.#lives.died = () => {
      for (const id of underWay) killed.add(id);
    };
    const met = this.#faults(senders);
    this.time.after(WELL_AFTER_MS, () => {
      this.core.fault = () => undefined;
      senders?.calm();
      deaths.left = 0;
    });
    const running = Array.from({ length: count }, (_, nth) => this.#pay(underWay, nth % 3 === 2 ? 'ABORTED' : 'COMMITTED'));
    const sending = senders?.payAll(count);
    const paid = await amidst(this, this.candidate, Promise.all(running));
    await sending;
    deaths.left = 0;
    this.core.fault = () => undefined;
    senders?.calm();
    await this.#rest();
    return { paid, kills: this.#lives.kills, killed: killed.size, faultsMet: met() };
  }

  async #pay(underWay: Set<string>, wanted: Terms['wanted']): Promise<Paid> {
    const transferId = this.transferId();
    const { amounts } = this.plan;
    const random = this.#random;
    await this.pause(random.fraction() * BEGUN_WITHIN_MS);
    underWay.add(transferId);
    try {
      return await pay(
        this,
        {
          amount: amounts[Math.floor(random.fraction() * amounts.length)] ?? '1',
          amountType: random.fraction() < 0.5 ? 'SEND' : 'RECEIVE',
          wanted,
        },
        { transferId },
      );
    } finally {
      underWay.delete(transferId);
    }
  }

  /** Gives the core its faults, where it has some; tells how many came. */
  #faults(senders: KilledSends | undefined): () => number {
    let met = 0;
    senders?.disturb(() => met++);
    const chances = chancesOf(this.candidate, this.effects);
    if (this.core.hasFaults)
      this.core.fault = (call) => {
        const ofSends = senders?.faultOf(call) ?? (senders === undefined ? 'other' : undefined);
        const fault = ofSends === 'other' ? chances(call, this.chance) : ofSends;
        if (fault !== undefined) met++;
        return fault;
      };
    return () => met;
  }

  /** Whatever is late comes, and what is to be undone is undone. */
  async #rest(): Promise<void> {
    await this.pause(this.plan.core.lateMs + this.plan.core.decidesMs);
    for (let waits = 0; waits < WAITS && (await this.#lives.openCount()) !== 0; waits++) await this.pause(10_000);
  }
}

/** What is wrong, and the three sums: over the payments, and over those beside them. */
async function judged(
  { core, others, time, candidate }: KilledHub,
  paid: readonly Paid[],
  senders: KilledSends | undefined,
  scheme: ScriptedScheme,
  file: string,
) {
  const journal = await openSqliteJournal({ file, log: QUIET });
  const running = runningOf(candidate);
  const { records, sends } = partsOver(journal, { running, backEnds: NO_BACK_ENDS, time, salt: process.pid, payments: scheme });
  const books: Judged = { core, stateOf: (transferId) => records.state('payee', transferId) };
  const faults = [...unequalRepeats(books)];
  const all = [...paid, ...others];
  let sum = Decimal.of(0n);
  for (const each of all) {
    faults.push(...(await faultsOf(books, each)).map((fault) => (paid.includes(each) ? fault : `beside: ${fault}`)));
    const state = await books.stateOf(each.transferId);
    if (state !== undefined) sum = sum.add(bookedIn(state));
  }
  const own = await senders?.judged({
    ...{ core, scheme },
    sendState: (transferId) => sends.state(transferId),
    payerState: (transferId) => records.state('payer', transferId),
  });
  await journal.close();
  const outcomes = outcomeSum(all);
  if (own === undefined) return { faults, sums: { ledger: bookedSum(core), records: sum, outcomes } };
  faults.push(...own.faults);
  return { faults, sums: { ledger: bookedSum(core), records: sum.add(own.records), outcomes: outcomes.add(own.outcomes) } };
}

/** A transferId that the core has never seen. */
function idFor(core: Pick<ServedCore, 'payments'>, random: ReturnType<typeof seededRandom>): string {
  const id = random.uuid();
  core.payments.add(id);
  return id;
}

/** Who only reads calls nobody. */
const NO_BACK_ENDS: BackEnds = { call: async () => ({ kind: 'failed', sent: false, reason: 'nothing is called any more', own: true }) };
