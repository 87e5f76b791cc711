import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureInTurn, median } from './in-turn.ts';
import type { Subject } from './subject.ts';

const OPTIONS = { concurrency: 2, warmUpPayments: 0, rounds: 3, payments: 10, settleMs: 0 };

/** Takes so much for each payment, round by round; notes in `order` when it is asked to pay. */
function subjectOf(name: string, msOfRounds: readonly number[], order: string[] = [], failed = 0): Subject {
  let [round, cpuMs] = [0, 1_000];
  return {
    name,
    async drive({ payments = 0 }) {
      order.push(name);
      cpuMs += payments * (msOfRounds[round++] ?? Number.NaN);
      return { payments, failed, elapsedMs: 1, latenciesMs: [], failures: {} };
    },
    cpuMs: async () => cpuMs,
    threads: async () => ({ main: cpuMs / 2, database: 0, pool: cpuMs / 2, portal: 0, rest: 0 }),
    stop: async () => {},
  };
}

test('in turn: each makes its payments in every round, and is compared with what the last one took in the same round', async () => {
  const order: string[] = [];
  // the machine is twice as slow in the second round, and something else ran in one burst of the third
  const subjects = [subjectOf('product', [3, 6, 9], order), subjectOf('sketch', [2, 4, 2], order)];
  const [product, sketch] = await measureInTurn(subjects, OPTIONS);
  assert.deepEqual(order, ['product', 'sketch', 'product', 'sketch', 'product', 'sketch']);
  assert.deepEqual([product?.cpuMs, product?.ratio], [6, 1.5]);
  assert.deepEqual([sketch?.cpuMs, sketch?.ratio], [2, 1]);
  assert.deepEqual(product?.threads, { main: 3, database: 0, pool: 3, portal: 0, rest: 0 });
});

test('in turn: a payment that fails makes no figure', async () => {
  const subjects = [subjectOf('product', [1]), subjectOf('sketch', [1], [], 1)];
  await assert.rejects(measureInTurn(subjects, OPTIONS), /1 of 10 payments failed \(sketch\)/);
});

test('in turn: the median', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});
