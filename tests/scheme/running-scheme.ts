import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  createMetrics,
  type HttpHandler,
  noFailpoints,
  type RecordedLog,
  recordedLog,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
  type World,
} from '@payment-manager/runtime';
import { type Core, type CoreSettings, DEMO_DFSPS, type Scheme, type SchemeOptions, startScheme } from '@payment-manager/sandbox';
import { startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { loadConfig } from '../../packages/configuration/src/load.ts';
import { type RunningPaymentManager, startPaymentManager } from '../../packages/payment-manager/src/compose.ts';
import { atThisSpeed, merged, type Overrides, QUICK_TIMES, writeConfiguration } from './configuration.ts';
import { controlGroup, type Limits } from './limited.ts';
import { nothingOpen, nothingOpenIn } from './open-records.ts';
import { openRecordingHub, type RecordingHub } from './recording-hub.ts';

export const PAYER = 'greenbank';
export const PAYEE = 'bluewallet';

/** One DFSP of the scheme with its Payment Manager. */
export interface Side {
  readonly fspId: string;
  readonly core: Core;
  readonly coreUrl: string;
  readonly inbound: string;
  readonly outbound: string;
  readonly operations: string;
  readonly journalFile: string;
  readonly log: RecordedLog;
  /** Waits until nothing is open in its journal but mere receipts (`books.ts`). */
  nothingOpen(): Promise<void>;
  /** Of a process with limits: the most memory that it had, bytes, with what files take that it was the first to read. */
  mostMemory?(): number;
  /** Where the roles are split: the process with the role `management`. */
  readonly management?: { readonly operations: string; readonly dataFolder: string; readonly log: RecordedLog };
}

/** A whole scheme over real sockets, mTLS and JWS on: hub, two cores, and two Payment Managers in this process. */
export interface RunningScheme {
  readonly scheme: Scheme;
  readonly hub: RecordingHub;
  readonly hubLog: RecordedLog;
  readonly payer: Side;
  readonly payee: Side;
  stop(): Promise<void>;
}

export interface SchemeChoices {
  readonly folder: string;
  /** What the payee's core does at the prepare. */
  readonly atPrepare?: CoreSettings['atPrepare'];
  readonly payer?: Overrides;
  readonly payee?: Overrides;
  /** True: whoever is only slow is waited for; the times of both are as many times longer as the machine is slower. */
  readonly nobodyLate?: boolean;
  readonly scheme?: Partial<SchemeOptions>;
  /** Each Payment Manager as two, one with the role `payments` and one with the role `management`, on this PostgreSQL. */
  readonly split?: { readonly postgresUrl: string };
  /** Each Payment Manager as a process of its own that may use no more than this. */
  readonly limits?: Limits;
  /** Plays the hub towards the Payment Managers. Default: the scheme's hub. */
  readonly hub?: HttpHandler;
}

/** The demo DFSPs with the payee's core as chosen. Cores ask again soon, so that a test does not wait for them. */
export function dfspsWith(atPrepare: CoreSettings['atPrepare'] = 'reserve'): readonly CoreSettings[] {
  return DEMO_DFSPS.map((dfsp) => ({
    ...dfsp,
    pauseMs: 100,
    pauseMsMax: 300,
    callTimeoutMs: 8_000,
    atPrepare: dfsp.fspId === PAYEE ? atPrepare : dfsp.atPrepare,
  }));
}

/** How the hub delivers in tests: it tries again soon, and for longer than any test lasts. */
export const QUICK_DELIVERY = {
  httpTimeoutMs: 2_000,
  attemptsMax: 200,
  pauseMs: 100,
  pauseMsMax: 300,
  underWayMax: 20_000,
} as const;

/** Starts it. What was started is stopped again when the start fails. */
export async function startRunningScheme(choices: SchemeChoices): Promise<RunningScheme> {
  const hubLog = recordedLog();
  const scheme = await startScheme({
    folder: choices.folder,
    forgets: true,
    log: hubLog,
    dfsps: dfspsWith(choices.atPrepare),
    hub: { delivery: QUICK_DELIVERY },
    ...choices.scheme,
  });
  const hub = await openRecordingHub(scheme, choices.hub);
  const managers: Pick<RunningPaymentManager, 'stop'>[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(managers.map((manager) => manager.stop()));
    await hub.listener.close(500);
    await scheme.stop();
  };
  const start = async (fspId: string, own: Overrides | undefined): Promise<Side> => {
    const overrides = choices.nobodyLate === true ? await atThisSpeed(merged(QUICK_TIMES, own ?? {})) : own;
    if (choices.limits !== undefined) {
      const { manager, side } = await startLimited(choices.folder, scheme, hub, fspId, overrides, choices.limits);
      managers.push(manager);
      return side;
    }
    return choices.split === undefined
      ? startSide(choices.folder, scheme, hub, fspId, overrides, managers)
      : startSplit(choices.folder, scheme, hub, fspId, overrides, managers, choices.split.postgresUrl);
  };
  try {
    const [payer, payee] = await Promise.all([start(PAYER, choices.payer), start(PAYEE, choices.payee)]);
    return { scheme, hub, hubLog, payer, payee, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSide(
  folder: string,
  scheme: Scheme,
  hub: RecordingHub,
  fspId: string,
  overrides: Overrides | undefined,
  managers: Pick<RunningPaymentManager, 'stop'>[],
): Promise<Side> {
  const file = writeConfiguration(folder, scheme, fspId, hub.listener.url, overrides);
  const { config } = await loadConfig(file, {}, dirname(file));
  const log = recordedLog(100_000);
  const manager = await startPaymentManager(config, worldWith(log));
  managers.push(manager);
  await scheme.connect(fspId, { inbound: manager.inbound.url, outbound: manager.outbound.url });
  const { core, coreUrl } = scheme.dfsp(fspId);
  const journalFile = join(config.dataFolder, config.journalFile);
  return {
    fspId,
    core,
    coreUrl,
    inbound: manager.inbound.url,
    outbound: manager.outbound.url,
    operations: manager.operations.url,
    journalFile,
    log,
    nothingOpen: () => nothingOpen(journalFile),
  };
}

async function startLimited(
  folder: string,
  scheme: Scheme,
  hub: RecordingHub,
  fspId: string,
  overrides: Overrides | undefined,
  limits: Limits,
): Promise<{ readonly manager: Pick<RunningPaymentManager, 'stop'>; readonly side: Side }> {
  const configFile = writeConfiguration(folder, scheme, fspId, hub.listener.url, overrides);
  const own = dirname(configFile);
  const group = controlGroup(limits);
  const logFile = join(own, 'payment-manager.log');
  const running = await startManagerProcess(configFile, logFile, {}, { through: group.through });
  await scheme.connect(fspId, running.urls);
  const { core, coreUrl } = scheme.dfsp(fspId);
  const journalFile = join(own, 'data', 'journal.db');
  const side: Side = {
    ...{ fspId, core, coreUrl, journalFile },
    ...{ inbound: running.urls.inbound, outbound: running.urls.outbound, operations: running.urls.operations },
    get log() {
      return linesOf(logFile);
    },
    nothingOpen: () => nothingOpen(journalFile),
    mostMemory: () => group.mostMemory(),
  };
  const stop = async (): Promise<void> => {
    await running.stop(LEAVING_MS);
    group.remove();
  };
  return { manager: { stop }, side };
}

const LEAVING_MS = 20_000;

/** What a process has written into its log. */
function linesOf(file: string): RecordedLog {
  const log = recordedLog(100_000);
  for (const line of readFileSync(file, 'utf8')
    .split('\n')
    .filter((one) => one.startsWith('{'))) {
    const { level, msg, ...fields } = JSON.parse(line) as { level: 'info' | 'warn' | 'error' | 'debug'; msg: string };
    log[level](msg, fields);
  }
  return log;
}

/** Schemas of PostgreSQL are new ones with each. */
let schemas = 0;

async function startSplit(
  folder: string,
  scheme: Scheme,
  hub: RecordingHub,
  fspId: string,
  overrides: Overrides | undefined,
  managers: Pick<RunningPaymentManager, 'stop'>[],
  postgresUrl: string,
): Promise<Side> {
  const journal = { store: 'postgres' as const, postgresUrl, postgresSchema: `split_${++schemas}`, readConnections: 1 };
  const portal = { management: { enabled: true, port: 0, approvals: [] } };
  const side = await startSide(folder, scheme, hub, fspId, merged(overrides ?? {}, { role: 'payments', journal, ...portal }), managers);
  const file = writeConfiguration(
    folder,
    scheme,
    fspId,
    hub.listener.url,
    merged(overrides ?? {}, { role: 'management', journal, ...portal }),
  );
  const { config } = await loadConfig(file, {}, dirname(file));
  const log = recordedLog(100_000);
  const manager = await startPaymentManager(config, worldWith(log));
  managers.push(manager);
  return {
    ...side,
    nothingOpen: () => nothingOpenIn(postgresUrl, journal.postgresSchema),
    management: { operations: manager.operations.url, dataFolder: config.dataFolder, log },
  };
}

/** The real world, but for the log, which is kept for the test to read. */
export function worldWith(log: RecordedLog): World {
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: threadPoolSignatures,
    log,
    metrics: createMetrics(),
    failpoints: noFailpoints,
  };
}
