import { systemTimers } from '@payment-manager/runtime';
import { percentile } from './drive.ts';
import { round } from './measurement.ts';
import type { Offered } from './offer.ts';
import type { Role, World } from './world.ts';

/** What the overload measurement is told. */
export interface OverloadOptions {
  /** Payments are made for so long before anything is counted. */
  readonly warmUpMs: number;
  /** How long each load is offered and counted. */
  readonly runMs: number;
}

/** One load and what became of it; the object that `--json` prints. */
export interface OverloadRun {
  readonly role: Role;
  readonly load: string;
  readonly what: 'payments' | 'look-ups';
  readonly offeredPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refusedPerSecond: number;
  /** How long the refusing answer took. */
  readonly refusalP99Ms: number;
  /** Neither completed nor refused at once. */
  readonly failed: number;
  /** The most that was seen during the load. */
  readonly rssMb: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** Payments under way while the sustainable rate is looked for. */
const sustainableConcurrency = 50;
/** Normal load is this share of what `sustainableConcurrency` payments at once came to. */
const normalShare = 0.8;
/** How much is offered, in sustainable rates. */
const factors = [
  ['normal', normalShare],
  ['2 ×', 2],
  ['5 ×', 5],
] as const;
const slowTransferMs = 10_000;
const sampleMs = 500;
const settleMs = 1_500;

/** Offers one Payment Manager its normal load, twice and five times what it can do. */
export async function measureOverload(world: World, role: Role, options: OverloadOptions): Promise<readonly OverloadRun[]> {
  const sustainable = await sustainablePerSecond(world, options);
  const runs: OverloadRun[] = [];
  for (const [load, factor] of factors) {
    const perSecond = factor * sustainable;
    // what is counted begins in the middle of the load: the first moments are another measurement
    await world.stub.offer([{ what: 'pay', perSecond, ms: options.warmUpMs / 2 }]);
    const [run] = await offered(world, role, load, [{ what: 'pay', perSecond, ms: options.runMs }]);
    if (run !== undefined) runs.push(run);
    await pause(settleMs);
  }
  return runs;
}

/** Look-ups and payments at a fifth of the sustainable rate each, while each transfer takes the core ten seconds. */
export async function measureSlowCore(world: World, role: Role, options: OverloadOptions): Promise<readonly OverloadRun[]> {
  const perSecond = (await sustainablePerSecond(world, options)) / 5;
  const both = (what: 'pay' | 'look-up', ms: number) => ({ what, perSecond, ms });
  const usual = await offered(world, role, 'quick core', [both('look-up', options.runMs), both('pay', options.runMs)]);
  await world.stub.slowCore(slowTransferMs);
  const slow = await offered(world, role, 'core takes 10 s', [both('look-up', 2 * options.runMs), both('pay', 2 * options.runMs)]);
  return [...usual, ...slow];
}

async function sustainablePerSecond(world: World, { warmUpMs, runMs }: OverloadOptions): Promise<number> {
  await world.stub.drive({ concurrency: sustainableConcurrency, payments: undefined, ms: warmUpMs });
  const { payments, failed, elapsedMs } = await world.stub.drive({
    concurrency: sustainableConcurrency,
    payments: undefined,
    ms: runMs / 2,
  });
  return ((payments - failed) / elapsedMs) * 1_000;
}

type Offers = Parameters<World['stub']['offer']>[0];

async function offered(world: World, role: Role, load: string, offers: Offers): Promise<readonly OverloadRun[]> {
  let rssMb = 0;
  let over = false;
  const sampling = (async () => {
    while (!over) {
      rssMb = Math.max(rssMb, (await world.usage(role)).rssMb);
      await pause(sampleMs);
    }
  })();
  const results = await world.stub.offer(offers);
  over = true;
  await sampling;
  return results.map((result, index) => {
    const { what, ms } = offers[index] ?? { what: 'pay', ms: 1 };
    return runOf(role, load, what === 'pay' ? 'payments' : 'look-ups', result, ms, rssMb);
  });
}

function runOf(role: Role, load: string, what: OverloadRun['what'], offered: Offered, ms: number, rssMb: number): OverloadRun {
  const perSecond = (count: number): number => round((count / ms) * 1_000, 1);
  return {
    role,
    load,
    what,
    offeredPerSecond: perSecond(offered.offered),
    acceptedPerSecond: perSecond(offered.accepted),
    p50Ms: round(percentile(offered.latenciesMs, 0.5), 1),
    p99Ms: round(percentile(offered.latenciesMs, 0.99), 1),
    refusedPerSecond: perSecond(offered.refused),
    refusalP99Ms: round(percentile(offered.refusalsMs, 0.99), 1),
    failed: offered.failed,
    rssMb: round(rssMb, 0),
    failures: offered.failures,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(ms, resolve));
}
