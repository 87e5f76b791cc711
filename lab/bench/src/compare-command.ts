import { resolve } from 'node:path';
import { style, type Terminal, table } from '@payment-manager/payment-manager';
import { type ComparePlace, type Comparison, compare } from './compare.ts';
import type { InTurn } from './in-turn.ts';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { machineText } from './report.ts';
import type { Role } from './world.ts';

const HEAD = ['', '', 'CPU ms', 'to the sketch', 'p99 ms', 'main thread', 'database', 'thread pool', 'portal', 'V8 and rest'];

const LEGEND = [
  'sketch: the same messages, signatures, appends with fsync and core calls without a check, a retry or a rule: what no product can be below.',
  'CPU ms: of one payment, all threads; to the sketch: the ratio to it. On PostgreSQL: its server included. All are medians of rounds in which each made its payments in turn.',
].join('\n');

/** `./pm bench --sketch`: product and sketch in turn; prints their ratio and where the time goes. */
export async function compareCommand(options: BenchOptions, machine: Machine, place: ComparePlace, terminal: Terminal): Promise<void> {
  const { scenarios, postgres, withoutMessages, withPortal, against, inTurn } = options;
  const roles = scenarios.filter((scenario): scenario is Role => scenario !== 'both');
  const other = against === undefined ? undefined : resolve(terminal.workingFolder, against);
  const comparisons = await compare({ ...inTurn, roles, postgres, withoutMessages, withPortal, against: other }, place);
  if (options.json) terminal.out(JSON.stringify({ machine, comparisons }));
  else terminal.out(`\n${comparisonTable(comparisons)}\n\n${style.dim(`${machineText(machine)}\n${LEGEND}`)}`);
}

/** A line for each subject. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  return table(
    HEAD,
    comparisons.flatMap(({ role, subjects }) => subjects.map((subject, index) => [index === 0 ? role : '', ...cells(subject)])),
  );
}

/** For the end of a run that is about something else: `product to sketch: payer 1.52, payee 1.61`. */
export function ratiosText(comparisons: readonly Comparison[]): string {
  const ratios = comparisons.map(({ role, subjects }) => {
    const [product, sketch] = [subjects[0], subjects.at(-1)];
    return `${role} ${product?.ratio.toFixed(2)} (${product?.cpuMs.toFixed(2)} and ${sketch?.cpuMs.toFixed(2)} ms of CPU)`;
  });
  return `product to sketch: ${ratios.join(', ')}`;
}

function cells({ name, cpuMs, ratio, p99Ms, threads }: InTurn): string[] {
  const byThread = threads === undefined ? [] : [threads.main, threads.database, threads.pool, threads.portal, threads.rest];
  return [name, cpuMs.toFixed(2), ratio.toFixed(2), p99Ms.toFixed(0), ...byThread.map((ms) => ms.toFixed(3))];
}
