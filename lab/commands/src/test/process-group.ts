import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { systemTimers } from '@payment-manager/runtime';

/** A program that was started in a process group of its own, so that all that it starts can be ended with it. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Ends the whole group, and what left it: SIGTERM, after two seconds SIGKILL. Resolves when none of them is left. */
  stop(): Promise<void>;
  /** SIGKILL for all of them, now. */
  kill(): void;
}

const GRACE_MS = 2_000;
/** Of what has a group of its own, as the PostgreSQL of a test does: it ends its own processes first. */
const OTHERS_MS = 3_000;
const LOOK_AGAIN_MS = 20;

/** Starts a program as the leader of a new group. A terminal's Ctrl-C does not reach the group: who calls this passes it on. */
export function spawnGroup(program: string, args: readonly string[], options: Omit<SpawnOptions, 'detached'>): ProcessGroup {
  const child = spawn(program, args, { ...options, detached: true });
  // A program that could not be started has no group.
  const group = child.pid;
  const signal = (name: NodeJS.Signals | 0): boolean => group !== undefined && sent(-group, name);
  const end = async (): Promise<void> => {
    if (group === undefined || !signal(0)) return;
    const others = leftGroup(group);
    signal('SIGTERM');
    for (const pid of others) sent(pid, 'SIGTERM');
    if (!(await within(GRACE_MS, () => !signal(0)))) signal('SIGKILL');
    await within(GRACE_MS, () => !signal(0));
    if (await within(OTHERS_MS, () => others.every((pid) => !sent(pid, 0)))) return;
    for (const pid of others) sent(pid, 'SIGKILL');
    await within(GRACE_MS, () => others.every((pid) => !sent(pid, 0)));
  };
  let ending: Promise<void> | undefined;
  return {
    child,
    kill() {
      if (group !== undefined && signal(0)) killGroup(group);
    },
    stop() {
      // Once: when the leader is gone, nobody knows any more who descends from it.
      ending ??= end();
      return ending;
    },
  };
}

/** Kills a group, what descends from its leader in others, and the leader last: who calls this may be it. */
export function killGroup(leader: number): void {
  for (const pid of leftGroup(leader)) sent(pid, 'SIGKILL');
  sent(-leader, 'SIGKILL');
}

/** False: there is no such process or group. */
function sent(to: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(to, signal);
  } catch (error) {
    // Somebody else's is there, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What descends from the leader of a group and is in another one. */
function leftGroup(leader: number): readonly number[] {
  const all = processes();
  const found = new Map<number, number>();
  let parents = new Set([leader]);
  while (parents.size > 0) {
    const children = all.filter(([pid, parent]) => parents.has(parent) && !found.has(pid));
    for (const [pid, , group] of children) found.set(pid, group);
    parents = new Set(children.map(([pid]) => pid));
  }
  return [...found].filter(([, group]) => group !== leader).map(([pid]) => pid);
}

type ProcessIds = readonly [pid: number, parent: number, group: number];

/** A small Linux has no `ps`, and macOS no `/proc`. */
function processes(): readonly ProcessIds[] {
  if (existsSync('/proc/self/stat')) return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (idsIn(Number(name)) ?? []) : []));
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' }).split('\n');
  return lines.map((line): ProcessIds => {
    const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/).map(Number);
    return [pid, parent, group];
  });
}

/** Undefined: it is gone. */
function idsIn(pid: number): readonly [ProcessIds] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Its name, in brackets, may hold anything.
    const [, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [[pid, Number(parent), Number(group)]];
  } catch {
    return undefined;
  }
}

async function within(ms: number, done: () => boolean): Promise<boolean> {
  for (let waited = 0; !done(); waited += LOOK_AGAIN_MS) {
    if (waited >= ms) return false;
    await new Promise<void>((resolve) => void systemTimers.after(LOOK_AGAIN_MS, resolve));
  }
  return true;
}
