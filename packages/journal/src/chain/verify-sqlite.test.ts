import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { pay, type TamperedJournal, verdictOf } from '../../test/tampered-journal.ts';
import { testExport, testPrunedTampering } from '../prune/pruned-tampering.conformance.ts';
import { openSqliteJournal } from '../sqlite-journal.ts';
import { testAnchors } from './anchors.conformance.ts';
import { testLive } from './live-verification.conformance.ts';
import { viewSqliteJournal } from './sqlite-view.ts';
import { testTampering } from './tampering.conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-chain-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

async function openTampered(): Promise<TamperedJournal> {
  const file = join(folder, `${++files}.db`);
  const copy = join(folder, `${files}-copy.db`);
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  const sql = async (text: string, on = copy): Promise<void> => {
    const db = new DatabaseSync(on, { enableForeignKeyConstraints: false });
    db.exec(text);
    db.close();
  };
  // The journal has its file for itself: what is done to it is done to a copy.
  const kept = join(folder, `${files}-kept.db`);
  const restore = async (): Promise<void> => copyFileSync(kept, copy);
  const keep = async (): Promise<void> => {
    await sql(`VACUUM INTO '${kept}'`, file);
    await restore();
  };
  return {
    journal,
    sql,
    view: () => viewSqliteJournal(copy),
    keep,
    restore,
    event: (recordId, seq) => {
      const place = `((SELECT ordinal FROM records WHERE record_id = '${recordId}') << 20)`;
      return seq === undefined ? `place BETWEEN ${place} AND ${place} + 1048575` : `place = ${place} + ${seq}`;
    },
    key: (hex) => `x'${hex}'`,
    addRecord: (recordId, head) =>
      `INSERT INTO records (record_id, kind, label, version, open, attentions, updated_at, head, appends) VALUES ('${recordId}', 'payer', 'T', 1, 1, 0, 1, '${head}', 1)`,
    addEvent: (recordId, seq, { at, type, body }) =>
      `INSERT INTO events (place, type, at, body) SELECT (ordinal << 20) + ${seq}, '${type}', ${at}, '${body}' FROM records WHERE record_id = '${recordId}'`,
    close: () => journal.close(),
  };
}

testTampering('sqlite journal', false, openTampered);
testAnchors('sqlite journal', openTampered);
testPrunedTampering('sqlite journal', openTampered);
testExport('sqlite journal', openTampered);
testLive('sqlite journal', async () => {
  const file = join(folder, `${++files}.db`);
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  return { journals: [journal], view: () => viewSqliteJournal(file), close: () => journal.close() };
});

test('a stopped journal, and one whose process was killed, are verified without being changed', async () => {
  const file = join(folder, 'stopped.db');
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  await pay(journal);
  // As a kill leaves it: the log is not written back.
  const killed = join(folder, 'killed.db');
  for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, `${killed}${end}`);
  await journal.close();
  for (const one of [file, killed]) {
    const before = readFileSync(one);
    assert.deepEqual((await verdictOf({ view: () => viewSqliteJournal(one) })).events, 8, one);
    assert.ok(before.equals(readFileSync(one)));
  }
  assert.throws(() => viewSqliteJournal(join(folder, 'none.db')), { code: 'DATABASE_OPEN_FAILED' });
  writeFileSync(join(folder, 'other.db'), '');
  assert.throws(() => viewSqliteJournal(join(folder, 'other.db')), /it is not a journal, or one of an older version/);
});
