import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { NotAccepted } from '@payment-manager/sandbox';
import { comingAgain, drive, percentile } from './drive.ts';

test('percentiles are values that were measured', () => {
  const ascending = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual(
    [0.5, 0.95, 0.99, 1].map((share) => percentile(ascending, share)),
    [50, 95, 99, 100],
  );
  assert.equal(percentile([7], 0.5), 7);
  assert.equal(percentile([], 0.99), 0);
});

test('a load keeps as many payments under way as it says, no more, and counts what failed apart', async () => {
  const time = virtualTime();
  let underWay = 0;
  let most = 0;
  let nth = 0;
  const pay = async (): Promise<void> => {
    most = Math.max(most, ++underWay);
    const fails = ++nth % 10 === 0;
    await new Promise<void>((resolve) => void time.after(5, resolve));
    underWay--;
    if (fails) throw new Error('no');
  };
  const running = drive(pay, { concurrency: 7, payments: 100, ms: undefined }, time);
  await time.advance(1_000);
  const driven = await running;
  assert.deepEqual([most, driven.payments, driven.failed, driven.failures], [7, 100, 10, { no: 10 }]);
  assert.ok(driven.latenciesMs.length === 90 && driven.latenciesMs.every((ms) => ms === 5));
});

test('a load of some time begins nothing after it', async () => {
  const time = virtualTime();
  const pay = (): Promise<void> => new Promise((resolve) => void time.after(30, resolve));
  const running = drive(pay, { concurrency: 2, payments: undefined, ms: 100 }, time);
  await time.advance(1_000);
  const { payments, elapsedMs } = await running;
  assert.deepEqual([payments, elapsedMs], [8, 120]);
});

test('a payment that is refused for load comes again when it was told to; another failure is one', async () => {
  const time = virtualTime();
  const refusal = (status: number) =>
    new NotAccepted('POST /transfers', { kind: 'answer', status, headers: { 'retry-after': '2' }, body: new Uint8Array() }, 1);
  const began: number[] = [];
  const pay = async (): Promise<void> => {
    began.push(time.monotonic());
    if (began.length < 3) throw refusal(503);
  };
  const paying = comingAgain(pay, time)();
  await time.advance(5_000);
  await paying;
  assert.deepEqual(
    began.map((at) => at - (began[0] ?? 0)),
    [0, 2_000, 4_000],
  );
  await assert.rejects(comingAgain(() => Promise.reject(refusal(400)), time)(), NotAccepted);
});
