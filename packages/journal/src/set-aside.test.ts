import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { append, postgresWorld } from '../test/postgres-world.ts';
import { viewPostgresJournal } from './chain/postgres-view.ts';
import { viewSqliteJournal } from './chain/sqlite-view.ts';
import { setOldPostgresJournalAside, setOldSqliteJournalAside } from './set-aside.ts';
import { backupSqliteJournal, restoreSqliteJournal } from './sqlite-backup.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const world = postgresWorld();
const folder = mkdtempSync(join(tmpdir(), 'pm-aside-'));
after(() => rmSync(folder, { recursive: true }));

const refused = { code: 'DATABASE_OLD_FORM', message: /stored form that this version does not read.*set it aside/ };

/** A file as the first stored form left it, as far as it is looked at. */
function oldFile(name: string): string {
  const file = join(folder, name);
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE claims (kind TEXT, scope TEXT, value TEXT, record INTEGER); PRAGMA user_version = 5');
  db.close();
  return file;
}

test('sqlite: a journal of the first form is refused unchanged, by who opens it and by who looks at it', async () => {
  const file = oldFile('old.db');
  const before = readFileSync(file);
  await assert.rejects(openSqliteJournal({ file, log: recordedLog() }), refused);
  assert.throws(() => viewSqliteJournal(file), refused);
  assert.ok(before.equals(readFileSync(file)));
});

test('sqlite: a backup of the first form is not restored', async () => {
  const [from, key] = [join(folder, 'old.backup'), Buffer.alloc(32, 1)];
  await backupSqliteJournal(oldFile('of-backup.db'), from, {}, key).catch(() => {});
  const restore = { from, file: join(folder, 'restored.db'), aside: join(folder, 'aside'), key, sharedBy: {}, log: recordedLog() };
  const sign = { sign: 'restore' as const, reason: 'test', at: 1 };
  await assert.rejects(restoreSqliteJournal({ ...restore, sign }), { code: 'BACKUP_OLD_FORM' });
  assert.ok(!existsSync(restore.file));
});

test('sqlite: one of the first form is set aside with its log, and a new one begun in its place; others stay', async () => {
  const file = oldFile('sandbox.db');
  const beside = new DatabaseSync(file);
  beside.exec("INSERT INTO claims VALUES ('a', '', 'b', 1)");
  assert.equal(setOldSqliteJournalAside(join(folder, 'none.db')), undefined);
  assert.equal(setOldSqliteJournalAside(file), `${file}.old-form-1`);
  beside.close();
  assert.ok(!readdirSync(folder).some((name) => name === 'sandbox.db' || name === 'sandbox.db-wal'));
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  await journal.append(append('r1', 0));
  await journal.close();
  assert.equal(setOldSqliteJournalAside(file), undefined);
});

test('postgres: a journal of the first form is refused, and can be set aside', async () => {
  const schema = world.newSchema();
  const address = { url: world.server.url, schema };
  assert.equal(await setOldPostgresJournalAside(address), undefined);
  await (await world.open(schema)).close();
  assert.equal(await setOldPostgresJournalAside(address), undefined);
  await world.sql(schema, "UPDATE schema_versions SET version = 5 WHERE room = 'journal'");
  await assert.rejects(world.open(schema), refused);
  await assert.rejects(viewPostgresJournal(address), refused);
  assert.match((await setOldPostgresJournalAside(address)) ?? '', new RegExp(`^${schema}_old_form_\\d+$`));
  await (await world.open(schema)).close();
});
