import cluster, { type Worker as ClusterWorker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { exemptionsOf, type LoadedConfig } from '@payment-manager/configuration';
import { openOperationsDoor } from '@payment-manager/operations/api';
import type { World } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from '../cli/exit-codes.ts';
import { nodeOptions } from '../cli/node-options.ts';
import { configurationReload, type Reloading } from '../reload.ts';
import { operationsOfAll } from './operations-of-all.ts';
import type { ReadyMessage } from './ready-message.ts';
import { superviseWorkers, type WorkerProcess } from './supervision.ts';
import { WORKER_VARIABLE } from './worker.ts';
import { askOperations, type FromWorker } from './worker-channel.ts';

/** Several processes behind the same ports. */
export interface RunningWorkers {
  readonly urls: ReadyMessage;
  /** The primary and its workers read the configuration anew. */
  reload(): Promise<void>;
  /** Sends all away; resolves when they have ended. */
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
/** What a worker needs to leave beyond the times of its configuration: closing the journal and its connections. */
const CLOSING_MS = 10_000;

/**
 * Starts the workers and the one operations API, and resolves when all take payments.
 *
 * @throws CommandFailed with the exit code of a worker that ended before that; everything is ended again then
 */
export async function startWorkers(loaded: LoadedConfig, count: number, world: World, load: Reloading['load']): Promise<RunningWorkers> {
  const { config, file: configFile } = loaded;
  cluster.setupPrimary({
    exec: main,
    execArgv: [...nodeOptions],
    args: ['run', ...(configFile === undefined ? [] : ['--config', configFile]), '--environment', config.environment],
    // bodies are bytes
    serialization: 'advanced',
  });
  let closing = false;
  const supervision = superviseWorkers({ count, fork: (number) => workerProcess(number, world), ...world });
  const { fspId, environment } = config;
  const handler = operationsOfAll({
    workers: supervision.workers,
    identity: { fspId, environment, exemptions: exemptionsOf(config) },
    metrics: world.metrics,
    closing: () => closing,
    configuration: () => configuration,
  });
  const { drainMs, graceMs } = config.shutdown;
  const stopWorkers = (): Promise<void> => supervision.stop(drainMs + graceMs + CLOSING_MS);
  const operations = await openOperationsDoor(config, world, handler).catch(async (error: unknown) => {
    await stopWorkers();
    throw error;
  });
  const configuration = configurationReload({ loaded, load, world, retargetAlarms: operations.retargetAlarms });
  const reload = async (): Promise<void> => {
    await configuration.apply();
    for (const { process } of supervision.workers) process?.signal('SIGHUP');
  };
  const stop = async (): Promise<void> => {
    closing = true;
    await stopWorkers();
    await operations.close(0);
  };
  const first = await Promise.race([supervision.allReady, supervision.failed]);
  if (typeof first !== 'object') {
    await stop();
    throw new CommandFailed(exitCodeOf(first), `A worker ended before all were ready (${first}); what it said is above.`);
  }
  return { urls: { ...first, operations: operations.url }, reload, stop };
}

function exitCodeOf(ending: number | string): (typeof EXIT_CODES)[keyof typeof EXIT_CODES] {
  return Object.values(EXIT_CODES).find((code) => code === ending && code !== EXIT_CODES.ok) ?? EXIT_CODES.software;
}

function workerProcess(number: number, { timers }: World): WorkerProcess {
  const worker: ClusterWorker = cluster.fork({ [WORKER_VARIABLE]: String(number) });
  const onMessage = (listener: (message: never) => void): void => void worker.on('message', listener as (message: unknown) => void);
  const questions = askOperations({ send: (message) => void worker.send(message), onMessage }, timers);
  const ready = new Promise<ReadyMessage>((resolve) => {
    onMessage((message: FromWorker) => {
      if (message.kind === 'ready') resolve(message.urls);
    });
  });
  const ended = new Promise<number | string>((resolve) => {
    worker.process.once('error', (error) => resolve(error.message));
    worker.process.once('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'));
  });
  void ended.then(() => questions.end());
  return {
    pid: worker.process.pid ?? 0,
    ready,
    ended,
    ask: questions.ask,
    signal: (name) => void worker.process.kill(name),
  };
}
