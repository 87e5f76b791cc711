import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at, pay, type TamperedJournal, verdictOf } from '../../test/tampered-journal.ts';
import { claimKeyOf, eventHash, hashedEvent, recordStart } from './chain-hash.ts';
import type { ProblemCode } from './verdict.ts';

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
