import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordedLog, systemClock, systemTimers } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { startTestPostgres, type TestPostgres } from '../test/test-postgres.ts';
import { competeForLead } from './leadership.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const compete = (holder: string, name = 'production', leaseMs = 600, timers = systemTimers) =>
  competeForLead({
    url: server.url,
    schema: `lead_${process.pid}`,
    name,
    what: 'the test',
    holder,
    leaseMs,
    clock: systemClock,
    timers,
    log: recordedLog(),
  });

const until = async (what: () => boolean, withinMs: number): Promise<void> => {
  const end = machineSpeed.now() + withinMs;
  while (!what() && machineSpeed.now() < end) await new Promise<void>((resolve) => systemTimers.after(10, resolve));
  assert.ok(what());
};

test('of several replicas one leads; when it leaves, another does at once, and environments are led apart', async () => {
  const [one, two, elsewhere] = [await compete('one'), await compete('two'), await compete('two', 'sandbox')];
  assert.deepEqual([one.leads(), two.leads(), elsewhere.leads()], [true, false, true]);
  await one.stop();
  assert.equal(one.leads(), false);
  await until(() => two.leads(), 2_000);
  await Promise.all([two.stop(), elsewhere.stop()]);
});

test('a leader that dies is followed when its lease has ended, and has stopped to lead before', async () => {
  const frozen = { after: () => ({ cancel() {} }), soon() {} };
  const dead = await compete('dead', 'one-that-dies', 600, frozen);
  const next = await compete('next', 'one-that-dies');
  assert.deepEqual([dead.leads(), next.leads()], [true, false]);
  await until(() => next.leads(), 3_000);
  assert.equal(dead.leads(), false);
  await Promise.all([dead.stop(), next.stop()]);
});
