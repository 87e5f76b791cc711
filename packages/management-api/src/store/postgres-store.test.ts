import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPostgresQueries } from '@payment-manager/database';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog, systemRandom } from '@payment-manager/runtime';
import { verifyAudit } from '../audit/verify-chain.ts';
import type { NewEntry } from './management-store.ts';
import { openPostgresManagement } from './postgres-store.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const entry = (n: number): NewEntry => ({
  at: n,
  actor: 'user:a',
  action: 'x.done',
  target: `y:${n}`,
  text: JSON.stringify({ at: n, actor: 'user:a', action: 'x.done', target: `y:${n}`, reason: 'café “quoted” \\ back\nslash' }),
});

describe('the store in PostgreSQL', () => {
  test('two replicas keep one chain of entries, and one of two that change the same thing is refused', async () => {
    const options = { url: server.url, schema: 'management_test', log: recordedLog(), random: systemRandom };
    const one = await openPostgresManagement(options);
    const other = await openPostgresManagement(options);
    const put = { kind: 'user', id: 'a', seen: 0, body: '{"n":1}', owner: 'a' } as const;
    const both = await Promise.all([one.change([put], [entry(1)], 1), other.change([put], [entry(2)], 2)]);
    assert.deepEqual(both.filter(Boolean).length, 1);
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other).change([], [entry(n + 10)], n + 10)));
    const proof = await verifyAudit(one);
    assert.deepEqual([proof.entries, proof.broken], [21, undefined]);
    assert.deepEqual(await one.get('user', 'a', 5), { id: 'a', version: 1, body: '{"n":1}' });
    assert.deepEqual(
      (await other.list('user', { owner: 'a', limit: 10, now: 5 })).map(({ id }) => id),
      ['a'],
    );
    assert.equal((await other.entries({ limit: 5, target: 'y:12' }))[0]?.seq, (await one.entries({ limit: 5, target: 'y:12' }))[0]?.seq);
    await one.close();
    await other.close();
  });

  test('forgets what has ended, refuses changes of entries, and sees one that was changed around that', async () => {
    const store = await openPostgresManagement({ url: server.url, schema: 'management_two', log: recordedLog(), random: systemRandom });
    assert.equal(await store.change([{ kind: 'link', id: 'l', seen: 0, body: '1', expires: 10 }], [entry(1), entry(2)], 5), true);
    assert.equal(await store.get('link', 'l', 11), undefined);
    assert.equal(await store.change([{ kind: 'link', id: 'l', seen: 0, body: '2', expires: 30 }], [], 20), true);
    assert.equal(await store.change([{ kind: 'link', id: 'l', seen: 1, body: undefined }], [], 21), true);
    assert.equal(await store.get('link', 'l', 21), undefined);
    const attacker = await openPostgresQueries({
      url: server.url,
      schema: 'management_two',
      log: recordedLog(),
      room: { room: 'attacker', migrations: [] },
    });
    const query = (text: string) => attacker.query({ text });
    await assert.rejects(query("UPDATE management_two.mgmt_audit SET text = '{}' WHERE seq = 2"), /only grows/);
    await assert.rejects(query('TRUNCATE management_two.mgmt_audit'), /only grows/);
    await query('ALTER TABLE management_two.mgmt_audit DISABLE TRIGGER ALL');
    await query("UPDATE management_two.mgmt_audit SET actor = 'user:b' WHERE seq = 2");
    assert.equal((await verifyAudit(store)).broken?.seq, 2);
    await attacker.close();
    await store.close();
  });
});
