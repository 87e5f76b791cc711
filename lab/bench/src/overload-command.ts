import { join } from 'node:path';
import { style, type Terminal, table } from '@payment-manager/payment-manager';
import type { HttpClient } from '@payment-manager/runtime';
import { measureOverload, measureSlowCore, type OverloadMeasurement, type OverloadOptions, type OverloadRun } from './overload.ts';
import { type Role, startWorld } from './world.ts';

const HEAD = [
  '',
  'load',
  '',
  'offered/s',
  'accepted/s',
  'p50 ms',
  'p99 ms',
  'of normal',
  '503/s',
  'p99 ms',
  '2003/s',
  'failed',
  'RSS MB',
  'cores',
];

const legend = [
  'offered: payments begin at this rate, whatever is answered. normal: 0.8 of the sustainable rate, which is what 50 payments at once come to;',
  '2 × and 5 ×: of the sustainable rate. accepted: completed, p50 and p99 from beginning to end. 503: refused with Retry-After, and how long that',
  'answer took. 2003: taken, and then told that the DFSP is too slow now. failed: anything else. RSS: the most during the load.',
  'cores: CPU per time, of the measured process and of the stub that offers the load.',
].join('\n');

/** Where and how it is measured. */
export interface OverloadPlace extends OverloadOptions {
  readonly roles: readonly Role[];
  readonly folder: string;
  readonly client: HttpClient;
  readonly json: boolean;
}

/**
 * `./pm bench --overload`: more than it can do, for a payer and for a payee, and a payee with a slow core. Resolves with how many of
 * the payments that were not refused have failed.
 */
export async function overload(place: OverloadPlace, terminal: Terminal): Promise<number> {
  const say = (text: string): void => (place.json ? terminal.err(text) : terminal.out(text));
  const runs: OverloadRun[] = [];
  const inWorld = async (role: Role, name: string, measure: OverloadMeasurement): Promise<void> => {
    say(style.dim(`${role}: ${name} ...`));
    const world = await startWorld(role, place.folder, join('overload', name.replaceAll(' ', '-'), role), place.client);
    try {
      runs.push(...(await measure(world, role, place)));
    } finally {
      await world.stop();
    }
  };
  for (const role of place.roles) await inWorld(role, 'more than it can do', measureOverload);
  if (place.roles.includes('payee')) await inWorld('payee', 'a slow core', measureSlowCore);
  terminal.out(place.json ? JSON.stringify({ runs }) : `\n${table(HEAD, runs.map(rowOf))}\n\n${style.dim(legend)}`);
  for (const { role, load, what, failures } of runs)
    for (const [reason, count] of Object.entries(failures))
      terminal.err(`${style.bad('failed:')} ${role}, ${load}, ${what}: ${count} × ${reason}`);
  return runs.reduce((sum, { failed }) => sum + failed, 0);
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
    run.p99OfNormal === undefined ? '' : `${run.p99OfNormal.toFixed(1)} ×`,
    run.refusedPerSecond.toFixed(0),
    run.refusedPerSecond === 0 ? '' : run.refusalP99Ms.toFixed(1),
    run.declinedPerSecond.toFixed(0),
    run.failed.toFixed(0),
    run.rssMb.toFixed(0),
    `${run.cores.toFixed(2)} + ${run.stubCores.toFixed(2)}`,
  ];
}
