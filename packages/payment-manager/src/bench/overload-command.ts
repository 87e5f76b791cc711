import { join } from 'node:path';
import type { HttpClient } from '@payment-manager/runtime';
import { style, type Terminal, table } from '../cli/terminal.ts';
import { measureOverload, measureSlowCore, type OverloadOptions, type OverloadRun } from './overload.ts';
import { type Role, startWorld } from './world.ts';

const head = ['', 'load', '', 'offered/s', 'accepted/s', 'p50 ms', 'p99 ms', 'refused/s', 'p99 of refusal ms', 'failed', 'RSS MB'];

/** `./pm bench --overload`: more than it can do, for a payer and for a payee, and a payee with a slow core. */
export async function overload(
  roles: readonly Role[],
  folder: string,
  client: HttpClient,
  options: OverloadOptions,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const say = (text: string): void => (json ? terminal.err(text) : terminal.out(text));
  const runs: OverloadRun[] = [];
  const inWorld = async (role: Role, name: string, measure: typeof measureOverload): Promise<void> => {
    say(style.dim(`${role}: ${name} ...`));
    const world = await startWorld(role, folder, join('overload', name.replaceAll(' ', '-'), role), client);
    try {
      runs.push(...(await measure(world, role, options)));
    } finally {
      await world.stop();
    }
  };
  for (const role of roles) await inWorld(role, 'more than it can do', measureOverload);
  if (roles.includes('payee')) await inWorld('payee', 'a slow core', measureSlowCore);
  terminal.out(json ? JSON.stringify({ runs }) : `\n${table(head, runs.map(rowOf))}`);
  for (const run of runs)
    for (const [reason, count] of Object.entries(run.failures)) terminal.err(`${run.role}, ${run.load}, ${run.what}: ${count} × ${reason}`);
}

function rowOf(run: OverloadRun): string[] {
  return [
    run.role,
    run.load,
    run.what,
    run.offeredPerSecond.toFixed(0),
    run.acceptedPerSecond.toFixed(0),
    run.p50Ms.toFixed(0),
    run.p99Ms.toFixed(0),
    run.refusedPerSecond.toFixed(0),
    run.refusalP99Ms.toFixed(1),
    run.failed.toFixed(0),
    run.rssMb.toFixed(0),
  ];
}
