import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { systemTimers } from '@payment-manager/runtime';
import { type Driven, percentile } from './drive.ts';
import { type Machine, PAYEE_SIGNATURES, PAYER_SIGNATURES, rsaFloorMs } from './machine.ts';
import type { BenchOptions, ConfirmAcknowledged, Scenario } from './options.ts';
import type { Usage } from './usage.ts';
import type { Role, World } from './world.ts';

/** What a payment costs one Payment Manager: all its processes together. */
export interface ProcessCost {
  /** All threads, user and system, over the measured payments only. */
  readonly cpuMsPerPayment: number;
  /** What the signatures alone cost on this machine. */
  readonly rsaFloorMsPerPayment: number;
  /** At the end of the run. */
  readonly rssMb: number;
}

/** One run; the object that `--json` prints. */
export interface Run {
  readonly scenario: Scenario;
  readonly store: 'sqlite' | 'postgres';
  /** Processes of each Payment Manager. */
  readonly workers: number;
  /** `core.confirmAcknowledged` of a core that credits at the prepare; absent: it reserves. */
  readonly confirm?: ConfirmAcknowledged;
  /** With it: questions to the hub about the measured payments. */
  readonly confirmations?: number;
  readonly concurrency: number;
  readonly payments: number;
  readonly failed: number;
  readonly paymentsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly processes: { readonly [role in Role]?: ProcessCost };
  /** CPU of PostgreSQL's processes, over the measured payments only; for both journals together. */
  readonly databaseCpuMsPerPayment?: number;
}

/** A run with what people may want to know besides. */
export interface Measured {
  readonly run: Run;
  readonly failures: Driven['failures'];
}

const LOOK_AGAIN_MS = 1_000;
const LONGEST_CONFIRM_MS = 180_000;

/** Warms up, then measures one load. */
export async function measure(
  world: World,
  scenario: Scenario,
  concurrency: number,
  machine: Machine,
  options: Pick<BenchOptions, 'payments' | 'warmUpMs' | 'runMs' | 'settleMs'>,
): Promise<Measured> {
  // each process compiles by itself, and has its share of the payments only
  const warmUp = await world.stub.drive({ concurrency, payments: undefined, ms: options.warmUpMs * world.journal.workers });
  const before = await read(world, options.settleMs, questionsAbout(warmUp, world));
  const databaseBefore = world.journal.postgres?.cpuMs();
  const { payments } = options;
  const driven = await world.stub.drive({ concurrency, payments, ms: payments === undefined ? options.runMs : undefined });
  const after = await read(world, options.settleMs, (before.get('payee')?.asked ?? 0) + questionsAbout(driven, world));
  const databaseAfter = world.journal.postgres?.cpuMs();
  const processes: { [role in Role]?: ProcessCost } = {};
  for (const role of world.roles) {
    const [from, to] = [before.get(role), after.get(role)];
    if (from !== undefined && to !== undefined) processes[role] = cost(role, from, to, driven, machine);
  }
  const store = world.journal.postgres === undefined ? 'sqlite' : 'postgres';
  const run: Run = {
    ...result(scenario, concurrency, driven),
    store,
    workers: world.journal.workers,
    ...(world.journal.confirm !== undefined && {
      confirm: world.journal.confirm,
      confirmations: (after.get('payee')?.asked ?? 0) - (before.get('payee')?.asked ?? 0),
    }),
    processes,
    ...(databaseBefore !== undefined &&
      databaseAfter !== undefined && {
        databaseCpuMsPerPayment: round((databaseAfter - databaseBefore) / Math.max(1, driven.payments), 3),
      }),
  };
  return { run, failures: driven.failures };
}

/** How many payments the payee owes a question about; the acknowledgement from which it knows that comes after the payment has ended. */
function questionsAbout(driven: Driven, world: World): number {
  return world.journal.confirm === 'always' ? driven.payments - driven.failed : 0;
}

async function read(world: World, settleMs: number, asked: number): Promise<ReadonlyMap<Role, Usage>> {
  await pause(settleMs);
  return new Map(
    await Promise.all(world.roles.map(async (role) => [role, await confirmed(world, role, role === 'payee' ? asked : 0)] as const)),
  );
}

/** When nothing is to be asked any more about what the hub acknowledged. @throws CommandFailed when that does not end. */
async function confirmed(world: World, role: Role, asked: number): Promise<Usage> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const usage = await world.usage(role);
    if (usage.unconfirmed === 0 && usage.asked >= asked) return usage;
    if (waitedMs >= LONGEST_CONFIRM_MS)
      throw new CommandFailed(
        EXIT_CODES.failed,
        `After all this time ${usage.unconfirmed} acknowledged payments are not confirmed, and the hub was asked ${usage.asked} times, not ${asked}.`,
      );
    await pause(LOOK_AGAIN_MS);
  }
}

/** The timers of `runtime` do not keep a process alive; the children's channels do. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(ms, resolve));
}

function cost(role: Role, before: Usage, after: Usage, driven: Driven, machine: Machine): ProcessCost {
  return {
    cpuMsPerPayment: round((after.cpuMs - before.cpuMs) / Math.max(1, driven.payments), 3),
    rsaFloorMsPerPayment: round(rsaFloorMs(machine, role === 'payer' ? PAYER_SIGNATURES : PAYEE_SIGNATURES), 3),
    rssMb: round(after.rssMb, 1),
  };
}

function result(
  scenario: Scenario,
  concurrency: number,
  driven: Driven,
): Omit<Run, 'processes' | 'store' | 'workers' | 'confirm' | 'confirmations'> {
  const { payments, failed, elapsedMs, latenciesMs } = driven;
  return {
    scenario,
    concurrency,
    payments,
    failed,
    paymentsPerSecond: round(((payments - failed) / elapsedMs) * 1_000, 1),
    p50Ms: round(percentile(latenciesMs, 0.5), 2),
    p95Ms: round(percentile(latenciesMs, 0.95), 2),
    p99Ms: round(percentile(latenciesMs, 0.99), 2),
  };
}

/** Rounds for people; the machine is not more exact than that. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
