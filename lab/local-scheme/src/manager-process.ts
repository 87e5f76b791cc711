import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CommandFailed, EXIT_CODES, nodeOptions, type ReadyMessage } from '@payment-manager/payment-manager';
import { systemTimers } from '@payment-manager/runtime';
import type { ManagerPorts } from './manager-configuration.ts';

/** A Payment Manager in a process of its own, exactly as `./pm run` starts it, so that it can be killed like one. */
export interface ManagerProcess {
  readonly pid: number;
  readonly urls: ReadyMessage;
  /** Resolves with what ended it: an exit code or a signal. */
  readonly ended: Promise<number | string>;
  /** Lets it finish what it has begun; kills it when that takes longer than `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const main = fileURLToPath(import.meta.resolve('@payment-manager/payment-manager/main'));

/** How it is started. */
export interface ManagerProcessOptions {
  /** As `./pm run --workers`. */
  readonly workers?: number | undefined;
  /** A command that becomes the process, and is given what to run: one that sets its limits, say. */
  readonly through?: readonly string[];
}

/**
 * Starts one and waits until it is ready. Its log goes into `logFile`. It ends when this process ends, even by SIGKILL: it
 * notices that the channel between them is gone. @throws CommandFailed with the end of its log when it does not start.
 */
export async function startManagerProcess(
  configFile: string,
  logFile: string,
  environment: Readonly<Record<string, string>> = {},
  { workers = 1, through = [] }: ManagerProcessOptions = {},
): Promise<ManagerProcess> {
  const log = await open(logFile, 'a', 0o600);
  const [command, ...args] = [
    ...through,
    process.execPath,
    ...nodeOptions,
    main,
    'run',
    '--config',
    configFile,
    '--workers',
    String(workers),
  ];
  const child = spawn(command as string, args, {
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    env: { ...withoutOverrides(process.env), ...environment },
  });
  await log.close();
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'));
  });
  const ready = new Promise<ReadyMessage>((resolve) => child.once('message', (message) => resolve(message as ReadyMessage)));
  const first = await Promise.race([ready, ended]);
  if (typeof first !== 'object') throw await explain(first, configFile, logFile);
  return { pid: child.pid as number, urls: first, ended, stop: (graceMs) => stop(child, ended, graceMs) };
}

/** One that somebody else starts and stops, in a container say: known by its ports alone. */
export function startedOutside({ inbound, outbound, operations, management }: ManagerPorts, portal = false): ManagerProcess {
  const urls: ReadyMessage = {
    inbound: `https://127.0.0.1:${inbound}`,
    outbound: `http://127.0.0.1:${outbound}`,
    operations: `http://127.0.0.1:${operations}`,
    ...(portal && { portal: `http://localhost:${management}` }),
  };
  return { pid: 0, urls, ended: new Promise(() => {}), stop: async () => {} };
}

/** Overrides in the environment are meant for one Payment Manager, not for two. */
function withoutOverrides(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('PM_')));
}

async function stop(child: ChildProcess, ended: Promise<number | string>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const kill = systemTimers.after(graceMs, () => child.kill('SIGKILL'));
  await ended;
  kill.cancel();
}

async function explain(ending: number | string, configFile: string, logFile: string): Promise<CommandFailed> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-8).join('\n');
  return new CommandFailed(
    EXIT_CODES.unavailable,
    `Payment Manager did not start (${typeof ending === 'number' ? `exit code ${ending}` : ending}).\nConfiguration: ${configFile}\nLast lines of its log, ${logFile}:\n${tail}`,
  );
}
