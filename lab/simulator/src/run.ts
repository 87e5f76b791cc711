import { checkBounded, checkNothingLeft } from './check/bounds.ts';
import { checkEffects } from './check/effects.ts';
import { checkVerdict } from './check/verdict.ts';
import type { Violation } from './check/violation.ts';
import { DFSPS } from './scenario/parties.ts';
import { type Kept, scenarioOf } from './scenario/scenario.ts';
import type { BreakConnector, Sabotage } from './world/dfsp-side.ts';
import { schedule } from './world/mishap.ts';
import type { DatabaseFlaw } from './world/postgres/statements.ts';
import { openWorld, type World } from './world/world.ts';

/** What a run came to. */
export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly payments: number;
  /** Payments by how they ended for the payer's DFSP. */
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly struck: readonly string[];
  /** Differences that reconciliation has to list: a core that contradicted itself, a hub that acknowledged and lost. */
  readonly forReconciliation: number;
  /** Only of a run whose history was written down. */
  readonly history: readonly string[];
  readonly hash: string;
}

export interface RunOptions {
  readonly kept?: Kept;
  readonly written?: boolean;
  readonly sabotage?: Sabotage;
  readonly breakConnector?: BreakConnector;
  readonly flaw?: DatabaseFlaw;
}

/** After the faults have stopped everything closes, or is an exception with a reason, within this time (ARCHITECTURE.md, promise 4). */
const SETTLE_MS_MAX = 600_000;
/** What a person has to settle waits for a late word of the hub; the run gives it this long. */
const LATE_WORD_MS = 150_000;
/** A replica hears of what another one stored when it looks the next time, at the latest: once a second, and an answer takes its time. */
const NEWS_MS = 2_000;
const STEP_MS = 1_000;

/** Runs one seed to its end. */
export async function run(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const scenario = scenarioOf(seed, options.kept);
  const world = await openWorld(scenario, options);
  try {
    for (const mishap of scenario.mishaps) schedule(world, mishap);
    for (const payment of scenario.payments) world.time.after(payment.at, () => void order(world, payment));
    await live(world);
    checkEffects(world);
    checkNothingLeft(world);
    const summary = await checkVerdict(world);
    return {
      seed,
      violations: [...world.observer.violations.all],
      payments: scenario.payments.length,
      ...summary,
      faults: world.history.faults,
      struck: world.history.struck,
      history: world.history.lines,
      hash: world.history.hash(),
    };
  } finally {
    await world.close();
  }
}

/** A customer orders a payment at the core of the payer's DFSP. */
async function order(world: World, payment: World['scenario']['payments'][number]): Promise<void> {
  world.history.note('customer', () => `orders ${payment.id}: ${payment.amountType} ${payment.amount} USD`);
  const to = { idType: 'MSISDN', idValue: '27713803912' };
  const { amount, amountType } = payment;
  const answer = await world.cores.greenbank.handler({
    method: 'POST',
    target: '/payments?wait=no',
    headers: { 'content-type': 'application/json', 'idempotency-key': payment.id },
    body: Buffer.from(JSON.stringify({ to, amount, currency: 'USD', amountType })),
    clientAuthenticated: false,
  });
  if (answer.status > 299) throw new Error(`the payment was not taken: ${answer.status} ${String(answer.body)}`);
}

async function live(world: World): Promise<void> {
  const { time, scenario } = world;
  await advanceTo(world, scenario.calmFrom);
  const end = scenario.calmFrom + SETTLE_MS_MAX;
  const newsMs = DFSPS.some((fspId) => scenario.replicas[fspId] > 1) ? NEWS_MS : 0;
  // a message that was late may begin something anew while the rest is waited for
  do {
    while (time.monotonic() < end && !isSettled(world)) await advanceTo(world, time.monotonic() + STEP_MS);
    if (hasExceptions(world)) await advanceTo(world, time.monotonic() + LATE_WORD_MS);
    await advanceTo(world, time.monotonic() + newsMs);
    // what a dead process sent, and questions that go on, end with their time-outs
    for (let ms = 0; ms < 60_000 && world.network.underWay > 0; ms += 100) await time.advance(100);
  } while (time.monotonic() < end && !isSettled(world));
}

async function advanceTo(world: World, untilMs: number): Promise<void> {
  const { time } = world;
  while (time.monotonic() < untilMs) {
    await time.advance(Math.min(STEP_MS, untilMs - time.monotonic()));
    checkBounded(world);
  }
}

/** Nothing is open but what a person has to settle, the hub holds nothing, and no process has still to find out what happened while it stood still. */
function isSettled(world: World): boolean {
  if (world.hub.underWay > 0) return false;
  // what a hub has lied about ends there with its own time
  if (world.hub.directory.positions().some(({ reserved }) => reserved !== 0n)) return false;
  if (Object.values(world.managers).some((replicas) => replicas.some(({ standsStill }) => standsStill))) return false;
  for (const records of Object.values(world.observer.records)) {
    for (const record of records.all()) if (record.open && !record.attention.some(({ level }) => level === 'exception')) return false;
  }
  return world.scenario.payments.every(({ id }) => {
    const payment = world.cores.greenbank.payer.find(id);
    if (payment === undefined) return false;
    const record = payment.transferId === undefined ? undefined : world.observer.records.greenbank.get(payment.transferId);
    return payment.state !== 'PENDING' || (record?.attention.length ?? 0) > 0;
  });
}

function hasExceptions(world: World): boolean {
  return Object.values(world.observer.records).some((records) => [...records.all()].some(({ attention }) => attention.length > 0));
}
