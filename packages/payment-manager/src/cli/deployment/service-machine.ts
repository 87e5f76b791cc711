import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hiddenBy } from '@payment-manager/deployment';
import { systemTimers } from '@payment-manager/runtime';
import { stayAlive } from '../stay-alive.ts';

/** The machine that gets a service; tests give their own. */
export interface ServiceMachine {
  /** Where units of this machine stand. */
  readonly unitFolder: string;
  /** Whether systemd is what runs services here. */
  hasSystemd(): boolean;
  isRoot(): boolean;
  /** The folder that hides this path from the unit; undefined: it sees it. */
  hiddenBy(path: string): string | undefined;
  /** What a program prints. @throws Error where it ends with anything but 0, or is not there */
  run(program: string, ...args: readonly string[]): string;
  waitMs(ms: number): Promise<void>;
}

export const thisMachine: ServiceMachine = {
  unitFolder: '/etc/systemd/system',
  hasSystemd: () => existsSync('/run/systemd/system'),
  isRoot: () => process.getuid?.() === 0,
  hiddenBy,
  run: (program, ...args) => execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  waitMs: (ms) => stayAlive(() => new Promise((resolve) => void systemTimers.after(ms, resolve))),
};
