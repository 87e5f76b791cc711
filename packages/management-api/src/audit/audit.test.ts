import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { openPortal } from '../../test/portal.ts';
import { openSqliteManagement } from '../store/sqlite-store.ts';
import { verifyAudit } from './verify-chain.ts';

describe('the audit log', () => {
  test('has who did what to whom, before and after, and why; it is searched, paged, and proven', async () => {
    const { ask, as } = await openPortal();
    const cookies = await as('root', 'administrator');
    await ask('POST /users', { cookies, body: { name: 'amara', shownName: 'Amara', roles: ['viewer'], reason: 'new at the desk' } });
    for (const role of ['operator', 'engineer', 'viewer'])
      await ask('PUT /users/amara', { cookies, body: { roles: [role], reason: `now ${role}` } });
    const found = (await ask('GET /audit?target=user%3Aamara&action=user.changed&limit=2', { cookies })).body;
    const [newest, second] = Object.values(found['entries'] ?? {});
    assert.deepEqual(
      [newest?.['actor'], newest?.['before']?.['roles'], newest?.['after']?.['roles'], newest?.['reason']],
      ['user:root', ['engineer'], ['viewer'], 'now viewer'],
    );
    const more = (await ask(`GET /audit?target=user%3Aamara&action=user.changed&limit=2&below=${found['next']}`, { cookies })).body;
    assert.deepEqual(
      Object.values(more['entries'] ?? {}).map((one) => one['reason']),
      ['now operator'],
    );
    assert.ok(Number(second?.['seq']) > 0);
    const proof = (await ask('GET /audit/proof', { cookies })).body;
    assert.deepEqual([proof['entries'], proof['broken'], proof['head']], [4, undefined, newest?.['hash']]);
  });

  test('shows what was changed, left out, or put elsewhere, and lets nobody change it through its tables', async () => {
    const { ask, as, store } = await openPortal();
    const cookies = await as('root', 'administrator');
    for (let n = 0; n < 5; n++)
      await ask('POST /users', { cookies, body: { name: `u${n}`, shownName: 'U', roles: ['viewer'], reason: 'new' } });
    const { db } = store;
    assert.throws(() => db.exec("UPDATE mgmt_audit SET text = '{}' WHERE seq = 2"), /only grows/);
    assert.throws(() => db.exec('DELETE FROM mgmt_audit'), /only grows/);
    db.exec('DROP TRIGGER mgmt_audit_same; DROP TRIGGER mgmt_audit_kept');
    const spoiled = async (sql: string): Promise<unknown> => {
      db.exec('SAVEPOINT spoiled');
      db.exec(sql);
      const { broken } = await verifyAudit(store);
      db.exec('ROLLBACK TO spoiled');
      return broken?.seq;
    };
    assert.equal((await verifyAudit(store)).broken, undefined);
    assert.equal(await spoiled("UPDATE mgmt_audit SET text = replace(text, 'u1', 'u9') WHERE seq = 2"), 2);
    assert.equal(await spoiled("UPDATE mgmt_audit SET actor = 'user:nobody' WHERE seq = 3"), 3);
    assert.equal(await spoiled('DELETE FROM mgmt_audit WHERE seq = 4'), 4);
    assert.equal(await spoiled("UPDATE mgmt_audit SET hash = 'x' WHERE seq = 1"), 1);
  });

  test('is exported, which is an entry itself', async () => {
    const { ask, as } = await openPortal();
    const cookies = await as('root', 'auditor');
    for (const format of ['csv', 'jsonl']) {
      const { text } = await ask(`GET /audit/export?format=${format}`, { cookies });
      assert.match(text, /audit\.exported/, format);
    }
  });
});

describe('the store in a file', () => {
  test('keeps changes and their entries together, refuses what was changed meanwhile, and forgets what has ended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pm-management-'));
    const file = join(folder, 'management.db');
    const store = await openSqliteManagement(file, { log: recordedLog() });
    const entry = {
      at: 5,
      actor: 'user:a',
      action: 'x.done',
      target: 'y',
      text: '{"at":5,"actor":"user:a","action":"x.done","target":"y"}',
    };
    const put = { kind: 'user', id: 'a', seen: 0, body: '{}' } as const;
    assert.deepEqual(await Promise.all([store.change([put], [entry], 5), store.change([put], [entry], 5)]), [true, false]);
    assert.equal(await store.change([{ kind: 'link', id: 'l', seen: 0, body: '1', expires: 10 }], [], 6), true);
    assert.equal((await store.get('link', 'l', 10))?.body, '1');
    assert.equal(await store.get('link', 'l', 11), undefined);
    assert.equal(
      await store.change([{ kind: 'link', id: 'l', seen: 0, body: '2', expires: 30 }], [], 20),
      true,
      'what has ended is as if it were not there',
    );
    assert.deepEqual((await verifyAudit(store)).entries, 1);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await store.close();
    const again = await openSqliteManagement(file, { log: recordedLog() });
    assert.equal((await again.get('user', 'a', 20))?.version, 1);
    await again.close();
    await rm(folder, { recursive: true });
  });
});
