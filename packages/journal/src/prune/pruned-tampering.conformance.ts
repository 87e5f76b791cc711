import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { anchorNow, anchorsOf, pay, type TamperedJournal, verdictOf } from '../../test/tampered-journal.ts';
import { claimKeyOf } from '../chain/chain-hash.ts';
import type { JournalView } from '../chain/journal-view.ts';
import type { ProblemCode } from '../chain/verdict.ts';
import { type ExportedRecord, exportRecords } from './export-records.ts';
import { proveExport } from './prove-export.ts';

const at = 1_767_225_600_000;
const done = { kind: 'payer', label: 'T', open: false, attention: [] };
const prune = (recordId: string, version: number) => ({ recordId, version, at, summary: { outcome: 'COMMITTED' } });

/** What verification says of a journal that was pruned, and what it finds in one that was tampered with. */
export function testPrunedTampering(name: string, open: () => Promise<TamperedJournal>): void {
  describe(`${name}: a journal that was pruned`, () => {
    let tampered: TamperedJournal;
    let anchored: ReturnType<typeof anchorsOf>;
    before(async () => {
      tampered = await open();
      const { journal } = tampered;
      await pay(journal);
      for (const recordId of ['p1', 'p2', 'p3']) {
        const claims = [{ kind: 'transferId', scope: '', value: recordId }];
        await journal.append({ ...done, recordId, expectedVersion: 0, events: [{ type: 'quoted', at }], open: true, claims });
        await journal.append({ ...done, recordId, expectedVersion: 1, events: [{ type: 'done', at }] });
      }
      anchored = anchorsOf([await anchorNow(journal, '2026-01-01T00:00:00.000Z')]);
      assert.deepEqual(await journal.prune?.([prune('p1', 2), prune('r3', 2), prune('r1', 4)]), ['pruned', 'pruned', 'not-at-rest']);
      assert.deepEqual(await journal.prune?.([prune('p2', 2)]), ['pruned']);
      // it goes on after it was pruned
      await journal.append({ ...done, recordId: 'p2', expectedVersion: 2, events: [{ type: 'contradicted', at }], open: true });
      await journal.append({ ...done, recordId: 'p2', expectedVersion: 3, events: [{ type: 'settled', at }] });
      await tampered.keep();
    });
    after(() => tampered.close());

    test('verifies, tells what was pruned and when, and meets the anchors from before', async () => {
      const { problems, records, events, pruned } = await verdictOf(tampered, { anchors: anchored });
      assert.deepEqual(problems, []);
      assert.deepEqual([records, events, pruned.records, pruned.events], [7, 16, 3, 6]);
      assert.ok(pruned.first !== undefined && pruned.last !== undefined && pruned.first <= pruned.last);
    });

    const finds = (what: string, sql: () => readonly string[], code: ProblemCode, recordId: string, event?: number): void => {
      test(what, async () => {
        try {
          for (const one of sql()) await tampered.sql(one);
          const [problem] = (await verdictOf(tampered)).problems;
          assert.deepEqual([problem?.code, problem?.recordId, problem?.event], [code, recordId, event], problem?.message ?? 'nothing');
        } finally {
          await tampered.restore();
        }
      });
    };
    const change = (recordId: string, seq: number, from: string, to: string) => [
      `UPDATE events SET body = replace(body, '${from}', '${to}') WHERE ${tampered.event(recordId, seq)}`,
    ];
    const tombstone = (recordId: string, version: number) => [
      `DELETE FROM events WHERE ${tampered.event(recordId)}`,
      tampered.addEvent(recordId, 0, {
        at,
        type: 'pruned',
        body: `{"type":"pruned","at":${at},"version":${version},"head":"x","summary":{}}`,
      }),
      `UPDATE records SET pruned = ${version} WHERE record_id = '${recordId}'`,
    ];
    finds('what was kept of a pruned record was changed', () => change('p1', 0, 'COMMITTED', 'ABORTED'), 'EVENT_ALTERED', 'p1', 0);
    finds('the hash by which an export is proven was changed', () => change('p1', 0, '"head":"', '"head":"x'), 'EVENT_ALTERED', 'p1', 2);
    finds('what was kept was removed', () => [`DELETE FROM events WHERE ${tampered.event('p1', 0)}`], 'EVENT_MISSING', 'p1', 2);
    finds('an event after the pruning was changed', () => change('p2', 3, 'contradicted', 'confirmed'), 'EVENT_ALTERED', 'p2', 3);
    finds(
      'an event after the pruning was removed',
      () => [`DELETE FROM events WHERE ${tampered.event('p2', 4)}`],
      'EVENT_MISSING',
      'p2',
      4,
    );
    finds('a record was made to look pruned, with any hash', () => tombstone('p3', 2), 'EVENT_ALTERED', 'p3', 2);
    finds(
      'a pruned record was made to look whole',
      () => ["UPDATE records SET pruned = 0 WHERE record_id = 'p1'"],
      'EVENT_INSERTED',
      'p1',
      0,
    );
    finds(
      'a claim of a pruned record was removed',
      () => [`DELETE FROM claims WHERE key = ${tampered.key(claimKeyOf('transferId', '', 'p1'))}`],
      'CLAIM_MISSING',
      'p1',
    );
    finds(
      'a pruned record was removed',
      () => [`DELETE FROM events WHERE ${tampered.event('r3')}`, "DELETE FROM records WHERE record_id = 'r3'"],
      'RECORD_MISSING',
      'r3',
    );

    test('a record was made to look pruned, with its right hash: the chain knows of no pruning', async () => {
      const { head } = (await headOf(tampered, 'p3')) ?? {};
      assert.ok(head);
      for (const one of tombstone('p3', 2)) await tampered.sql(one.replace('"head":"x"', `"head":"${head}"`));
      const { problems } = await verdictOf(tampered);
      await tampered.restore();
      assert.deepEqual([problems.length, problems[0]?.code, problems[0]?.recordId], [1, 'EVENT_MISSING', 'p3']);
      assert.match(problems[0]?.message ?? '', /the chain knows of no pruning/);
    });
  });
}

/** What is exported before it is pruned, and how it is proven afterwards. */
export function testExport(name: string, open: () => Promise<TamperedJournal>): void {
  test(`${name}: what may be pruned is exported as it was stored, and proven by what pruning left`, async () => {
    const tampered = await open();
    const { journal } = tampered;
    await pay(journal);
    await journal.append({ ...done, recordId: 'p1', expectedVersion: 0, events: [{ type: 'quoted', at }] });
    await journal.prune?.([prune('p1', 1)]);
    for (const recordId of ['p2', 'p3']) {
      await journal.append({ ...done, recordId, expectedVersion: 0, events: [{ type: 'quoted', at }], open: true });
      await journal.append({ ...done, recordId, expectedVersion: 1, events: [{ type: 'done', at }] });
    }
    await journal.prune?.([prune('r3', 2)]);
    await tampered.keep();
    const exported = await viewed(tampered, async (view) => {
      const found: ExportedRecord[] = [];
      for await (const page of exportRecords(view, { beforeMs: at + 1, pageSize: 1 })) found.push(...page);
      for await (const _ of exportRecords(view, { beforeMs: at })) assert.fail('nothing is that old');
      return found;
    });
    assert.deepEqual(
      exported.map(({ recordId, kind, label, version }) => [recordId, kind, label, version]),
      [
        ['p2', 'payer', 'T', 2],
        ['p3', 'payer', 'T', 2],
      ],
      'not what is open, was pruned, or needs a person',
    );
    assert.deepEqual(exported[0]?.events, [`{"type":"quoted","at":${at}}`, `{"type":"done","at":${at}}`]);
    const [p2, p3] = exported as [ExportedRecord, ExportedRecord];
    const proof = (records: readonly ExportedRecord[]) => viewed(tampered, (view) => proveExport(view, Readable.from(records)));
    assert.deepEqual(await proof(exported), { records: 2, pruned: 0, problems: [] });
    const tombstone = `{"type":"pruned","at":${at},"version":2,"head":"${(await headOf(tampered, 'p2'))?.head}","summary":{}}`;
    await tampered.sql(`DELETE FROM events WHERE ${tampered.event('p2')}`);
    await tampered.sql(tampered.addEvent('p2', 0, { at, type: 'pruned', body: tombstone }));
    await tampered.sql("UPDATE records SET pruned = 2 WHERE record_id = 'p2'");
    assert.deepEqual(await proof(exported), { records: 2, pruned: 1, problems: [] });
    const wrong = [p2, p3].flatMap((one) => [
      { ...one, events: one.events.map((event) => event.replace('done', 'failed')) },
      { ...one, events: one.events.slice(1) },
      { ...one, kind: 'payee' },
      { ...one, ordinal: 1 },
      { ...one, ordinal: 999 },
    ]);
    assert.deepEqual(
      (await proof(wrong)).problems.map(({ code, recordId }) => `${code} ${recordId}`),
      wrong.map(({ recordId }) => `EXPORT_DIFFERS ${recordId}`),
    );
    await tampered.close();
  });
}

async function viewed<T>(tampered: TamperedJournal, look: (view: JournalView) => Promise<T>): Promise<T> {
  const view = await tampered.view();
  try {
    return await look(view);
  } finally {
    await view.close();
  }
}

function headOf(tampered: TamperedJournal, recordId: string) {
  return viewed(tampered, (view) =>
    view.snapshot(async (seen) => {
      const ordinal = (await seen.recordIds(0, 100)).find(([, id]) => id === recordId)?.[0] ?? 0;
      return (await seen.records([ordinal])).get(ordinal);
    }),
  );
}
