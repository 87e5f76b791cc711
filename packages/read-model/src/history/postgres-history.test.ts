import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import { openHistory } from './open-history.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

test('in PostgreSQL two processes write beside each other, a slot that is written again is replaced, and what is too old goes', async () => {
  const source = { store: 'postgres', address: { url: server.url, schema: `history_${process.pid}` } } as const;
  const [one, two] = [await openHistory(source, recordedLog()), await openHistory(source, recordedLog())];
  const now = Date.UTC(2026, 10, 24, 12);
  const slot = now / 60_000;
  const kept = (replica: string, at: number, body = '{}') => ({ grain: 'minute', slot: at, replica, body }) as const;
  await one.write([kept('one', slot), kept('one', slot - 1)], now);
  await two.write([kept('two', slot)], now);
  await one.write([kept('one', slot, '{"n":1}')], now);
  const query = { grain: 'minute', first: slot - 5, last: slot, limit: 2 } as const;
  const first = await two.read(query);
  assert.deepEqual(first, [kept('one', slot - 1), kept('one', slot, '{"n":1}')]);
  const [last] = first.slice(-1);
  assert.ok(last);
  assert.deepEqual(await two.read({ ...query, after: last }), [kept('two', slot)]);
  await one.write([], now + 15 * 86_400_000);
  assert.deepEqual(await one.read(query), []);
  await one.close();
  await two.close();
});
