import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { recordedLog, systemTimers, virtualTime } from '@payment-manager/runtime';
import { append, postgresWorld } from '../test/postgres-world.ts';
import { formatReached, JOURNAL_FORMAT } from './format.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const world = postgresWorld();
const folder = mkdtempSync(join(tmpdir(), 'pm-format-'));
after(() => rmSync(folder, { recursive: true }));

test('sqlite: what the one process reads it may write; a process of a version before is refused from then on', async () => {
  const open = (reads?: number) => openSqliteJournal({ file: join(folder, 'a.db'), log: recordedLog(), ...(reads ? { reads } : {}) });
  const first = await open(1);
  assert.equal(first.writes?.(), 1);
  await first.close();
  const newer = await open();
  assert.equal(newer.writes?.(), JOURNAL_FORMAT);
  await newer.close();
  await assert.rejects(open(1), { code: 'DATABASE_NEWER', message: /format 2.*reads 1/ });
  await (await open()).close();
});

test('postgres: a later format is written only when every replica reads it, those whose lease ran out and was not ended, too', async () => {
  const schema = world.newSchema();
  const old = await world.open(schema, { reads: 1, timers: virtualTime(), gatherMs: 0 });
  const [a, b] = [await world.open(schema, { reads: 3 }), await world.open(schema, { reads: 2 })];
  assert.deepEqual([old.writes?.(), a.writes?.(), b.writes?.()], [1, 1, 1]);
  await world.sql(schema, `UPDATE leases SET expires_at = now() - interval '1 s' WHERE epoch = ${old.replica.self}`);
  await a.replica.takeOver(1);
  assert.equal(a.writes?.(), 1);
  assert.equal((await old.append(append('r1', 0))).kind, 'appended');
  await old.close();
  await Promise.all([a.replica.takeOver(1), b.replica.takeOver(1)]);
  assert.deepEqual([a.writes?.(), b.writes?.()], [2, 2]);
  await assert.rejects(world.open(schema, { reads: 1 }), { code: 'DATABASE_NEWER', message: /later format than 1/ });
  await b.close();
  // it may have been written, and never falls
  await a.replica.takeOver(1);
  assert.equal(a.writes?.(), 3);
  await a.close();
  await assert.rejects(world.open(schema, { reads: 2 }), { code: 'DATABASE_NEWER' });
});

test('a record of a kind that a version before does not know is not written while such a process has the journal: it would take it over and let it lie', async () => {
  const file = join(folder, 'b.db');
  const sqlite = await openSqliteJournal({ file, log: recordedLog(), reads: 1 });
  await assert.rejects(sqlite.append({ ...append('r1', 0), kind: 'core' }), {
    code: 'JOURNAL_UNAVAILABLE',
    message: /kind core \(format 2\)/,
  });
  assert.equal(await formatReached(sqlite, 2, virtualTime(), 0), false);
  await sqlite.close();
  const schema = world.newSchema();
  const old = await world.open(schema, { reads: 1, timers: virtualTime(), gatherMs: 0 });
  const replica = await world.open(schema);
  for (const kind of ['core', 'core-version', 'core-enquiry', 'core-connector-used', 'send'])
    await assert.rejects(replica.append({ ...append(`r-${kind}`, 0), kind }), { code: 'JOURNAL_UNAVAILABLE' }, kind);
  assert.equal((await replica.append(append('r1', 0))).kind, 'appended');
  assert.equal(await formatReached(replica, 2, systemTimers, 1), false, 'it is at work');
  // gone without a word: nobody but a process that starts can end its lease
  await world.sql(schema, `UPDATE leases SET lease_ms = 0, expires_at = now() - interval '1 s' WHERE epoch = ${old.replica.self}`);
  assert.equal(await formatReached(replica, 2, systemTimers, 60_000), true);
  assert.equal((await replica.append({ ...append('r2', 0), kind: 'core' })).kind, 'appended');
  await replica.close();
  await old.close();
});
