import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Terminal } from '@payment-manager/payment-manager';
import { bench } from './bench.ts';
import type { Comparison } from './compare.ts';
import { type Comparison as ConnectorComparison, comparisonOf } from './connector-bench.ts';
import { PAYEE_SIGNATURES, PAYER_SIGNATURES, rsaFloorMs } from './machine.ts';
import type { ProcessCost, Run } from './measurement.ts';
import { readOptions } from './options.ts';
import type { OverloadRun } from './overload.ts';
import type { SoakSample, SoakVerdict } from './soak-judge.ts';
import type { ThreadCpu } from './threads.ts';

/** A terminal that keeps what is printed. */
function recordedTerminal(): { readonly terminal: Terminal; readonly out: string[]; readonly err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    workingFolder: '/',
    environment: {},
    interactive: false,
  };
  return { terminal, out, err };
}

test('bench: pays in all three scenarios with real processes, prints one JSON object, and leaves nothing behind', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-bench-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { terminal, out, err } = recordedTerminal();
  const code = await bench([], { json: true, payments: '4', concurrency: '2', folder }, terminal);
  assert.equal(code, 0, err.join('\n'));
  assert.equal(out.length, 1);
  const { machine, runs, comparisons } = JSON.parse(out[0] ?? '') as {
    machine: Record<string, number>;
    runs: Run[];
    comparisons: Comparison[];
  };
  assert.deepEqual(Object.keys(machine), ['rsa2048SignMs', 'rsa2048VerifyMs', 'sha256PerMs', 'jsonPerMs']);
  assert.ok(Object.values(machine).every((figure) => figure > 0.001 && figure < 10_000));
  assert.deepEqual(
    comparisons.map(({ role, subjects }) => [role, ...subjects.map(({ name }) => name)]),
    [
      ['payer', 'product', 'sketch'],
      ['payee', 'product', 'sketch'],
    ],
  );
  for (const { subjects } of comparisons) {
    assert.equal(subjects[1]?.ratio, 1);
    assert.ok(subjects.every(({ cpuMs, ratio }) => cpuMs > 0.3 && ratio > 0.1 && ratio < 50));
    // the whole process is what its threads are, but for what lies between the two readings
    if (process.platform === 'linux') for (const { cpuMs, threads } of subjects) assertThreads(cpuMs, threads);
  }
  assert.deepEqual(
    runs.map(({ scenario, concurrency, payments, failed, processes }) => [
      scenario,
      concurrency,
      payments,
      failed,
      Object.keys(processes).join(' '),
    ]),
    [
      ['both', 2, 4, 0, 'payer payee'],
      ['payer', 2, 4, 0, 'payer'],
      ['payee', 2, 4, 0, 'payee'],
    ],
  );
  for (const run of runs) {
    assert.ok(run.paymentsPerSecond > 0 && 0 < run.p50Ms && run.p50Ms <= run.p95Ms && run.p95Ms <= run.p99Ms);
    for (const cost of Object.values(run.processes)) assertPlausible(cost);
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('bench: on PostgreSQL with one and with two processes, and what the server took', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-bench-test-'));
  // as root the server runs as another user
  await chmod(folder, 0o711);
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { terminal, out, err } = recordedTerminal();
  // a system tells the CPU of a process in hundredths of a second, and four payments take the server just one of them: or none
  const options = { json: true, payments: '40', concurrency: '2', folder, postgres: true, workers: '1,2', scenario: 'payee' };
  assert.equal(await bench([], options, terminal), 0, err.join('\n'));
  const { runs } = JSON.parse(out[0] ?? '') as { runs: Run[] };
  assert.deepEqual(
    runs.map(({ store, workers, failed }) => [store, workers, failed]),
    [
      ['postgres', 1, 0],
      ['postgres', 2, 0],
    ],
  );
  const [one, two] = runs;
  assert.ok((two?.processes.payee?.rssMb ?? 0) > 1.5 * (one?.processes.payee?.rssMb ?? Number.NaN), 'all processes are counted');
  if (process.platform === 'linux') assert.ok((one?.databaseCpuMsPerPayment ?? 0) > 0);
  assert.deepEqual(readdirSync(folder), []);
});

test('bench --confirm: a core that credits; what the hub acknowledged is asked about before the cost is read, and only where it is to be', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-bench-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { terminal, out, err } = recordedTerminal();
  const options = { json: true, payments: '4', concurrency: '2', folder, confirm: 'never,always' };
  assert.equal(await bench([], options, terminal), 0, err.join('\n'));
  const { runs } = JSON.parse(out[0] ?? '') as { runs: Run[] };
  assert.deepEqual(
    runs.map(({ scenario, confirm, payments, failed, confirmations }) => [scenario, confirm, payments, failed, confirmations]),
    [
      ['payee', 'never', 4, 0, 0],
      ['payee', 'always', 4, 0, 4],
    ],
  );
});

test('bench --connector: both ways to the core in turn with real processes, and what is called and written on each', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-bench-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { terminal, out, err } = recordedTerminal();
  const connector = join(import.meta.dirname, '../../../connectors/rest-core');
  assert.equal(await bench([], { json: true, payments: '4', concurrency: '2', folder, connector }, terminal), 0, err.join('\n'));
  const { connector: compared } = JSON.parse(out[0] ?? '') as { connector: ConnectorComparison };
  const { overHttp, byConnector, moreCpuMsPerPayment, ...rest } = compared;
  assert.deepEqual(rest, { connector: 'rest-core', rounds: 2, paymentsPerRound: 4, concurrency: 2, failed: 0 });
  // party, price, transfer and outcome; by the connector the price is two calls: the account and its fee
  assert.deepEqual([overHttp.coreCallsPerPayment, byConnector.coreCallsPerPayment], [4, 5], 'the warm-up has shown that enquiries find');
  assert.ok(overHttp.appendsPerPayment > 4 && byConnector.appendsPerPayment >= overHttp.appendsPerPayment + 2, JSON.stringify(compared));
  assert.ok(overHttp.cpuMsPerPayment.median > 0 && moreCpuMsPerPayment.from <= moreCpuMsPerPayment.to);
  assert.deepEqual(readdirSync(folder), []);
});

test('bench --connector: the difference is the middle one of neighbouring rounds, so that one round that was disturbed moves nothing', () => {
  const round = (cpuMs: number) => ({ cpuMs, coreCalls: 8, appends: 10, payments: 2, failed: 0 });
  const pairs = [10, 20, 30, 40, 900].map((cpuMs, index) => [round(cpuMs), round(index === 1 ? 2_000 : cpuMs + 2)] as const);
  const { overHttp, moreCpuMsPerPayment, byConnector } = comparisonOf('x', 1, 2, pairs);
  assert.deepEqual(overHttp.cpuMsPerPayment, { median: 15, from: 10, to: 20 });
  assert.deepEqual(moreCpuMsPerPayment, { median: 1, from: 1, to: 1 });
  assert.deepEqual([byConnector.coreCallsPerPayment, byConnector.appendsPerPayment], [4, 5]);
});

test('bench --overload: loads that are offered, and a slow core, with real processes; every payment ends in one of four ways', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-bench-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { terminal, out, err } = recordedTerminal();
  assert.equal(await bench([], { json: true, overload: true, scenario: 'payee', payments: '5', folder }, terminal), 0, err.join('\n'));
  const { runs } = JSON.parse(out[0] ?? '') as { runs: OverloadRun[] };
  assert.deepEqual(
    runs.map(({ load, what }) => [load, what]),
    [
      ['normal', 'payments'],
      ['2 ×', 'payments'],
      ['5 ×', 'payments'],
      ['quick core', 'look-ups'],
      ['quick core', 'payments'],
      ['core: 0.3 s', 'look-ups'],
      ['core: 0.3 s', 'payments'],
    ],
  );
  for (const run of runs) {
    const ends = run.acceptedPerSecond + run.refusedPerSecond + run.declinedPerSecond + (run.failed * 1_000) / 500;
    assert.ok(Math.abs(ends - run.offeredPerSecond) < 1 && run.rssMb > 20, JSON.stringify(run));
  }
  // on a busy machine one of them may have got less than a hundredth of a core
  assert.ok(
    runs.every(({ cores, stubCores }) => cores + stubCores > 0 && cores + stubCores <= availableParallelism() + 0.5),
    JSON.stringify(runs),
  );
  const [normal, , five, , , , slow] = runs;
  assert.ok((five?.offeredPerSecond ?? 0) > 2 * (normal?.offeredPerSecond ?? Number.NaN));
  // so short a run may see no payment at all on a busy machine
  assert.ok(slow?.acceptedPerSecond === 0 || (slow?.p50Ms ?? 0) >= 250, 'the core is slow indeed');
  assert.deepEqual(readdirSync(folder), []);
});

function assertThreads(cpuMs: number, threads: ThreadCpu | undefined): void {
  assert.ok(
    threads !== undefined && [threads.main, threads.database, threads.pool, threads.rest].every((ms) => ms > 0),
    JSON.stringify(threads),
  );
  const sum = threads.main + threads.database + threads.pool + threads.rest;
  assert.ok(sum > 0.3 * cpuMs && sum < 3 * cpuMs, `${sum} of ${cpuMs}`);
}

function assertPlausible({ cpuMsPerPayment, rsaFloorMsPerPayment, rssMb }: ProcessCost): void {
  assert.ok(rsaFloorMsPerPayment > 0 && cpuMsPerPayment > rsaFloorMsPerPayment, `${cpuMsPerPayment} above ${rsaFloorMsPerPayment}`);
  assert.ok(rssMb > 20 && rssMb < 1_000);
}

test('bench: the floor is that of 2 signatures and 3 verifications in the payer, 3 and 3 in the payee', () => {
  const machine = { rsa2048SignMs: 1, rsa2048VerifyMs: 0.01 };
  assert.equal(rsaFloorMs(machine, PAYER_SIGNATURES).toFixed(2), '2.03');
  assert.equal(rsaFloorMs(machine, PAYEE_SIGNATURES).toFixed(2), '3.03');
});

test('bench: --quick is concurrency 50 only, and what cannot be read is refused', () => {
  assert.deepEqual(readOptions({ quick: true }).concurrencies, [50]);
  assert.deepEqual(readOptions({}).concurrencies, [1, 10, 50, 200]);
  assert.deepEqual(readOptions({ concurrency: '1,50', scenario: 'payer' }).concurrencies, [1, 50]);
  for (const options of [
    { scenario: 'hub' },
    { concurrency: '0' },
    { concurrency: '1,x' },
    { payments: '-1' },
    { payments: '1.5' },
    { workers: '3' },
    { postgres: true, workers: '0' },
    { overload: true, scenario: 'both' },
    { overload: true, postgres: true },
    { overload: true, concurrency: '10' },
    { overload: true, confirm: 'always' },
    { confirm: 'sometimes' },
    { confirm: 'always', scenario: 'both' },
    { connector: 'x', scenario: 'both' },
    { connector: 'x', concurrency: '1,2' },
    { connector: 'x', postgres: true },
    { against: '../other' },
    { rounds: '3' },
    { withoutMessages: true },
    { sketch: true, rounds: '0' },
    { sketch: true, scenario: 'both' },
    { sketch: true, workers: '1' },
  ])
    assert.throws(() => readOptions(options), { name: 'CommandFailed', exitCode: 64 });
});

test('bench --soak: pays at a rate, prunes what is old under load, and judges each process; nothing is left behind', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-bench-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { terminal, out, err } = recordedTerminal();
  const code = await bench([], { soak: true, json: true, rate: '5', minutes: '0.05', folder }, terminal);
  const { samples, completed, failed, verdicts } = JSON.parse(out[0] ?? '{}') as {
    samples: SoakSample[];
    completed: number;
    failed: number;
    verdicts: SoakVerdict[];
  };
  // what grows is not judged in seconds: a process that has just started does
  assert.ok(code === 0 || verdicts.some(({ ok }) => !ok), err.join('\n'));
  assert.ok(completed > 0 && failed === 0, err.join('\n'));
  assert.equal(samples.length, 8, 'each process at the start and after each of three pieces');
  assert.ok(samples.every(({ rssMb, handles, files, journalBytes }) => rssMb > 20 && handles > 0 && files > 10 && journalBytes > 0));
  assert.ok(
    samples.some(({ role, pruned = 0 }) => role === 'payer' && pruned > 0),
    'nothing was pruned',
  );
  assert.deepEqual(readdirSync(folder), []);
});
