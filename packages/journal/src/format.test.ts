import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import { append, postgresWorld } from '../test/postgres-world.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const world = postgresWorld();
const folder = mkdtempSync(join(tmpdir(), 'pm-format-'));
after(() => rmSync(folder, { recursive: true }));

test('sqlite: what the one process reads it may write; a process of a version before is refused from then on', async () => {
  const open = (reads?: number) => openSqliteJournal({ file: join(folder, 'a.db'), log: recordedLog(), ...(reads ? { reads } : {}) });
  const first = await open();
  assert.equal(first.writes?.(), 1);
  await first.close();
  const newer = await open(2);
  assert.equal(newer.writes?.(), 2);
  await newer.close();
  await assert.rejects(open(), { code: 'DATABASE_NEWER', message: /format 2.*reads 1/ });
  await (await open(2)).close();
});

test('postgres: a later format is written only when every replica reads it, those whose lease ran out and was not ended, too', async () => {
  const schema = world.newSchema();
  const old = await world.open(schema, { timers: virtualTime(), gatherMs: 0 });
  const [a, b] = [await world.open(schema, { reads: 3 }), await world.open(schema, { reads: 2 })];
  assert.deepEqual([old.writes?.(), a.writes?.(), b.writes?.()], [1, 1, 1]);
  await world.sql(schema, `UPDATE leases SET expires_at = now() - interval '1 s' WHERE epoch = ${old.replica.self}`);
  await a.replica.takeOver(1);
  assert.equal(a.writes?.(), 1);
  assert.equal((await old.append(append('r1', 0))).kind, 'appended');
  await old.close();
  await Promise.all([a.replica.takeOver(1), b.replica.takeOver(1)]);
  assert.deepEqual([a.writes?.(), b.writes?.()], [2, 2]);
  await assert.rejects(world.open(schema), { code: 'DATABASE_NEWER', message: /later format than 1/ });
  await b.close();
  // it may have been written, and never falls
  await a.replica.takeOver(1);
  assert.equal(a.writes?.(), 3);
  await a.close();
  await assert.rejects(world.open(schema, { reads: 2 }), { code: 'DATABASE_NEWER' });
});
