import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordedLog } from '@payment-manager/runtime';
import { type Core, type CoreSettings, type Scheme, type SchemeOptions, startScheme } from '@payment-manager/sandbox';
import { type ManagerProcess, startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { atThisSpeed, merged, type Overrides, QUICK_TIMES, writeConfiguration } from './configuration.ts';
import { openRecordingHub, type RecordingHub } from './recording-hub.ts';
import { dfspsWith, PAYEE, PAYER, QUICK_DELIVERY } from './running-scheme.ts';
import { until } from './waiting.ts';

/** One DFSP whose Payment Manager is a process of its own, started as `./pm run` starts it. */
export interface ProcessSide {
  readonly fspId: string;
  readonly core: Core;
  readonly coreUrl: string;
  readonly journalFile: string;
  readonly logFile: string;
  /** Of the process that runs now. */
  readonly outbound: string;
  readonly operations: string;
  readonly pid: number;
  /** Starts it (again), armed with no failpoint, and tells hub and core where it listens. `through`: as in `ManagerProcessOptions`. */
  start(through?: readonly string[]): Promise<void>;
  /** Arms the process that runs now, as PM_FAILPOINT would: a start costs more than all that a payment does. */
  arm(failpoint: string): void;
  /** Pulls its plug. */
  kill(): Promise<void>;
  /** Resolves when the process that runs now has ended, however. */
  readonly ended: Promise<number | string>;
  /** Resolves with what ended it: a signal or an exit code. Fails when it lives on. */
  death(timeoutMs: number): Promise<number | string>;
}

/** A scheme in this process, and two Payment Managers in processes that can be killed. */
export interface ProcessScheme {
  readonly scheme: Scheme;
  readonly hub: RecordingHub;
  readonly payer: ProcessSide;
  readonly payee: ProcessSide;
  /** Ends the processes by their ids, then the scheme. */
  stop(): Promise<void>;
}

export interface ProcessChoices {
  readonly folder: string;
  readonly atPrepare?: CoreSettings['atPrepare'];
  /** False: the payee's core books every call anew, so that a Payment Manager that repeats one shows in its books. */
  readonly deduplicates?: boolean;
  readonly payer?: Overrides;
  readonly payee?: Overrides;
  readonly scheme?: Partial<SchemeOptions>;
}

/** A core that can be asked and called again: every payment must end by itself. */
export const canBeAsked = { core: { transferRepeatable: true, transferAskable: true } } as const;

/** Starts hub, cores and recording door; the Payment Managers are started by the test. */
export async function startProcessScheme(choices: ProcessChoices): Promise<ProcessScheme> {
  const { deduplicates = true } = choices;
  // Who is only slow is not given up, so that what a test says of the end holds on a busy machine, too.
  const patience = await atThisSpeed({ core: { callTimeoutMs: 8_000 }, delivery: QUICK_DELIVERY });
  const scheme = await startScheme({
    folder: choices.folder,
    forgets: true,
    log: recordedLog(),
    dfsps: dfspsWith(choices.atPrepare).map((dfsp) => ({ ...dfsp, ...patience.core, ...(dfsp.fspId === PAYEE ? { deduplicates } : {}) })),
    hub: { delivery: patience.delivery },
    ...choices.scheme,
  });
  const hub = await openRecordingHub(scheme);
  const payer = processSide(choices.folder, scheme, hub, PAYER, await atThisSpeed(merged(QUICK_TIMES, choices.payer ?? {})));
  const payee = processSide(choices.folder, scheme, hub, PAYEE, await atThisSpeed(merged(QUICK_TIMES, choices.payee ?? {})));
  return {
    scheme,
    hub,
    payer,
    payee,
    async stop() {
      await Promise.all([payer.kill(), payee.kill()]);
      await hub.listener.close(200);
      await scheme.stop();
    },
  };
}

function processSide(folder: string, scheme: Scheme, hub: RecordingHub, fspId: string, overrides: Overrides | undefined): ProcessSide {
  const configFile = writeConfiguration(folder, scheme, fspId, hub.listener.url, overrides);
  const own = dirname(configFile);
  const { core, coreUrl } = scheme.dfsp(fspId);
  const logFile = join(own, 'payment-manager.log');
  const armed = join(own, 'failpoint');
  let running: ManagerProcess | undefined;
  const alive = (): ManagerProcess => {
    assert.ok(running !== undefined, `the Payment Manager of ${fspId} was not started`);
    return running;
  };
  return {
    fspId,
    core,
    coreUrl,
    journalFile: join(own, 'data', 'journal.db'),
    logFile,
    get outbound() {
      return alive().urls.outbound;
    },
    get operations() {
      return alive().urls.operations;
    },
    get pid() {
      return alive().pid;
    },
    get ended() {
      return alive().ended;
    },
    async start(through = []) {
      rmSync(armed, { force: true });
      running = await startManagerProcess(configFile, logFile, { PM_FAILPOINT: `@${armed}` }, { through });
      await scheme.connect(fspId, running.urls);
    },
    arm(failpoint) {
      // whole or not at all: it is read at any time
      writeFileSync(`${armed}.new`, failpoint);
      renameSync(`${armed}.new`, armed);
    },
    async kill() {
      const victim = running;
      running = undefined;
      if (victim === undefined) return;
      await killed(victim);
    },
    death: (timeoutMs) => deathOf(alive(), timeoutMs),
  };
}

async function killed(victim: ManagerProcess): Promise<void> {
  try {
    process.kill(victim.pid, 'SIGKILL');
  } catch (error) {
    // it is gone already
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  await victim.ended;
}

async function deathOf(victim: ManagerProcess, timeoutMs: number): Promise<number | string> {
  let ending: number | string | undefined;
  void victim.ended.then((how) => {
    ending = how;
  });
  return until('the process is killed at its failpoint', () => ending, timeoutMs);
}
