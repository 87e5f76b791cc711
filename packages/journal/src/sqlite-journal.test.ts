import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { recordedLog, seededRandom } from '@payment-manager/runtime';
import fc from 'fast-check';
import { testJournal } from './journal.conformance.ts';
import type { Append, Journal } from './journal.ts';
import { memoryJournal } from './memory-journal.ts';
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

/** A few records, claims and versions, so that conflicts of every kind are common. */
const appends = fc.array(
  fc.record({
    recordId: fc.constantFrom('r1', 'r2', 'r3'),
    kind: fc.constant('payer'),
    expectedVersion: fc.nat(4),
    events: fc.array(fc.record({ type: fc.constantFrom('a', 'b'), at: fc.nat(1_000), note: fc.string() }), { minLength: 1, maxLength: 2 }),
    claims: fc.uniqueArray(fc.record({ kind: fc.constantFrom('k', 'l'), scope: fc.constant(''), value: fc.constantFrom('1', '2') }), {
      maxLength: 2,
      selector: ({ kind, value }) => kind + value,
    }),
    open: fc.boolean(),
    attention: fc.array(
      fc.record({
        level: fc.constantFrom('exception' as const, 'alarm' as const),
        code: fc.constant('C'),
        reason: fc.string(),
        since: fc.nat(5),
      }),
      { maxLength: 2 },
    ),
    label: fc.constantFrom('T-1', 'T-2'),
  }),
  { maxLength: 12 },
);

async function everythingIn(journal: Journal): Promise<unknown> {
  const records = await Promise.all(['r1', 'r2', 'r3'].map((id) => journal.load(id)));
  const claims = ['k', 'l'].flatMap((kind) => ['1', '2'].map((value) => journal.findByClaim({ kind, scope: '', value })));
  const open = (await journal.openRecords(10)).map(({ recordId }) => recordId);
  const attention = (await journal.attention({ limit: 100 })).map((row) => JSON.stringify(row));
  const between = await journal.between({ fromMs: 100, toMs: 900, limit: 10 });
  return { records, claims: await Promise.all(claims), open, between, attention: attention.toSorted() };
}

test('the sqlite journal and the memory journal answer any series of appends alike', async () => {
  await fc.assert(
    fc.asyncProperty(appends, async (series: readonly Append[]) => {
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
    'SELECT body FROM events WHERE record = ? ORDER BY seq',
    'SELECT record FROM claims WHERE kind = ? AND scope = ? AND value = ?',
    'SELECT ordinal FROM records WHERE open = 0 AND updated_at >= ? AND updated_at < ? ORDER BY updated_at, ordinal LIMIT ?',
  ];
  return openFile(file).then(async (journal) => {
    await journal.close();
    const db = new DatabaseSync(file);
    for (const query of queries) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${query}`).all(...Array.from({ length: query.split('?').length - 1 }, () => 1));
      const details = plan.map(({ detail }) => String(detail)).join('; ');
      assert.match(details, /^SEARCH|open_records/, details);
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
