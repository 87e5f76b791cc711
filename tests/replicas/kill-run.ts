import { setTimeout as pause } from 'node:timers/promises';
import { parseFault } from '@payment-manager/sandbox';
import { until } from '../scheme/waiting.ts';
import { startLoad } from './load.ts';
import { refusedWhileAway } from './outage.ts';
import { type Reckoning, reckon } from './reckoning.ts';
import type { ReplicaGroup } from './replica-group.ts';
import type { ReplicaWorld } from './replica-world.ts';

export interface KillRunOptions {
  readonly seconds: number;
  readonly perSecond: number;
  /** From one kill to the next; payer's and payee's replicas in turn. */
  readonly killEveryMs: number;
  /** PostgreSQL is away for so long, once, in the middle. */
  readonly awayMs: number;
  /** From the end of the load until everything must be closed. */
  readonly settleMs: number;
  /** The call of the payee's core that is slow (default: `POST /transfers`). */
  readonly slow?: string;
}

/** What a run came to. */
export interface KillRun extends Reckoning {
  readonly kills: number;
  readonly databaseCrashes: number;
  /** Processes that ended by themselves, having stood still for longer than their lease. */
  readonly ownEnds: number;
  /** Kills after which open payments were left to others, and the longest time until all of these had a new owner. */
  readonly takeovers: number;
  readonly longestTakeoverMs: number;
  /** The same for those that the database's crash fell into: nobody can take over while it is away, nor at once after that. */
  readonly longestTakeoverOverCrashMs: number;
  /** Why payments failed, and how many. */
  readonly failures: Readonly<Record<string, number>>;
  /** What needs a person in the end, by DFSP: code and transferId. */
  readonly exceptions: readonly string[];
  /** Records still open after the settling, in both journals. */
  readonly open: number;
}

const SLOW_CORE = { operation: 'POST /transfers', direction: 'in', probability: 0.5, action: { kind: 'delay', ms: 400 } };

/** Kills replicas under load, crashes PostgreSQL once, waits until all is settled, and reckons. */
export async function killUnderLoad(world: ReplicaWorld, options: KillRunOptions): Promise<KillRun> {
  const { payer, payee, scheme } = world;
  // so that a kill finds calls of the core under way
  payee.core.faults.add(parseFault({ ...SLOW_CORE, operation: options.slow ?? SLOW_CORE.operation }));
  const load = startLoad(payer, options.perSecond);
  const { kills, crashes, takeovers } = await mishaps(world, options).finally(() => load.stop());
  payee.core.faults.remove();
  const open = await settled(world, options.settleMs);
  const longest = (overCrash: boolean): number =>
    Math.round(Math.max(0, ...takeovers.filter((one) => one.overCrash === overCrash).map(({ ms }) => ms)));
  return {
    ...(await reckon(scheme, payer.core, payee.core)),
    kills,
    databaseCrashes: crashes,
    ownEnds: payer.ownEnds + payee.ownEnds,
    takeovers: takeovers.length,
    longestTakeoverMs: longest(false),
    longestTakeoverOverCrashMs: longest(true),
    failures: failuresOf(payer),
    exceptions: [...(await exceptionsOf(payer)), ...(await exceptionsOf(payee))],
    open,
  };
}

function failuresOf({ core }: ReplicaGroup): Record<string, number> {
  const failures: Record<string, number> = {};
  for (const { state, error } of core.payer.all(1_000_000)) {
    if (state === 'COMPLETED') continue;
    const why = `${state} ${error?.statusCode ?? ''}`;
    failures[why] = (failures[why] ?? 0) + 1;
  }
  return failures;
}

async function exceptionsOf({ fspId, replicas }: ReplicaGroup): Promise<string[]> {
  const running = replicas.find(({ process }) => process !== undefined)?.process;
  const response = await fetch(`${running?.urls.operations}/exceptions?limit=1000`);
  const { exceptions } = (await response.json()) as { exceptions: { code: string; payment: string }[] };
  return exceptions.map(({ code, payment }) => `${fspId} ${code} ${payment}`);
}

interface Mishaps {
  readonly kills: number;
  readonly crashes: number;
  readonly takeovers: readonly { readonly ms: number; readonly overCrash: boolean }[];
}

/** One kill after the other, and one crash of the database in the middle. Resolves when all run again and all is taken over. */
async function mishaps(world: ReplicaWorld, { seconds, killEveryMs, awayMs }: KillRunOptions): Promise<Mishaps> {
  const takeovers: { readonly atMs: number; readonly ms: Promise<number | undefined> }[] = [];
  const starts: Promise<void>[] = [];
  const begunAt = performance.now();
  const leftMs = (): number => seconds * 1_000 - (performance.now() - begunAt);
  let kills = 0;
  let crashes = 0;
  let crash = { fromMs: Number.POSITIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  while (leftMs() > killEveryMs) {
    await pause(killEveryMs);
    if (crashes === 0 && leftMs() < (seconds * 1_000) / 2) {
      crashes++;
      const fromMs = performance.now();
      await crashDatabase(world, awayMs);
      crash = { fromMs, toMs: performance.now() };
      continue;
    }
    const group = kills % 2 === 0 ? world.payee : world.payer;
    const number = 1 + (Math.floor(kills / 2) % group.replicas.length);
    // one that is just being started, by itself or after a kill, is let be
    if (group.replicas[number - 1]?.process === undefined) continue;
    kills++;
    const { replicaId, startedAnew } = await group.kill(number);
    takeovers.push({ atMs: performance.now(), ms: world.look.takenOverAfterMs(group.fspId, replicaId) });
    starts.push(startedAnew);
  }
  await pause(Math.max(0, leftMs()));
  await Promise.all(starts);
  const ended = await Promise.all(takeovers.map(async ({ atMs, ms }) => ({ atMs, ms: await ms })));
  const took = ended.flatMap(({ atMs, ms }) =>
    ms === undefined ? [] : [{ ms, overCrash: atMs < crash.toMs && atMs + ms > crash.fromMs }],
  );
  return { kills, crashes, takeovers: took };
}

/** The server's processes die as by a pulled plug; meanwhile new work is refused; then it comes back. */
async function crashDatabase(world: ReplicaWorld, awayMs: number): Promise<void> {
  await world.server.kill();
  const back = pause(awayMs).then(() => world.server.start());
  try {
    await refusedWhileAway(world);
  } finally {
    await back;
  }
}

/** Waits until no payment is open anywhere; answers how many records are open when the time is over. */
async function settled({ payer, payee, look }: ReplicaWorld, settleMs: number): Promise<number> {
  const groups: readonly ReplicaGroup[] = [payer, payee];
  const openNow = async (): Promise<number> =>
    (await Promise.all(groups.map(({ fspId }) => look.open(fspId)))).reduce((sum, { length }) => sum + length, 0);
  const told = (): boolean => payer.core.payer.all(1_000_000).every(({ state }) => state !== 'PENDING');
  await until('everything is closed', async () => (await openNow()) === 0 && told(), settleMs).catch(() => {});
  return openNow();
}
