import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capUseOf, positionsSince } from './positions.ts';
import type { PaymentQueries } from './queries.ts';
import type { Totals, TotalsFilter } from './totals.ts';

const figures = (direction: 'out' | 'in', state: string, currency: string, amount: string) =>
  ({ direction, state, currency, count: 1, amount, fees: '0' }) as Totals['byCurrency'][number];

test('a position is what was sent and is reserved without what was received, to the last digit, from what stood at the beginning', async () => {
  const asked: TotalsFilter[] = [];
  const queries = {
    async totals(filter: TotalsFilter) {
      asked.push(filter);
      const completed = [
        figures('out', 'completed', 'USD', '900000000000000000.0001'),
        figures('in', 'completed', 'USD', '0.0002'),
        figures('in', 'completed', 'XOF', '500'),
      ];
      return { byCurrency: filter.state === undefined ? [figures('out', 'pending', 'USD', '25.5')] : completed };
    },
  } as unknown as Pick<PaymentQueries, 'totals'>;
  const positions = await positionsSince(queries, 1_000, { USD: '-0.5', KES: '7' });
  assert.deepEqual(
    positions.map(({ currency, position }) => [currency, position]),
    [
      ['KES', '7'],
      ['USD', '900000000000000024.9999'],
      ['XOF', '-500'],
    ],
  );
  assert.deepEqual(asked, [
    { from: 1_000, state: ['completed'] },
    { from: 1_000, direction: 'out', stage: ['open'] },
  ]);
});

test('a cap is near from its share on, and over when it is reached; who is owed uses none of it', () => {
  assert.deepEqual(capUseOf('799.9999', '1000', 80), { usedPercent: 79, left: '200.0001', level: 'below' });
  assert.deepEqual(capUseOf('800', '1000', 80), { usedPercent: 80, left: '200', level: 'near' });
  assert.deepEqual(capUseOf('999.9999', '1000', 100), { usedPercent: 99, left: '0.0001', level: 'below' });
  assert.deepEqual(capUseOf('1000', '1000', 80), { usedPercent: 100, left: '0', level: 'over' });
  assert.deepEqual(capUseOf('1500.5', '1000', 80), { usedPercent: 150, left: '-500.5', level: 'over' });
  assert.deepEqual(capUseOf('-20', '1000', 80), { usedPercent: 0, left: '1020', level: 'below' });
});
