import { readFile } from 'node:fs/promises';
import { createHttpClient, systemClock, systemTimers } from '@payment-manager/runtime';
import { runTool } from '../pack/tools.ts';
import type { Runner } from './engine.ts';

/** A container that runs, or ran. */
export interface Container {
  readonly runner: Runner;
  readonly name: string;
}

/** How one is run: what a careful operator would allow, and nothing else. */
export interface Limits {
  readonly memoryMb: number;
  readonly cpus: number;
}

/** Starts one in the background, with a file system that it can only read but for its data and a small `/tmp`. @throws CommandFailed in the engine's words */
export async function runContainer(
  { runner, name }: Container,
  image: string,
  {
    limits,
    volume,
    environment,
    args,
  }: { limits?: Limits; volume: string; environment?: Readonly<Record<string, string>>; args: readonly string[] },
): Promise<void> {
  const options = [
    ...['--detach', '--name', name, '--network', 'host', '--read-only', '--user', '1000:1000', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--tmpfs', '/tmp:size=64m', '--volume', `${volume}:/var/lib/payment-manager`],
    ...['--ulimit', 'nofile=10000:10000', '--ulimit', 'nproc=1000:1000'],
    ...(limits === undefined ? [] : ['--memory', `${limits.memoryMb}m`, '--cpus', String(limits.cpus)]),
    ...Object.entries(environment ?? {}).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ];
  await runTool(runner, ['run', ...options, image, ...args], '/');
}

/** Runs a command in it, and resolves with what that prints. @throws CommandFailed when it fails */
export function execIn({ runner, name }: Container, ...command: readonly string[]): Promise<string> {
  return runTool(runner, ['exec', name, ...command], '/');
}

/** What the engine says of it, by a template: `{{.State.Pid}}`. */
export async function inspect({ runner, name }: Container, template: string): Promise<string> {
  return (await runTool(runner, ['inspect', '--format', template, name], '/')).trim();
}

/** The end of what it has printed, for an error. */
export async function lastLines({ runner, name }: Container): Promise<string> {
  return runTool(runner, ['logs', '--tail', '15', name], '/').catch((error: Error) => error.message);
}

/** Removes it, whatever it does. */
export async function removeContainer({ runner, name }: Container): Promise<void> {
  await runTool(runner, ['rm', '--force', name], '/').catch(() => {});
}

/** Memory in bytes. */
export interface Memory {
  /** Resident, of the first process: now, and at its most. */
  readonly now: number;
  readonly most: number;
  /** What the system allows the container; undefined where it does not tell. */
  readonly limit: number | undefined;
}

/** The memory of a container; undefined where its process is not one of this system’s. */
export async function memoryOf(container: Container): Promise<Memory | undefined> {
  const pid = await inspect(container, '{{.State.Pid}}');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  if (status === '') return undefined;
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
  return { now: bytes('VmRSS'), most: bytes('VmHWM'), limit: await memoryLimit(pid) };
}

/** What the control group says, of either version. */
async function memoryLimit(pid: string): Promise<number | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const [, first] = /^\d+:memory:(.*)$/m.exec(groups) ?? [];
  const [, second = ''] = /^0::(.*)$/m.exec(groups) ?? [];
  const file = first === undefined ? `/sys/fs/cgroup${second}/memory.max` : `/sys/fs/cgroup/memory${first}/memory.limit_in_bytes`;
  const limit = Number((await readFile(file, 'utf8').catch(() => '')).trim());
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

/** Resolves with the milliseconds until the address answers 200. @throws Error after `patienceMs` */
export async function untilAnswers(url: string, patienceMs: number): Promise<number> {
  const http = createHttpClient({});
  const begun = systemClock.monotonic();
  try {
    for (;;) {
      const outcome = await http.request({ method: 'GET', url, headers: {}, timeoutMs: 2_000 });
      const ms = systemClock.monotonic() - begun;
      if (outcome.kind === 'answer' && outcome.status === 200) return ms;
      if (ms > patienceMs) throw new Error(`${url} does not answer 200 within ${patienceMs / 1_000} s`);
      await pause(20);
    }
  } finally {
    await http.close();
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(ms, resolve));
}
