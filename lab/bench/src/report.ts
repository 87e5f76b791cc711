import { style, table } from '@payment-manager/payment-manager';
import type { Machine } from './machine.ts';
import type { Measured, ProcessCost } from './measurement.ts';

const HEAD = [
  'scenario',
  'journal',
  'at once',
  'payments',
  'failed',
  'per second',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'process',
  'CPU ms',
  'floor',
  'above',
  'RSS MB',
];

/** The runs as a table, one line for each measured process. */
export function runsTable(measured: readonly Measured[]): string {
  return table(HEAD, measured.flatMap(rowsOf));
}

function rowsOf({ run }: Measured): string[][] {
  const figures = [
    run.confirm === undefined ? run.scenario : `${run.scenario}, ${run.confirm}`,
    run.store === 'sqlite' ? 'file' : `PostgreSQL, ${run.workers} ${run.workers === 1 ? 'worker' : 'workers'}`,
    run.concurrency,
    run.payments,
    run.failed,
    run.paymentsPerSecond.toFixed(0),
    run.p50Ms.toFixed(1),
    run.p95Ms.toFixed(1),
    run.p99Ms.toFixed(1),
  ].map(String);
  const database = run.databaseCpuMsPerPayment === undefined ? [] : [['PostgreSQL', run.databaseCpuMsPerPayment.toFixed(2)]];
  const cells = [...Object.entries(run.processes).map(([role, cost]) => [role, ...costCells(cost)]), ...database];
  return cells.map((line, index) => [...(index === 0 ? figures : figures.map(() => '')), ...line]);
}

function costCells({ cpuMsPerPayment, rsaFloorMsPerPayment, rssMb }: ProcessCost): string[] {
  const above = cpuMsPerPayment - rsaFloorMsPerPayment;
  return [
    cpuMsPerPayment.toFixed(2),
    rsaFloorMsPerPayment.toFixed(2),
    `+${above.toFixed(2)} (${(cpuMsPerPayment / rsaFloorMsPerPayment).toFixed(1)}x)`,
    rssMb.toFixed(0),
  ];
}

/** What the columns mean, and the machine. */
export function legend(machine: Machine): string {
  return style.dim(
    [
      machineText(machine),
      'CPU ms: CPU of one payment in that process (with workers: in all of them), all threads. floor: what its signatures alone cost',
      '(payer 2 signatures and 3 verifications, payee 3 and 3); above: the rest.',
    ].join('\n'),
  );
}

/** How fast this machine is at three things that depend on different parts of it. */
export function machineText({ rsa2048SignMs, rsa2048VerifyMs, sha256PerMs, jsonPerMs }: Machine): string {
  return [
    `This machine, one core: RSA-2048 ${rsa2048SignMs.toFixed(3)} ms to sign, ${rsa2048VerifyMs.toFixed(3)} ms to verify;`,
    `messages of 1.5 kB a millisecond: ${sha256PerMs.toFixed(0)} hashed (SHA-256), ${jsonPerMs.toFixed(0)} read and written as JSON.`,
  ].join(' ');
}

/** Why payments failed, or nothing. */
export function failuresText(measured: readonly Measured[]): readonly string[] {
  return measured.flatMap(({ run, failures }) =>
    Object.entries(failures).map(([reason, count]) => `${run.scenario}, ${run.concurrency} at once: ${count} × ${reason}`),
  );
}
