import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import type { Core, Scheme } from '@payment-manager/sandbox';
import { type ManagerProcess, startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { type Overrides, writeConfiguration } from '../scheme/configuration.ts';
import { type Backend, openBalancer } from './balancer.ts';

/** One of the equal processes of a DFSP. */
export interface Replica {
  readonly number: number;
  /** Under which name it has its lease now; another after each start. */
  readonly replicaId: string;
  readonly process: ManagerProcess | undefined;
}

/** The Payment Manager of one DFSP as several replicas on one PostgreSQL behind a load balancer. */
export interface ReplicaGroup {
  readonly fspId: string;
  readonly core: Core;
  readonly coreUrl: string;
  readonly replicas: readonly Replica[];
  /** The log of a replica, over all its starts. */
  logFile(number: number): string;
  /** How many processes ended without being told to, e.g. because they stood still for longer than their lease. */
  readonly ownEnds: number;
  /** Pulls the plug of one, and starts it anew at once. Resolves when the plug is pulled; with the name that it had. */
  kill(number: number): Promise<{ readonly replicaId: string; readonly startedAnew: Promise<void> }>;
  /** Sends one away with SIGTERM, waits until it has left, and starts it anew. Answers its exit code. */
  renew(number: number): Promise<number | string>;
  /** Ends them at once. */
  stop(): Promise<void>;
}

export interface GroupOptions {
  readonly folder: string;
  readonly scheme: Scheme;
  readonly fspId: string;
  readonly hubUrl: string;
  readonly postgresUrl: string;
  readonly count: number;
  readonly overrides: Overrides;
  /** Processes of each (default: 1). */
  readonly workers?: number;
}

/** How often the balancer asks each replica whether it is ready. */
const HEALTH_EVERY_MS = 200;
const START_AGAIN_MS = 300;
const START_TRIES = 30;

interface Member extends Replica, Backend {
  process: ManagerProcess | undefined;
  replicaId: string;
  generation: number;
  healthy: boolean;
  leaving: boolean;
}

/** Starts them, and joins them to the scheme through the balancer. */
export async function startReplicas(options: GroupOptions): Promise<ReplicaGroup> {
  const { scheme, fspId, count } = options;
  const journalKey = `${randomBytes(32).toString('hex')}\n`;
  const members = Array.from({ length: count }, (_, index) => member(index + 1));
  let ownEnds = 0;
  let stopping = false;

  const start = async (one: Member): Promise<void> => {
    one.replicaId = `${fspId}-${one.number}-${++one.generation}`;
    const process = await startedInTheEnd(configure(options, one, journalKey), logOf(options, one.number), options.workers);
    one.process = process;
    void process.ended.then((ending) => {
      if (one.process !== process) return;
      one.process = undefined;
      one.healthy = false;
      if (stopping || one.leaving || ending === 'SIGKILL') return;
      // as a supervisor would
      ownEnds++;
      void start(one);
    });
  };
  await Promise.all(members.map(start));
  const checking = checkHealth(members);
  const [inbound, outbound] = await Promise.all([
    openBalancer(members.map(portOf('inbound'))),
    openBalancer(members.map(portOf('outbound'))),
  ]);
  await scheme.connect(fspId, { inbound: `https://127.0.0.1:${inbound.port}`, outbound: `http://127.0.0.1:${outbound.port}` });
  const { core, coreUrl } = scheme.dfsp(fspId);
  return {
    fspId,
    core,
    coreUrl,
    replicas: members,
    logFile: (number) => logOf(options, number),
    get ownEnds() {
      return ownEnds;
    },
    async kill(number) {
      const one = members[number - 1] as Member;
      const { replicaId, process: victim } = one;
      assert.ok(victim !== undefined, `${replicaId} does not run`);
      process.kill(victim.pid, 'SIGKILL');
      assert.equal(await victim.ended, 'SIGKILL');
      return { replicaId, startedAnew: start(one) };
    },
    async renew(number) {
      const one = members[number - 1] as Member;
      const leaving = one.process;
      assert.ok(leaving !== undefined);
      one.leaving = true;
      process.kill(leaving.pid, 'SIGTERM');
      const ending = await leaving.ended;
      one.leaving = false;
      await start(one);
      return ending;
    },
    async stop() {
      stopping = true;
      checking.stop();
      // what they do when they are sent away was seen before; here it would only take time
      await Promise.all(
        members.flatMap(({ process: running }) => {
          if (running === undefined) return [];
          process.kill(running.pid, 'SIGKILL');
          return running.ended;
        }),
      );
      await Promise.all([inbound.close(), outbound.close()]);
    },
  };
}

function logOf({ folder, fspId }: GroupOptions, number: number): string {
  return join(folder, fspId, `${number}.log`);
}

/** While the database is away a replica cannot start; it is tried again, as a supervisor would. */
async function startedInTheEnd(configFile: string, logFile: string, workers = 1): Promise<ManagerProcess> {
  for (let tries = 1; ; tries++) {
    try {
      return await startManagerProcess(configFile, logFile, {}, { workers });
    } catch (error) {
      if (tries >= START_TRIES) throw error;
      await pause(START_AGAIN_MS);
    }
  }
}

function member(number: number): Member {
  return { number, generation: 0, replicaId: '', process: undefined, healthy: false, leaving: false, port: undefined };
}

function portOf(side: 'inbound' | 'outbound'): (one: Member) => Backend {
  return (one) => ({
    get port() {
      return one.process && Number(new URL(one.process.urls[side]).port);
    },
    get healthy() {
      return one.healthy;
    },
  });
}

/** Each replica has a data folder of its own, with the same key. */
function configure({ folder, scheme, fspId, hubUrl, postgresUrl, overrides }: GroupOptions, one: Member, journalKey: string): string {
  const own = join(folder, `replica-${one.number}`);
  const data = join(own, fspId, 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'journal.key'), journalKey, { mode: 0o600 });
  mkdirSync(join(folder, fspId), { recursive: true });
  const journal = { store: 'postgres' as const, postgresUrl, postgresSchema: fspId, replicaId: one.replicaId, ...overrides.journal };
  return writeConfiguration(own, scheme, fspId, hubUrl, { ...overrides, journal });
}

/** Asks each replica, again and again, as a load balancer does. */
function checkHealth(members: readonly Member[]): { stop(): void } {
  let stopped = false;
  const check = async (one: Member): Promise<void> => {
    while (!stopped) {
      const { process: running } = one;
      const healthy = running !== undefined && (await isReady(running.urls.operations));
      one.healthy = healthy && one.process === running;
      await pause(HEALTH_EVERY_MS);
    }
  };
  for (const one of members) void check(one);
  return {
    stop() {
      stopped = true;
    },
  };
}

async function isReady(operationsUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${operationsUrl}/health/ready`, {
      signal: AbortSignal.timeout(Math.round(1_000 * machineSpeed.slowness())),
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
