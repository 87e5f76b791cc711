import { systemClock, systemTimers } from '@payment-manager/runtime';
import { percentile } from './drive.ts';
import { round } from './measurement.ts';
import type { Offer, Offered } from './offer.ts';
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
  /** Completed. */
  readonly acceptedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** `p99Ms` in those of the same at normal load; absent where nothing was completed. */
  readonly p99OfNormal?: number;
  /** Answered 503 with Retry-After. */
  readonly refusedPerSecond: number;
  /** How long that answer took. */
  readonly refusalP99Ms: number;
  /** Accepted, and then told by an error callback that the DFSP is too slow now. */
  readonly declinedPerSecond: number;
  /** Anything else that is not a completed payment. */
  readonly failed: number;
  /** The most that was seen during the load. */
  readonly rssMb: number;
  /** CPU per time while the load was on: of the measured process, and of the stub that offers the load on the same machine. */
  readonly cores: number;
  readonly stubCores: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** Measures one thing in a world of its own. */
export type OverloadMeasurement = (world: World, role: Role, options: OverloadOptions) => Promise<readonly OverloadRun[]>;

/** Payments under way while the sustainable rate is looked for. */
const SUSTAINABLE_CONCURRENCY = 50;
/** Normal load is this share of what `sustainableConcurrency` payments at once came to. */
const NORMAL_SHARE = 0.8;
/** How much is offered, in sustainable rates; the first is the normal load. */
const FACTORS = [
  ['normal', NORMAL_SHARE],
  ['2 ×', 2],
  ['5 ×', 5],
] as const;
const SAMPLE_MS = 500;

/** Offers one Payment Manager its normal load, then twice and five times what it can do. */
export const measureOverload: OverloadMeasurement = async (world, role, options) => {
  const sustainable = await sustainablePerSecond(world, options);
  const runs: OverloadRun[] = [];
  for (const [load, factor] of FACTORS) {
    const pay = (ms: number): Offer => ({ what: 'pay', perSecond: factor * sustainable, ms });
    // what is counted begins in the middle of the load: the first moments are another measurement
    await world.stub.offer([pay(options.runMs / 3)]);
    runs.push(...(await offered(world, role, load, [pay(options.runMs)], runs)));
    await pause(options.runMs / 6);
  }
  return runs;
};

/** Look-ups and payments at a fifth of the sustainable rate each, while each transfer takes the core half the run's time. */
export const measureSlowCore: OverloadMeasurement = async (world, role, options) => {
  const perSecond = (await sustainablePerSecond(world, { ...options, warmUpMs: options.warmUpMs / 2 })) / 5;
  const offers: readonly Offer[] = [
    { what: 'look-up', perSecond, ms: options.runMs },
    { what: 'pay', perSecond, ms: options.runMs },
  ];
  const quick = await offered(world, role, 'quick core', offers, []);
  await world.stub.slowCore(options.runMs / 2);
  return [...quick, ...(await offered(world, role, `core: ${round(options.runMs / 2_000, 1)} s`, offers, quick))];
};

async function sustainablePerSecond(world: World, { warmUpMs, runMs }: OverloadOptions): Promise<number> {
  const load = { concurrency: SUSTAINABLE_CONCURRENCY, payments: undefined };
  await world.stub.drive({ ...load, ms: warmUpMs });
  const { payments, failed, elapsedMs } = await world.stub.drive({ ...load, ms: runMs / 2 });
  return ((payments - failed) / elapsedMs) * 1_000;
}

/** Offers loads at the same time. `normal` are the runs that they are compared with. */
async function offered(
  world: World,
  role: Role,
  load: string,
  offers: readonly Offer[],
  normal: readonly OverloadRun[],
): Promise<readonly OverloadRun[]> {
  let rssMb = 0;
  let over = false;
  const sampling = (async () => {
    while (!over) {
      rssMb = Math.max(rssMb, (await world.usage(role)).rssMb);
      await pause(SAMPLE_MS);
    }
  })();
  const [cpuFrom, from] = [(await world.usage(role)).cpuMs, systemClock.monotonic()];
  const { offered: results, cpuMs: stubCpuMs } = await world.stub.offer(offers);
  const [cpuMs, tookMs] = [(await world.usage(role)).cpuMs - cpuFrom, systemClock.monotonic() - from];
  over = true;
  await sampling;
  return offers.map(({ what, ms }, index) => {
    const name = what === 'pay' ? 'payments' : 'look-ups';
    const figures = figuresOf(results[index], ms);
    const normalP99Ms = normal.find((run) => run.what === name)?.p99Ms ?? figures.p99Ms;
    const compared = figures.p99Ms > 0 && normalP99Ms > 0 && { p99OfNormal: round(figures.p99Ms / normalP99Ms, 1) };
    const cores = { cores: round(cpuMs / tookMs, 2), stubCores: round(stubCpuMs / tookMs, 2) };
    return { role, load, what: name, ...figures, ...compared, rssMb: round(rssMb, 0), ...cores };
  });
}

function figuresOf(
  offered: Offered | undefined,
  ms: number,
): Omit<OverloadRun, 'role' | 'load' | 'what' | 'p99OfNormal' | 'rssMb' | 'cores' | 'stubCores'> {
  if (offered === undefined) throw new TypeError('the stub has not told of every load');
  const perSecond = (count: number): number => round((count / ms) * 1_000, 1);
  return {
    offeredPerSecond: perSecond(offered.offered),
    acceptedPerSecond: perSecond(offered.accepted),
    p50Ms: round(percentile(offered.latenciesMs, 0.5), 1),
    p99Ms: round(percentile(offered.latenciesMs, 0.99), 1),
    refusedPerSecond: perSecond(offered.refused),
    refusalP99Ms: round(percentile(offered.refusalsMs, 0.99), 1),
    declinedPerSecond: perSecond(offered.declined),
    failed: offered.failed,
    failures: offered.failures,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(ms, resolve));
}
