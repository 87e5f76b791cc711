import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog, systemClock, systemTimers, type Timers } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import { demandOneVault } from './one-vault.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const leaseMs = 600;
const open = (environment: string, vault: string, machine: string, timers: Timers = systemTimers) =>
  demandOneVault({
    url: server.url,
    schema: `one_vault_${process.pid}`,
    environment,
    vault,
    machine,
    leaseMs,
    clock: systemClock,
    timers,
    log: recordedLog(),
  });
const pass = (ms: number): Promise<void> => new Promise((resolve) => void systemTimers.after(ms, resolve));
const refused = (error: unknown): boolean =>
  error instanceof VaultError &&
  error.code === 'VAULT_ELSEWHERE' &&
  /on machine-a has another vault.*\.\/pm backup --vault/.test(error.message);

test('workers of one folder, and copies of one vault, run side by side; a replica with another vault is refused, in this environment', async () => {
  const all = [await open('production', 'v1', 'machine-a'), await open('production', 'v1', 'machine-a')];
  all.push(await open('production', 'v1', 'machine-b-with-a-copy'), await open('sandbox', 'v2', 'machine-c'));
  await assert.rejects(open('production', 'v2', 'machine-c'), (error: Error) => /another vault/.test(error.message));
  // one worker's end is not that of the others
  await all[0]?.stop();
  await pass(leaseMs * 2);
  await assert.rejects(open('production', 'v2', 'machine-c'), (error) => error instanceof VaultError);
  for (const one of all) assert.deepEqual(one.alarms(), []);
  await Promise.all(all.map((one) => one.stop()));
});

test('after the last process with the former vault another one may begin', async () => {
  const former = await open('moved', 'v1', 'machine-a');
  await former.stop();
  await assert.rejects(open('moved', 'v2', 'machine-b'), refused);
  await pass(leaseMs + 200);
  await (await open('moved', 'v2', 'machine-b')).stop();
});

test('a process that could not tell of its vault while another began raises an alarm', async () => {
  const held: (() => void)[] = [];
  const frozen: Timers = {
    after: (_ms, then) => {
      held.push(then);
      return { cancel() {} };
    },
    soon: systemTimers.soon,
  };
  const one = await open('lapsed', 'v1', 'machine-a', frozen);
  await pass(leaseMs + 200);
  const two = await open('lapsed', 'v2', 'machine-b');
  assert.deepEqual(one.alarms(), []);
  held.pop()?.();
  while (held.length === 0) await pass(10);
  const [alarm] = one.alarms();
  assert.deepEqual([alarm?.code, /machine-b/.test(alarm?.reason ?? '')], ['VAULT_ELSEWHERE', true]);
  await Promise.all([one.stop(), two.stop()]);
});
