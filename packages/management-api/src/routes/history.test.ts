import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryStore } from '@payment-manager/read-model';
import { openPortal } from '../../test/portal.ts';
import type { HistoryAnswer } from './history-routes.ts';

const NOW = Date.UTC(2026, 2, 12, 9);
const MINUTE_MS = 60_000;

test('a history is asked for a minute at least and 93 days at most, and ends now; without a read model it says what to switch on', async () => {
  const asked: Parameters<HistoryStore['read']>[0][] = [];
  const body = JSON.stringify({
    series: { 'to-hub quote': { n: 120, bad: 0, sumMs: 9, within: [[10, 120]] } },
    parts: { hub: 'ok' },
    gauges: {},
  });
  const store: HistoryStore = {
    write: async () => {},
    async read(query) {
      asked.push(query);
      return [{ grain: 'minute', slot: NOW / MINUTE_MS - 1, replica: 'one', body }];
    },
    close: async () => {},
  };
  const { ask, as } = await openPortal({ history: async () => store });
  const cookies = await as('naledi', 'engineer');
  const answer = (await ask(`GET /history?from=${NOW - 60 * MINUTE_MS}&to=${NOW + 99}`, { cookies })).body as unknown as HistoryAnswer;
  assert.deepEqual([answer.to, answer.series[0]?.points[0]?.perSecond], [NOW, 2]);
  assert.deepEqual([asked[0]?.first, asked[0]?.last], [NOW / MINUTE_MS - 60, NOW / MINUTE_MS - 1]);
  for (const from of [NOW, NOW - 1_000, NOW - 94 * 24 * 60 * MINUTE_MS])
    assert.equal((await ask(`GET /history?from=${from}`, { cookies })).status, 400);
  const off = await openPortal({});
  const { status, body: said } = await off.ask(`GET /history?from=${NOW - 60 * MINUTE_MS}`, {
    cookies: await off.as('naledi', 'engineer'),
  });
  assert.deepEqual([status, said['code'], said['place']], [409, 'SWITCHED_OFF', 'readModel.enabled']);
});
