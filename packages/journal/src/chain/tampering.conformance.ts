import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Append, Journal } from '../journal.ts';
import { type Anchor, anchorOf, readAnchor } from './anchor.ts';
import { claimKeyOf, eventHash, hashedEvent, recordStart } from './chain-hash.ts';
import type { JournalView } from './journal-view.ts';
import type { ProblemCode, Verdict } from './verdict.ts';
import { type VerifyOptions, verifyJournal } from './verify-journal.ts';

/** A journal that a test may do anything to. */
export interface TamperedJournal {
  readonly journal: Journal;
  /** Runs SQL behind the journal's back. */
  sql(text: string): Promise<void>;
  view(): JournalView | Promise<JournalView>;
  /** Keeps what is stored now; `restore` brings it back. */
  keep(): Promise<void>;
  restore(): Promise<void>;
  /** The condition that names an event of a record, or all of them, in the table `events`. */
  event(recordId: string, seq?: number): string;
  /** A claim's key (hex) as SQL. */
  key(hex: string): string;
  /** SQL that adds a record with one event. */
  addRecord(recordId: string, head: string): string;
  /** SQL that adds an event to a record. */
  addEvent(recordId: string, seq: number, event: { readonly at: number; readonly type: string; readonly body: string }): string;
  close(): Promise<void>;
}

const at = 1_767_225_600_000;
const append = (recordId: string, before: number, types: readonly string[], more: Partial<Append> = {}): Append => ({
  recordId,
  kind: 'payer',
  expectedVersion: before,
  events: types.map((type, n) => ({ type, at: at + before + n, note: `Zoë pays ${type}` })),
  open: true,
  attention: [],
  label: `T-${recordId}`,
  ...more,
});
const claim = (value: string) => ({ kind: 'transferId', scope: 'bank-a', value });
const held = { level: 'exception' as const, code: 'HELD', reason: 'the core said "no"\u001f\\', since: 5 };

/** A few payments in some batches. */
export async function pay(journal: Journal): Promise<void> {
  const together = [
    append('r1', 0, ['quoted', 'accepted'], { claims: [claim('a'), claim('b')] }),
    append('r2', 0, ['quoted'], { kind: 'payee' }),
  ];
  await Promise.all(together.map((one) => journal.append(one)));
  await journal.append(append('r1', 2, ['sent'], { claims: [claim('a'), claim('c')], attention: [held, { ...held, level: 'alarm' }] }));
  await journal.append(append('r3', 0, ['quoted', 'refused'], { open: false }));
  await journal.append(append('r1', 3, ['done'], { attention: [held] }));
  await journal.append(append('r1', 4, [], { open: false, attention: [held], label: 'T-1' }));
  await journal.append(append('r4', 0, ['quoted'], { claims: [claim('d')] }));
}

/** Verifies, and gives the view back. */
export async function verdictOf(tampered: Pick<TamperedJournal, 'view'>, options: VerifyOptions = {}): Promise<Verdict> {
  const view = await tampered.view();
  try {
    return await verifyJournal(view, options);
  } finally {
    await view.close();
  }
}

/** Anchors as they come from a file. */
export function anchorsOf(anchors: readonly Anchor[]): NonNullable<VerifyOptions['anchors']> {
  return {
    count: anchors.length,
    last: anchors.at(-1),
    async *all() {
      yield* anchors;
    },
  };
}

/** The chain's ends now, as an anchor. */
export async function anchorNow(journal: Journal, when: string): Promise<Anchor> {
  return anchorOf((await journal.chainHeads?.()) ?? { position: 0, heads: [] }, when);
}

interface Found {
  readonly code: ProblemCode;
  readonly recordId?: string | undefined;
  readonly event?: number;
}

/** What verification must find, whatever the store is. `shared`: writers number their batches, and keep where they end. */
export function testTampering(name: string, shared: boolean, open: () => Promise<TamperedJournal>): void {
  describe(`${name}: what was done to the journal is found`, () => {
    let tampered: TamperedJournal;
    before(async () => {
      tampered = await open();
      await pay(tampered.journal);
      await tampered.keep();
    });
    after(() => tampered.close());

    const finds = (what: string, sql: () => string | readonly string[], { code, recordId, event }: Found): void => {
      test(what, async () => {
        try {
          const statements = sql();
          for (const one of typeof statements === 'string' ? [statements] : statements) await tampered.sql(one);
          const [problem] = (await verdictOf(tampered)).problems;
          assert.deepEqual(
            [problem?.code, problem?.recordId, problem?.event],
            [code, recordId, event],
            problem?.message ?? 'nothing was found',
          );
        } finally {
          await tampered.restore();
        }
      });
    };
    const events = (recordId: string, seq: number): string => `events WHERE ${tampered.event(recordId, seq)}`;
    const ofRecord = (recordId: string): string => `(SELECT ordinal FROM records WHERE record_id = '${recordId}')`;

    test('nothing was done, and nothing is found; without an anchor all of it is an unproven tail', async () => {
      const { problems, complete, anchors, tail, pruned, ...counts } = await verdictOf(tampered);
      assert.deepEqual(problems, []);
      assert.deepEqual(counts, { records: 4, events: 8, claims: 4, batches: 6, writers: 1 });
      assert.deepEqual([complete, anchors, tail.batches, tail.events, pruned.records], [true, undefined, 6, 8, 0]);
    });

    for (const [column, value] of [
      ['body', `'{"type":"accepted","amount":"9999"}'`],
      ['type', "'sent'"],
      ['at', '1'],
    ] as const)
      finds(`an event's ${column} was changed`, () => `UPDATE events SET ${column} = ${value} WHERE ${tampered.event('r1', 2)}`, {
        code: 'EVENT_ALTERED',
        recordId: 'r1',
        event: 2,
      });
    finds(
      'two events changed places',
      () => [
        `UPDATE events SET body = (SELECT body FROM ${events('r1', 3)}) || '' WHERE ${tampered.event('r1', 4)}`,
        `UPDATE events SET type = 'done' WHERE ${tampered.event('r1', 3)}`,
      ],
      { code: 'EVENT_ALTERED', recordId: 'r1', event: 3 },
    );
    finds('the last event of a record was deleted', () => `DELETE FROM ${events('r1', 4)}`, {
      code: 'EVENT_MISSING',
      recordId: 'r1',
      event: 4,
    });
    finds(
      'the last event was deleted, and the record says that it has fewer',
      () => [`DELETE FROM ${events('r1', 4)}`, "UPDATE records SET version = 3, appends = 2 WHERE record_id = 'r1'"],
      { code: 'EVENT_MISSING', recordId: 'r1', event: 4 },
    );
    finds(
      'a record was deleted, with all that belongs to it',
      () => [`DELETE FROM events WHERE ${tampered.event('r3')}`, "DELETE FROM records WHERE record_id = 'r3'"],
      { code: 'RECORD_MISSING', recordId: 'r3' },
    );
    const keyOf = (value: string): string => tampered.key(claimKeyOf('transferId', 'bank-a', value));
    finds('a claim was removed', () => `DELETE FROM claims WHERE key = ${keyOf('b')}`, { code: 'CLAIM_MISSING', recordId: 'r1' });
    finds('a claim was moved', () => `UPDATE claims SET record = ${ofRecord('r2')} WHERE key = ${keyOf('b')}`, {
      code: 'CLAIM_MOVED',
      recordId: 'r1',
    });
    finds('a claim was slipped in', () => `INSERT INTO claims (key, record) VALUES (${keyOf('x')}, ${ofRecord('r3')})`, {
      code: 'CLAIM_INSERTED',
      recordId: 'r3',
    });
    finds(
      'one claim was removed and another slipped in',
      () => [`DELETE FROM claims WHERE key = ${keyOf('b')}`, `INSERT INTO claims (key, record) VALUES (${keyOf('x')}, ${ofRecord('r3')})`],
      { code: 'CLAIM_MISSING', recordId: 'r1' },
    );
    for (const [column, value] of [
      ['label', "'T-9'"],
      ['updated_at', '1'],
      ['version', '7'],
      ['appends', '9'],
      ['attentions', '0'],
      ['head', "'x'"],
    ] as const)
      finds(`a record's ${column} was changed`, () => `UPDATE records SET ${column} = ${value} WHERE record_id = 'r1'`, {
        code: 'RECORD_ALTERED',
        recordId: 'r1',
      });
    finds('an open record was closed', () => "UPDATE records SET open = NOT open WHERE record_id = 'r2'", {
      code: 'RECORD_ALTERED',
      recordId: 'r2',
    });
    finds(
      'a record was slipped in, with right hashes of its own',
      () => {
        const event = { at, type: 'quoted', body: `{"type":"quoted","at":${at}}` };
        const head = eventHash(recordStart('r9', 'payer'), hashedEvent(event.at, event.type, event.body));
        return [tampered.addRecord('r9', head), tampered.addEvent('r9', 1, event)];
      },
      { code: 'RECORD_INSERTED', recordId: 'r9' },
    );
    finds('an event was slipped in behind the last one', () => tampered.addEvent('r1', 5, { at, type: 'sent', body: '{}' }), {
      code: 'EVENT_INSERTED',
      recordId: 'r1',
      event: 5,
    });
    finds(
      'an event of no record was slipped in',
      () => [
        tampered.addRecord('r9', ''),
        tampered.addEvent('r9', 1, { at, type: 'sent', body: '{}' }),
        "DELETE FROM records WHERE record_id = 'r9'",
      ],
      {
        code: 'RECORD_INSERTED',
      },
    );
    finds('what needs a person was removed', () => 'DELETE FROM attention', { code: 'ATTENTION_ALTERED', recordId: 'r1' });
    finds('a reason was changed', () => "UPDATE attention SET reason = 'none'", { code: 'ATTENTION_ALTERED', recordId: 'r1' });
    finds('an id was changed', () => "UPDATE records SET record_id = 'r9' WHERE record_id = 'r3'", {
      code: 'RECORD_ALTERED',
      recordId: 'r3',
    });
    finds('a batch was removed from the middle', () => 'DELETE FROM chain WHERE position = 3', { code: 'BATCH_MISSING' });
    finds('a batch was changed', () => "UPDATE chain SET content = replace(content, 'T-r3', 'T-x') WHERE position = 3", {
      code: 'BATCH_ALTERED',
    });
    finds('the time of a batch was changed', () => 'UPDATE chain SET at = at + 1 WHERE position = 3', { code: 'BATCH_ALTERED' });
    finds(
      'two batches changed places',
      () => [
        'UPDATE chain SET position = -3 WHERE position = 3',
        'UPDATE chain SET position = 3 WHERE position = 4',
        'UPDATE chain SET position = 4 WHERE position = -3',
      ],
      { code: shared ? 'BATCH_MISSING' : 'BATCH_ALTERED' },
    );
    finds('the last batch was removed, and its record stayed', () => 'DELETE FROM chain WHERE position = 6', {
      code: shared ? 'BATCH_MISSING' : 'RECORD_INSERTED',
      recordId: shared ? undefined : 'r4',
    });

    test('what was altered is named by its record, its number, and the batch that wrote it', async () => {
      await tampered.sql(`UPDATE events SET body = '{}' WHERE ${tampered.event('r1', 3)}`);
      const [problem] = (await verdictOf(tampered)).problems;
      await tampered.restore();
      assert.deepEqual([problem?.batch?.number, problem?.message], [2, 'Event 3 of record r1 (T-1) was changed.']);
      assert.match(`${problem?.expected} ${problem?.found}`, /^[A-Za-z0-9+/]{43}= [A-Za-z0-9+/]{43}=$/);
      assert.notEqual(problem?.expected, problem?.found);
    });
  });
}

/** What only an anchor that was kept outside can show. */
export function testAnchors(name: string, open: () => Promise<TamperedJournal>): void {
  describe(`${name}: what only an anchor shows`, () => {
    test('a journal that was rewritten from end to end verifies by itself, and does not meet the anchor', async () => {
      const [real, other] = [await open(), await open()];
      await pay(real.journal);
      const anchor = await anchorNow(real.journal, '2026-01-01T00:00:00.000Z');
      await other.journal.append(append('r1', 0, ['quoted'], { claims: [claim('other')] }));
      await pay({ ...other.journal, append: (one) => other.journal.append({ ...one, recordId: `x-${one.recordId}`, claims: [] }) });
      await Promise.all([real.keep(), other.keep()]);
      assert.deepEqual((await verdictOf(other)).problems, []);
      const { problems } = await verdictOf(other, { anchors: anchorsOf([anchor]) });
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['ANCHOR_UNMET'],
      );
      assert.match(problems[0]?.message ?? '', /is another one: the journal was rewritten\. It meets none/);
      assert.deepEqual((await verdictOf(real, { anchors: anchorsOf([anchor]) })).problems, []);
      await Promise.all([real.close(), other.close()]);
    });

    test('an older copy verifies by itself, and does not meet the anchors that were made after it', async () => {
      const tampered = await open();
      await pay(tampered.journal);
      const first = await anchorNow(tampered.journal, '2026-01-01T00:00:00.000Z');
      await tampered.keep();
      await tampered.journal.append(append('r5', 0, ['quoted']));
      await tampered.journal.append(append('r6', 0, ['quoted', 'accepted']));
      const second = await anchorNow(tampered.journal, '2026-01-02T00:00:00.000Z');
      await tampered.restore();
      assert.deepEqual((await verdictOf(tampered)).problems, []);
      const { problems } = await verdictOf(tampered, { anchors: anchorsOf([first, second]) });
      assert.match(problems[0]?.message ?? '', /cut off, or it is an older copy\. Up to the anchor of 2026-01-01T00:00:00\.000Z/);
      await tampered.close();
    });

    test('the tail is what was written after the last anchor', async () => {
      const tampered = await open();
      await pay(tampered.journal);
      const anchor = await anchorNow(tampered.journal, '2026-01-01T00:00:00.000Z');
      await tampered.journal.append(append('r5', 0, ['quoted', 'accepted']));
      await tampered.keep();
      const { problems, tail, anchors } = await verdictOf(tampered, { anchors: anchorsOf([anchor]) });
      assert.deepEqual([problems, tail.batches, tail.events, anchors?.last?.at], [[], 1, 2, anchor.at]);
      await tampered.close();
    });

    test('an anchor is a line of JSON, and one that was damaged is none', async () => {
      const anchor = anchorOf({ position: 3, heads: [['1', 3, 'abc=']] }, '2026-01-01T00:00:00.000Z');
      assert.deepEqual(readAnchor(JSON.stringify(anchor)), anchor);
      assert.equal(readAnchor(JSON.stringify({ ...anchor, position: 2 })), undefined);
      assert.equal(readAnchor(JSON.stringify({ ...anchor, heads: [['1', 3, 'abd=']] })), undefined);
      for (const line of ['', '{', 'null', '[]', '{"at":1}']) assert.equal(readAnchor(line), undefined);
    });
  });
}

/** Verification beside those who write. `live`: a view of the journal itself, and no copy. */
export function testLive(
  name: string,
  open: () => Promise<{ journals: readonly Journal[]; view(): JournalView | Promise<JournalView>; close(): Promise<void> }>,
): void {
  test(`${name}: while payments run and old ones are pruned, nothing is found that is not there, and all that was acknowledged before is looked at`, async (t) => {
    const { journals, view, close } = await open();
    t.after(close);
    let [running, made, first] = [true, 0, undefined as number | undefined];
    const gone: string[] = [];
    const writer = async (journal: Journal, other: Journal, n: number): Promise<void> => {
      for (let round = 0; running; round++) {
        const id = `r${n}-${round}`;
        await journal.append(append(id, 0, ['quoted', 'accepted'], { claims: [claim(id)] }));
        await other.append(append(id, 2, ['sent'], { attention: [held] }));
        made += 1;
        await journal.append(append(id, 3, ['done'], { open: false }));
        // Settled long after it came to rest.
        if (round >= 4) await other.append(append(`r${n}-${round - 4}`, 4, [round % 2 ? 'settled' : 'noted'], { open: false }));
        if (round >= 6) gone.push(...((await other.prune?.([{ recordId: `r${n}-${round - 6}`, version: 5, at, summary: {} }])) ?? []));
      }
    };
    const writers = Array.from({ length: 12 }, (_, n) => {
      const [journal, other] = [journals[n % journals.length], journals[(n + 1) % journals.length]];
      return writer(journal as Journal, other as Journal, n);
    });
    try {
      for (let look = 0; look < 6 || gone.length === 0; look++) {
        const before = made;
        const anchor = await anchorNow(journals[0] as Journal, '2026-01-01T00:00:00.000Z');
        const verdict = await verdictOf({ view }, { anchors: anchorsOf([anchor]) });
        assert.deepEqual(verdict.problems, []);
        assert.ok(verdict.records >= before, `${verdict.records} of ${before} records`);
        first ??= verdict.records;
      }
    } finally {
      running = false;
      await Promise.allSettled(writers);
    }
    await Promise.all(writers);
    const { problems, records, writers: chains, pruned } = await verdictOf({ view });
    assert.deepEqual([problems, records, chains, pruned.records], [[], made, journals.length, gone.length]);
    assert.ok(gone.length > 0 && gone.every((result) => result === 'pruned'));
    assert.ok(made > (first ?? 0), 'payments ran meanwhile');
  });
}
