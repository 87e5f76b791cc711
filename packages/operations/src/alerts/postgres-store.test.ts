import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import type { Incident } from './incident.ts';
import { postgresStore } from './postgres-store.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

test('replicas share incidents, of which each change counts once, and tell each other what they see; environments stay apart', async () => {
  const options = { url: server.url, schema: 'alerts_test', log: recordedLog(), environment: 'production' };
  const one = await postgresStore({ ...options, holder: 'one' });
  const two = await postgresStore({ ...options, holder: 'two' });
  const elsewhere = await postgresStore({ ...options, environment: 'pilot', holder: 'two' });
  const incident = { id: 'i-1', deliveries: [] } as unknown as Incident;
  assert.deepEqual(await one.read(), { incidents: [], version: 0 });
  assert.deepEqual((await Promise.all([one.write([incident], 0), two.write([], 0)])).sort(), [false, true]);
  const { incidents, version } = await two.read();
  assert.equal(version, 1);
  assert.equal(await two.write([...incidents, incident], version), true);
  assert.equal(await one.write([], version), false);
  assert.equal((await one.read()).version, 2);
  assert.equal((await elsewhere.read()).version, 0);

  const condition = { id: 'hub', level: 'alarm', code: 'HUB_NOT_ANSWERING', reason: 'No answer.', since: 1 } as const;
  const told = { conditions: [condition], muted: ['HUB_NOT_ANSWERING hub'] };
  await one.shared?.tell({ conditions: [], muted: [] });
  await one.shared?.tell(told);
  assert.deepEqual(await two.shared?.others(), [told]);
  assert.deepEqual(await one.shared?.others(), []);
  assert.deepEqual(await elsewhere.shared?.others(), []);
  await Promise.all([one.close(), two.close(), elsewhere.close()]);
});
