import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { append, postgresWorld } from '../../test/postgres-world.ts';
import { claimKeyOf } from '../chain/chain-hash.ts';
import { viewSqliteJournal } from '../chain/sqlite-view.ts';
import { verifyJournal } from '../chain/verify-journal.ts';
import type { Journal } from '../journal.ts';
import { backupSqliteJournal, restoreSqliteJournal } from '../sqlite-backup.ts';
import { openSqliteJournal, type SqliteJournalOptions } from '../sqlite-journal.ts';
import type { RestoreSign } from './mark.ts';

const sign: RestoreSign = { sign: 'restored', reason: 'a test says so', by: 'Ada', at: 1_800_000_000_000 };
const world = postgresWorld();
let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-restored-'));
});
after(() => rmSync(folder, { recursive: true }));

let files = 0;
const newFile = (): string => join(folder, `${++files}.db`);
const openFile = (file: string, more: Partial<SqliteJournalOptions> = {}) => openSqliteJournal({ file, log: recordedLog(), ...more });

async function lift(journal: Journal): Promise<void> {
  assert.equal(await journal.mark?.change({ type: 'nothing-missing', at: 1, by: 'Ada', reason: 'it was a test' }), true);
  assert.equal(await journal.mark?.change({ type: 'mark-lifted', at: 2, by: 'Ada', reason: 'the books agree' }), true);
}

interface Kind {
  readonly name: string;
  /** Opens one journal, again and again. */
  place(): (restored?: RestoreSign) => Promise<Journal>;
}

const kinds: readonly Kind[] = [
  {
    name: 'sqlite',
    place() {
      const file = newFile();
      return (restored) => openFile(file, restored === undefined ? {} : { restored: async () => restored });
    },
  },
  {
    name: 'postgres',
    place() {
      const schema = world.newSchema();
      return (restored) => world.open(schema, restored === undefined ? {} : { restored: async () => restored, alone: true });
    },
  },
];

for (const { name, place } of kinds)
  describe(`a mark in ${name}`, () => {
    test('stands after each opening until a person lifts it, and the next restore has one of its own', async () => {
      const open = place();
      const first = await open();
      await first.append(append('a', 0, { events: [{ type: 'x', at: 77 }] }));
      assert.equal(first.mark?.last(), undefined);
      await first.close();

      const marked = await open(sign);
      const { number, lastEventAt, at, reason } = marked.mark?.standing() ?? {};
      assert.deepEqual([number, lastEventAt, at, reason], [1, 77, sign.at, sign.reason]);
      assert.equal((await marked.append(append('b', 0))).kind, 'appended', 'what follows from answers is stored as ever');
      const [row] = await marked.attention({ level: 'exception', limit: 10 });
      assert.deepEqual([row?.code, row?.label], ['JOURNAL_RESTORED', 'restored-1']);
      await marked.close();

      const again = await open();
      assert.equal(again.mark?.standing()?.accounted, false);
      await lift(again);
      assert.equal(again.mark?.standing(), undefined);
      assert.equal(again.mark?.last()?.lifted?.by, 'Ada');
      assert.deepEqual(await again.attention({ level: 'exception', limit: 10 }), []);
      assert.equal(await again.mark?.change({ type: 'mark-lifted', at: 3, by: 'Bob', reason: 'twice' }), false);
      await again.close();

      const second = await open(sign);
      assert.equal(second.mark?.standing()?.number, 2);
      assert.equal((await second.append(append('c', 0))).kind, 'appended');
      await second.close();
    });
  });

test('sqlite: a mark that came into the file since it was opened ends what the process stores', async () => {
  const file = newFile();
  const fatal: string[] = [];
  const journal = await openFile(file, { onFatal: (error) => void fatal.push((error as Error & { code: string }).code) });
  await journal.append(append('a', 0));
  const beside = new DatabaseSync(file);
  beside.exec(`INSERT INTO records (record_id, kind, label, version, open, attentions, updated_at, head, appends)
    SELECT 'restored-1', 'restored', 'restored-1', 1, 0, 0, 1, '', 1`);
  beside.close();
  await assert.rejects(journal.append(append('b', 0)), { code: 'JOURNAL_UNAVAILABLE' });
  assert.deepEqual(fatal, ['DATABASE_RESTORED']);
  await journal.close();
});

test('./pm restore marks the copy before it has its name, and verification proves the mark', async () => {
  const file = newFile();
  const key = Buffer.alloc(32, 1);
  const sharedBy = { fspId: 'greenbank' };
  const journal = await openFile(file, { sharedBy });
  await journal.append(append('a', 0));
  await journal.close();
  const from = `${file}.backup`;
  await backupSqliteJournal(file, from, {}, key);
  await restoreSqliteJournal({ from, file, aside: `${file}.aside`, key, sharedBy, sign, log: recordedLog() });
  const restored = await openFile(file, { sharedBy });
  assert.equal(restored.mark?.standing()?.reason, sign.reason);
  await restored.close();
  const view = viewSqliteJournal(file);
  assert.deepEqual((await verifyJournal(view, {})).problems, []);
  await view.close();
  const tampered = new DatabaseSync(file);
  tampered.exec(`DELETE FROM claims WHERE key = x'${claimKeyOf('restored', '', '1')}'`);
  tampered.close();
  const after = viewSqliteJournal(file);
  assert.deepEqual(
    (await verifyJournal(after, {})).problems.map(({ code }) => code),
    ['CLAIM_MISSING'],
  );
  await after.close();
  assert.deepEqual(
    readdirSync(folder).filter((name) => /partial|restoring/.test(name)),
    [],
  );
});

test('postgres: a process that was there before the mark stores nothing behind it, nor does one that knows of no marks', async () => {
  const schema = world.newSchema();
  const fatal: string[] = [];
  const onFatal = (error: Error): void => void fatal.push((error as Error & { code: string }).code);
  const before = await world.open(schema, { onFatal });
  await before.append(append('a', 0));
  await assert.rejects(world.open(schema, { restored: async () => sign, alone: true }), { code: 'DATABASE_IN_USE', message: /replica-/ });
  const marked = await world.open(schema, { restored: async () => sign });

  await assert.rejects(before.append(append('b', 0)), { code: 'JOURNAL_UNAVAILABLE' });

  assert.deepEqual(fatal, ['DATABASE_RESTORED']);
  assert.equal((await marked.append(append('b', 0))).kind, 'appended');
  await Promise.all([before.close(), marked.close()]);
});

test('postgres: another replica learns that the mark was lifted', async () => {
  const schema = world.newSchema();
  await (await world.open(schema, { restored: async () => sign })).close();
  const [a, b] = [await world.open(schema), await world.open(schema)];
  assert.equal(b.mark?.standing()?.number, 1);
  await lift(a);
  for (let tries = 0; tries < 200 && b.mark?.standing() !== undefined; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.equal(b.mark?.standing(), undefined);
  await Promise.all([a.close(), b.close()]);
});

test('postgres: a writer that does not find what was acknowledged marks the journal, and exits', async () => {
  const schema = world.newSchema();
  const fatal: string[] = [];
  const onFatal = (error: Error): void => void fatal.push((error as Error & { code: string }).code);
  const journal = await world.open(schema, { onFatal });
  await journal.append(append('a', 0));
  await journal.append(append('b', 0));
  // a standby that was one batch behind is promoted
  await world.sql(schema, 'UPDATE leases SET last_batch = last_batch - 1');
  await world.sql(schema, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%writes'`);
  for (let tries = 0; tries < 400 && fatal.length === 0; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.deepEqual(fatal, ['DATABASE_RESTORED']);
  const next = await world.open(schema);
  assert.equal(next.mark?.standing()?.sign, 'lost-batch');
  assert.match(next.mark?.standing()?.reason ?? '', /did not find batch 2/);
  await Promise.all([journal.close().catch(() => {}), next.close()]);
});
