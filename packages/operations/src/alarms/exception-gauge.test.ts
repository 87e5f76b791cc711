import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCEPTION_CODES } from '@payment-manager/mojaloop-connector';
import { createMetrics, virtualTime } from '@payment-manager/runtime';
import { watchExceptions } from './exception-gauge.ts';

test('exceptions are measured by code and age, every code; what has ended stands at 0', async () => {
  const time = virtualTime();
  const metrics = createMetrics();
  const hours = (ago: number) => time.now() - ago * 3_600_000;
  let standing = EXCEPTION_CODES.flatMap((code) => [0.5, 1.5, 1.6, 25].map((ago) => ({ code, since: hours(ago) })));
  let answers = true;
  const watch = watchExceptions({
    exceptions: async () => (answers ? standing : Promise.reject(new Error('the journal is away'))),
    clock: time,
    timers: time,
    metrics,
  });
  const shown = async (code: string) =>
    [...(await metrics.text()).matchAll(new RegExp(`pm_exceptions\\{code="${code}",age="(\\w+)"\\} (\\d+)`, 'g'))].map(
      ([, age, value]) => `${age} ${value}`,
    );
  await time.advance(0);
  for (const code of EXCEPTION_CODES) assert.deepEqual(await shown(code), ['hour 1', 'day 2', 'older 1'], code);
  answers = false;
  await time.advance(60_000);
  assert.deepEqual(await shown('CONTRADICTION'), ['hour 1', 'day 2', 'older 1']);
  answers = true;
  standing = [];
  await time.advance(10_000);
  for (const code of EXCEPTION_CODES) assert.deepEqual(await shown(code), ['hour 0', 'day 0', 'older 0'], code);
  watch.stop();
  assert.equal(time.pending, 0);
});
