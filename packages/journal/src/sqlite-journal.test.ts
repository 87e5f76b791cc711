import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { recordedLog, seededRandom } from '@payment-manager/runtime';
import fc from 'fast-check';
import { anyAppends, everythingIn } from '../test/any-appends.ts';
import { testJournal } from './journal.conformance.ts';
import type { Append, Journal } from './journal.ts';
import { memoryJournal } from './memory-journal.ts';
import { testPruning } from './prune/prune.conformance.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-journal-'));
after(() => rmSync(folder, { recursive: true }));
const fileOf = new WeakMap<Journal, string>();
let files = 0;

async function openFile(file: string): Promise<Journal> {
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  fileOf.set(journal, file);
  return journal;
}
const openNew = (): Promise<Journal> => openFile(join(folder, `${++files}.db`));

testJournal('sqlite journal', openNew, async (journal) => {
  await journal.close();
  return openFile(fileOf.get(journal) ?? '');
});

testPruning('sqlite journal', openNew);

test('what is pruned is given back to the system as it goes', async (t) => {
  const journal = await openNew();
  t.after(() => journal.close());
  const records = Array.from({ length: 1_000 }, (_, n) => `r${n}`);
  const events = Array.from({ length: 8 }, (_, n) => ({ type: 'quoted', at: n, note: 'x'.repeat(400) }));
  const about = { kind: 'payer', expectedVersion: 0, events, open: false, attention: [], label: '' };
  await Promise.all(records.map((recordId) => journal.append({ ...about, recordId })));
  const pages = (): number => {
    const db = new DatabaseSync(fileOf.get(journal) ?? '', { readOnly: true, timeout: 5_000 });
    const { page_count } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.close();
    return page_count;
  };
  const before = pages();
  for (let at = 0; at < records.length; at += 50)
    await journal.prune?.(records.slice(at, at + 50).map((recordId) => ({ recordId, version: 8, at, summary: {} })));
  assert.ok(pages() < before / 2, `${pages()} of ${before} pages`);
});

test('the sqlite journal and the memory journal answer any series of appends alike', async () => {
  await fc.assert(
    fc.asyncProperty(anyAppends, async (series: readonly Append[]) => {
      const [real, model] = [await openNew(), memoryJournal()];
      const answers = await Promise.all(series.map((append) => real.append(append)));
      assert.deepEqual(answers, await Promise.all(series.map((append) => model.append(append))));
      assert.deepEqual(await everythingIn(real), await everythingIn(model));
      await real.close();
    }),
    { numRuns: 25 },
  );
});

test('an event that SQLite would not store fails alone: the rest of its batch is stored', async () => {
  const journal = await openNew();
  const make = (recordId: string, at: number): Append => {
    return { recordId, kind: 'payer', expectedVersion: 0, events: [{ type: 'a', at }], open: true, attention: [], label: recordId };
  };
  const [good, bad] = await Promise.allSettled([journal.append(make('good', 1)), journal.append(make('bad', 1.5))]);
  assert.equal(good.status, 'fulfilled');
  assert.equal(bad.status === 'rejected' && bad.reason.code, 'JOURNAL_UNAVAILABLE');
  assert.equal(await journal.load('bad'), undefined);
  await journal.close();
});

test('what is asked for at each payment uses an index', () => {
  const file = join(folder, 'plan.db');
  const queries = [
    'SELECT ordinal FROM records WHERE record_id = ?',
    'SELECT ordinal FROM records WHERE open = 1 AND ordinal > ? ORDER BY ordinal LIMIT ?',
    'SELECT body FROM events WHERE place BETWEEN (?1 << 20) AND (?1 << 20 | 1048575) ORDER BY place',
    'SELECT record FROM claims WHERE key = ?',
    "SELECT count(*) FROM records WHERE kind = 'restored'",
    'SELECT ordinal FROM records WHERE open = 0 AND updated_at >= ? AND updated_at < ? ORDER BY updated_at, ordinal LIMIT ?',
  ];
  return openFile(file).then(async (journal) => {
    await journal.close();
    const db = new DatabaseSync(file);
    for (const query of queries) {
      const plan = db
        .prepare(`EXPLAIN QUERY PLAN ${query}`)
        .all(...(query.includes('?1') ? [1] : Array.from({ length: query.split('?').length - 1 }, () => 1)));
      const details = plan.map(({ detail }) => String(detail)).join('; ');
      assert.match(details, /^SEARCH|open_records|restored_records/, details);
      assert.doesNotMatch(details, /TEMP B-TREE/, query);
    }
    db.close();
  });
});

test('ten thousand appends from many payments at once are each stored once', async () => {
  const journal = await openNew();
  const random = seededRandom(7);
  const ids = Array.from({ length: 2_500 }, () => random.uuid());
  await Promise.all(
    ids.map(async (recordId) => {
      for (let version = 0; version < 4; version++) {
        const result = await journal.append({
          recordId,
          kind: 'payer',
          expectedVersion: version,
          events: [{ type: 'e', at: version }],
          open: version < 3,
          claims: version === 0 ? [{ kind: 'transferId', scope: '', value: recordId }] : [],
          attention: [],
          label: recordId,
        });
        assert.deepEqual(result, { kind: 'appended', version: version + 1 });
      }
    }),
  );
  assert.deepEqual(await journal.openRecords(1), []);
  assert.equal((await journal.load(ids[999] ?? ''))?.events.length, 4);
  await journal.close();
});
