import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { Bulkheads } from './bulkheads.ts';

const entered = async (bulkheads: Bulkheads, kind: 'party' | 'transfer' | 'owed', count: number) =>
  (await Promise.all(Array.from({ length: count }, () => bulkheads.enter(kind, 0)))).filter((leave) => leave !== undefined);

test('bulkheads: one kind takes at most five eighths; each of the others still has its eighth', async () => {
  const time = virtualTime();
  const bulkheads = new Bulkheads(time, time, 64, 10);
  assert.equal((await entered(bulkheads, 'transfer', 100)).length, 40);
  assert.equal((await entered(bulkheads, 'party', 100)).length, 8);
  assert.equal((await entered(bulkheads, 'owed', 100)).length, 8);
});

test('bulkheads: with few calls at once there is one room for all', async () => {
  const time = virtualTime();
  const bulkheads = new Bulkheads(time, time, 2, 10);
  assert.equal((await entered(bulkheads, 'transfer', 5)).length, 2);
  assert.equal((await entered(bulkheads, 'owed', 5)).length, 0);
});

test('bulkheads: who waits enters when there is room, what is owed first; who has no patience left is told', async () => {
  const time = virtualTime();
  const bulkheads = new Bulkheads(time, time, 1, 10);
  const [leave] = await entered(bulkheads, 'transfer', 1);
  const order: string[] = [];
  const wait = (name: string, kind: 'party' | 'transfer' | 'owed', patienceMs: number) =>
    bulkheads.enter(kind, patienceMs).then((out) => {
      order.push(out === undefined ? `${name} gave up` : name);
      return out;
    });
  const party = wait('party', 'party', 5_000);
  const impatient = wait('impatient', 'transfer', 1_000);
  const owed = wait('owed', 'owed', 5_000);
  await time.advance(1_500);
  assert.equal(await impatient, undefined);
  assert.equal(bulkheads.waitedMs('party'), 1_500);
  assert.equal(bulkheads.waitedMs('transfer'), 0);
  leave?.();
  leave?.();
  (await owed)?.();
  (await party)?.();
  assert.deepEqual(order, ['impatient gave up', 'owed', 'party']);
  assert.deepEqual(bulkheads.load('party'), { running: 0, waiting: 0 });
});

test('bulkheads: no more than so many wait', async () => {
  const time = virtualTime();
  const bulkheads = new Bulkheads(time, time, 1, 3);
  await entered(bulkheads, 'party', 1);
  const waiting = Array.from({ length: 5 }, () => bulkheads.enter('party', 1_000));
  assert.equal(bulkheads.load('party').waiting, 3);
  assert.equal(await waiting[4], undefined);
  await time.advance(1_000);
  await Promise.all(waiting);
  assert.deepEqual(bulkheads.load('party'), { running: 1, waiting: 0 });
});
