import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Append, Attention, Journal } from '../journal.ts';
import { type Prune, type PrunedEvent, type PruneResult, versionOf } from './pruned.ts';

const at = 1_767_225_600_000;
const held: Attention = { level: 'alarm', code: 'HELD', reason: 'look', since: 1 };
const append = (recordId: string, before: number, types: readonly string[], more: Partial<Append> = {}): Append => ({
  recordId,
  kind: 'payer',
  expectedVersion: before,
  events: types.map((type) => ({ type, at })),
  open: false,
  attention: [],
  label: `T-${recordId}`,
  ...more,
});
const prune = (recordId: string, version: number, summary: object = { outcome: 'COMMITTED' }): Prune => ({
  recordId,
  version,
  at: at + 5,
  summary,
});

async function pruned(journal: Journal, prunes: readonly Prune[]): Promise<readonly PruneResult[]> {
  assert.ok(journal.prune, 'it can prune');
  return journal.prune(prunes);
}

/** What every journal promises of pruning, as tests. */
export function testPruning(name: string, open: () => Promise<Journal>): void {
  const say = (promise: string, run: (journal: Journal) => Promise<void>): void => {
    test(`${name}: ${promise}`, async () => {
      const journal = await open();
      await run(journal);
      await journal.close();
    });
  };

  say('a pruned record has one event instead of all, with what was to be kept of it; its claims lead to it', async (journal) => {
    const claims = [{ kind: 'transferId', scope: 'a', value: 'T' }];
    await journal.append(append('r1', 0, ['quoted', 'sent'], { claims, open: true }));
    await journal.append(append('r1', 2, ['done']));
    await journal.append(append('r2', 0, ['quoted']));
    const summary = { outcome: 'COMMITTED', note: 'Zoë — 請求 "x"\n\u0000\u001f\\' };
    assert.deepEqual(await pruned(journal, [prune('r1', 3, summary)]), ['pruned']);
    const record = await journal.load('r1');
    const [event, ...more] = (record?.events ?? []) as readonly PrunedEvent[];
    assert.deepEqual([event?.type, event?.at, event?.version, event?.summary, more], ['pruned', at + 5, 3, summary, []]);
    assert.deepEqual([record?.open, record && versionOf(record)], [false, 3]);
    assert.equal(await journal.findByClaim(claims[0] as (typeof claims)[0]), 'r1');
    assert.equal((await journal.load('r2'))?.events[0]?.type, 'quoted');
    const day = await journal.between({ fromMs: at, toMs: at + 1, limit: 10 });
    assert.deepEqual(
      day.map(({ recordId, updatedAt, events }) => [recordId, updatedAt, events.length]),
      [
        ['r1', at, 1],
        ['r2', at, 1],
      ],
    );
  });

  say('only what is at rest and as it was exported is pruned; of many each has its own result', async (journal) => {
    await journal.append(append('open', 0, ['quoted'], { open: true }));
    await journal.append(append('held', 0, ['quoted'], { attention: [held] }));
    await journal.append(append('moved', 0, ['quoted', 'sent']));
    await journal.append(append('good', 0, ['quoted']));
    const all = [prune('open', 1), prune('held', 1), prune('moved', 1), prune('good', 1), prune('none', 1)];
    const results: readonly PruneResult[] = ['not-at-rest', 'not-at-rest', 'changed', 'pruned', 'missing'];
    assert.deepEqual(await pruned(journal, all), results);
    assert.deepEqual(await pruned(journal, all), results.with(3, 'pruned-before'), 'again');
    for (const [id, events] of [
      ['open', 1],
      ['held', 1],
      ['moved', 2],
    ] as const)
      assert.equal((await journal.load(id))?.events.length, events);
    assert.equal((await journal.attention({ limit: 5 })).length, 1);
    assert.deepEqual(await pruned(journal, []), []);
  });

  say('a pruned record goes on where it stood: the next version follows, an old one is refused', async (journal) => {
    await journal.append(append('r1', 0, ['quoted', 'done']));
    await pruned(journal, [prune('r1', 2)]);
    assert.deepEqual(await journal.append(append('r1', 0, ['quoted'])), { kind: 'version-conflict', version: 2 });
    assert.deepEqual(await journal.append(append('r1', 1, ['quoted'])), { kind: 'version-conflict', version: 2 });
    assert.deepEqual(await journal.append(append('r1', 2, ['contradicted'], { open: true, attention: [held] })), {
      kind: 'appended',
      version: 3,
    });
    const record = await journal.load('r1');
    assert.deepEqual([record?.events.map(({ type }) => type), record && versionOf(record)], [['pruned', 'contradicted'], 3]);
    assert.equal((await journal.openRecords(10))[0]?.events.length, 2);
    assert.deepEqual(await pruned(journal, [prune('r1', 3)]), ['pruned-before']);
  });

  say('what pruning leaves cannot be appended, and what is no prune is refused', async (journal) => {
    await journal.append(append('r1', 0, ['quoted']));
    await assert.rejects(journal.append(append('r2', 0, ['pruned'])), RangeError);
    for (const bad of [prune('r1', 0), { ...prune('r1', 1), at: 1.5 }, prune('r1', 1, { big: 'x'.repeat(70_000) })])
      await assert.rejects(async () => pruned(journal, [bad]), RangeError);
    assert.equal((await journal.load('r1'))?.events[0]?.type, 'quoted');
  });
}
