import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Secret, Timer, World } from '@payment-manager/runtime';
import { childEnvironment } from '../child-environment.ts';
import { VaultError } from '../vault-error.ts';
import type { FromModule, ModuleOrder, Pkcs11Result, ToModule } from './pkcs11-protocol.ts';

/** One process that has the module open. */
export interface ModuleProcess {
  /** @throws VaultError `VAULT_HSM_FAILED`. `withinMs`: counts from when the calls before it are done. */
  ask(order: ModuleOrder, withinMs: number): Promise<Pkcs11Result>;
  /** Logs out and ends; by force when the module does not let it within a second. */
  end(): Promise<void>;
}

export interface ModuleOpening extends Pick<World, 'timers'> {
  readonly module: string;
  readonly token: string;
  readonly pin: Secret<string>;
  readonly timeoutMs: number;
  /** Names of the variables of our environment that the module gets. */
  readonly variables: readonly string[];
  /** Told once: give it no more calls. Those that wait are still answered where that can be. */
  readonly onSpent: () => void;
}

export type OpenedModule =
  | { readonly open: ModuleProcess }
  | { readonly open: undefined; readonly reason: string; readonly pinRefused: boolean };

interface Waiting {
  readonly withinMs: number;
  settle(result: Pkcs11Result): void;
  fail(reason: string): void;
}

/** Calls that wait for the module; above it they are refused at once. */
const MAX_WAITING = 1_000;
const ENDING_MS = 1_000;

/** Starts a process and opens the module in it. */
export function startModuleProcess(opening: ModuleOpening): Promise<OpenedModule> {
  const { module, token, pin, timers, timeoutMs, variables } = opening;
  const child = fork(fileURLToPath(new URL('./pkcs11-process.ts', import.meta.url)), [], {
    env: childEnvironment([...variables, 'NODE_COMPILE_CACHE']),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let spent = false;
  let watch: Timer | undefined;

  const retire = (): void => {
    if (spent) return;
    spent = true;
    opening.onSpent();
  };
  /** Whoever blocks now blocks all that come after: the eldest call has its time, then the process is given up. */
  const watchEldest = (): void => {
    watch?.cancel();
    const [eldest] = waiting.values();
    watch = eldest && timers.after(eldest.withinMs, () => giveUp(`it does not answer within ${eldest.withinMs} ms`));
  };
  const giveUp = (reason: string): void => {
    retire();
    child.kill('SIGKILL');
    const left = [...waiting.values()];
    waiting.clear();
    watchEldest();
    for (const one of left) one.fail(reason);
  };
  const taken = (call: number): Waiting | undefined => {
    const one = waiting.get(call);
    waiting.delete(call);
    watchEldest();
    return one;
  };
  const end = async (): Promise<void> => {
    retire();
    if (child.connected) child.disconnect();
    const force = timers.after(ENDING_MS, () => child.kill('SIGKILL'));
    await exited;
    force.cancel();
  };
  const ask: ModuleProcess['ask'] = (order, withinMs) =>
    new Promise((resolve, reject) => {
      if (waiting.size >= MAX_WAITING)
        return reject(hsmFailed(`more than ${MAX_WAITING} calls wait for it. It is slower than what is asked of it`));
      const call = ++calls;
      waiting.set(call, { withinMs, settle: resolve, fail: (reason) => reject(hsmFailed(reason)) });
      if (waiting.size === 1) watchEldest();
      child.send({ ...order, call } satisfies ToModule, (error) => {
        if (error) giveUp('its process has ended');
      });
    });

  return new Promise((resolve) => {
    const notOpen = (reason: string, pinRefused: boolean): void => {
      resolve({ open: undefined, reason: `the module ${module} cannot be used: ${reason}`, pinRefused });
      giveUp(reason);
    };
    watch = timers.after(timeoutMs, () => notOpen(`it does not open within ${timeoutMs} ms`, false));
    child.on('message', (message: FromModule) => {
      if (message.kind === 'opened') {
        watchEldest();
        resolve({ open: { ask, end } });
      } else if (message.kind === 'not-opened') notOpen(message.reason, message.pinRefused);
      else if (message.kind === 'done') taken(message.call)?.settle(message.result);
      else {
        // A session that failed may never come back. A new process begins anew; what was asked of this one is still tried.
        retire();
        taken(message.call)?.fail(message.reason);
      }
      if (spent && waiting.size === 0) void end();
    });
    child.on('error', () => notOpen('its process cannot be run', false));
    child.on('exit', (code, signal) => notOpen(`its process has ended (${signal ?? code})`, false));
    child.send({ kind: 'open', module, token, pin: pin.reveal() } satisfies ToModule, () => {});
  });
}

/** @param why ends without a full stop. */
export function hsmFailed(why: string): VaultError {
  return new VaultError('VAULT_HSM_FAILED', `The HSM cannot be used: ${why}.`);
}
