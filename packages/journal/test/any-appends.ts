/** Random appends for property tests, and what to compare after them. */
import fc from 'fast-check';
import type { DatedRecord, Journal, StoredRecord } from '../src/journal.ts';

/** A few records, claims and versions, so that conflicts of every kind are common. */
export const anyAppends = fc.array(
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

/**
 * All that a journal tells of those; owners aside, which only a shared one knows. In which order appends that come at once are stored is
 * nobody's promise, so records that were made at once are in no order either.
 */
export async function everythingIn(journal: Journal): Promise<unknown> {
  const records = await Promise.all(['r1', 'r2', 'r3'].map(async (id) => bare(await journal.load(id))));
  const claims = ['k', 'l'].flatMap((kind) => ['1', '2'].map((value) => journal.findByClaim({ kind, scope: '', value })));
  const open = (await journal.openRecords(10)).map(({ recordId }) => recordId).toSorted();
  const attention = (await journal.attention({ limit: 100 })).map((row) => JSON.stringify(row));
  const between = (await journal.between({ fromMs: 100, toMs: 900, limit: 10 })).toSorted(byTimeAndId).map(bare);
  return { records, claims: await Promise.all(claims), open, between, attention: attention.toSorted() };
}

function byTimeAndId(a: DatedRecord, b: DatedRecord): number {
  return a.updatedAt - b.updatedAt || (a.recordId < b.recordId ? -1 : 1);
}

function bare(record: StoredRecord | undefined): StoredRecord | undefined {
  if (!record) return undefined;
  const { owners: _, ...rest } = record;
  return rest;
}
