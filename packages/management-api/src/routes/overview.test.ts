import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf, type Overview, type PaymentQueries, type Period } from '@payment-manager/read-model';
import { openPortal } from '../../test/portal.ts';
import type { OverviewAnswer } from './overview-routes.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 12, 9);

function payments(asked: Period[]) {
  const some = (completed: number, failed: number): Overview => {
    const facets = { direction: 'out', stage: 'completed', attention: '', peer: 'bluewallet', currency: 'USD' } as const;
    const sum = { amount: 250_000n, fees: 2_500n };
    return {
      ...figuresOf([
        { facets: { ...facets, state: 'completed' }, error: '', count: completed, ...sum },
        { facets: { ...facets, state: 'failed' }, error: '5105', count: failed, ...sum },
      ]),
      hours: [],
    };
  };
  return async () =>
    ({
      async overview(period: Period) {
        asked.push(period);
        return asked.length === 1 ? some(97, 3) : some(0, 0);
      },
    }) as unknown as PaymentQueries;
}

test('a period that is not over is compared with one that lasts as long, and says how much of what ended was completed', async () => {
  const asked: Period[] = [];
  const { ask, as } = await openPortal({ payments: payments(asked) });
  const from = NOW - 9 * HOUR_MS;
  const against = from - 24 * HOUR_MS;
  const { body } = await ask(`GET /overview?from=${from}&against=${against}`, { cookies: await as('ann', 'viewer') });
  const { now, before } = body as unknown as OverviewAnswer;
  assert.deepEqual(asked, [{ from }, { from: against, to: against + 9 * HOUR_MS }]);
  assert.deepEqual([now.from, now.to, now.successRate], [from, NOW, 0.97]);
  assert.deepEqual([before.to, before.successRate], [against + 9 * HOUR_MS, undefined]);
  assert.deepEqual(now.causes, [{ direction: 'out', error: '5105', side: 'peer', count: 3 }]);
});

test('a period in the past ends where it was asked to; what has not begun or lasts a year is refused', async () => {
  const asked: Period[] = [];
  const { ask, as } = await openPortal({ payments: payments(asked) });
  const cookies = await as('ann', 'viewer');
  await ask(`GET /overview?from=${NOW - 48 * HOUR_MS}&to=${NOW - 24 * HOUR_MS}`, { cookies });
  assert.deepEqual(asked, [
    { from: NOW - 48 * HOUR_MS, to: NOW - 24 * HOUR_MS },
    { from: NOW - 72 * HOUR_MS, to: NOW - 48 * HOUR_MS },
  ]);
  for (const from of [NOW + 1, NOW - 366 * 24 * HOUR_MS]) {
    const { status, body } = await ask(`GET /overview?from=${from}`, { cookies });
    assert.deepEqual([status, body['code']], [400, 'FILTER_INVALID']);
  }
});
