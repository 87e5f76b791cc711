import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentQueries, TotalsFilter } from '@payment-manager/read-model';
import { openPortal } from '../../test/portal.ts';
import type { PositionsAnswer } from '../routes/position-routes.ts';
import { watchPositions } from './position-watch.ts';

/** Payments of which so much was sent in USD; asked questions are kept. */
function payments() {
  const world = { sent: '700', asked: [] as TotalsFilter[], broken: false };
  const queries = {
    async totals(filter: TotalsFilter) {
      if (world.broken) throw new Error('the rows are away');
      world.asked.push(filter);
      const of = { direction: 'out', currency: 'USD', count: 1, fees: '0' };
      return {
        byCurrency:
          filter.state === undefined ? [{ ...of, state: 'pending', amount: '50' }] : [{ ...of, state: 'completed', amount: world.sent }],
      };
    },
  } as unknown as PaymentQueries;
  return { world, payments: async () => queries };
}

test('a cap is entered and taken away by operators, for a reason that is kept; everybody sees the position beside it', async () => {
  const { world, payments: queries } = payments();
  const { ask, as, store } = await openPortal({ payments: queries });
  const [operator, viewer] = [await as('otieno', 'operator'), await as('joseph', 'viewer')];
  const enter = (body: object, cookies = operator) =>
    ask('POST /positions/USD/cap', { body: { reason: 'as the hub says', ...body }, cookies });
  assert.equal((await enter({ cap: '1000' }, viewer)).status, 403);
  for (const cap of ['0', '0.00', '-5', '1e9', '12.34567']) assert.equal((await enter({ cap })).status, 400, cap);
  assert.equal((await enter({ cap: '1000' })).status, 200);
  const seen = async () => (await ask('GET /positions', { cookies: viewer })).body as unknown as PositionsAnswer;
  const [usd] = (await seen()).positions;
  assert.deepEqual([usd?.position, usd?.cap?.usedPercent, usd?.cap?.level, usd?.cap?.by], ['750', 75, 'below', 'user:otieno']);
  assert.equal((await enter({ cap: '1000', settled: { since: '2026-03-10', opening: '-100.5' } })).status, 200);
  const [since] = (await seen()).positions;
  assert.deepEqual([since?.position, since?.since], ['649.5', Date.UTC(2026, 2, 10)]);
  for (const day of ['2026-03-13', '2025-03-10', '2026-02-31'])
    assert.equal((await enter({ cap: '1000', settled: { since: day, opening: '0' } })).status, 400, day);
  assert.ok(world.asked.some(({ from }) => from === Date.UTC(2026, 2, 10)));
  const taken = await ask('POST /positions/USD/cap/remove', { body: { reason: 'the scheme has none' }, cookies: operator });
  assert.equal(taken.status, 204);
  assert.equal((await seen()).positions[0]?.cap, undefined);
  const log = await store.entries({ limit: 10, target: 'position:USD' });
  assert.deepEqual(
    log.map(({ action, actor }) => `${action} ${actor}`),
    ['position.cap-removed user:otieno', 'position.cap-entered user:otieno', 'position.cap-entered user:otieno'],
  );
  assert.deepEqual(JSON.parse(log[1]?.text ?? '{}').after, { cap: '1000', since: '2026-03-10', opening: '-100.5' });
});

test('a position near its cap is an alarm, before the cap is reached, until it is below or the cap is gone; a read model that is away ends none', async () => {
  const { world, payments: queries } = payments();
  const { ask, as, time, signIn } = await openPortal({ payments: queries });
  const cookies = await as('otieno', 'operator');
  const made = () =>
    watchPositions({ keeping: signIn, payments: queries, businessDay: { zone: 'UTC', cutOff: '00:00' }, warnPercent: 80, timers: time });
  const watch = made();
  const codes = () => watch.alarms().map(({ code, reason }) => `${code} ${/reached/.test(reason) ? 'over' : 'near'}`);
  await ask('POST /positions/USD/cap', { body: { cap: '1000', reason: 'as the hub says' }, cookies });
  await watch.look();
  assert.deepEqual(codes(), [], '750 of 1000');
  world.sent = '750';
  await time.advance(15_000);
  await watch.look();
  assert.deepEqual(codes(), ['POSITION_NEAR_CAP near'], '800 of 1000');
  world.sent = '950';
  await watch.look();
  assert.deepEqual(codes(), ['POSITION_NEAR_CAP over']);
  world.broken = true;
  await assert.rejects(watch.look());
  assert.deepEqual(codes(), ['POSITION_NEAR_CAP over']);
  world.broken = false;
  // after a restart the cap is still there
  const restarted = made();
  await restarted.look();
  assert.equal(restarted.alarms().length, 1);
  restarted.stop();
  world.sent = '10';
  await watch.look();
  assert.deepEqual(codes(), []);
  world.sent = '950';
  await watch.look();
  await ask('POST /positions/USD/cap/remove', { body: { reason: 'the scheme has none' }, cookies });
  await watch.look();
  assert.deepEqual(codes(), []);
  watch.stop();
});
