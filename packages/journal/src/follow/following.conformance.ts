import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalView } from '../chain/journal-view.ts';
import type { Append, Journal } from '../journal.ts';
import { changedAfter, journalEnd, recordsAfter, recordsAt } from './changed-after.ts';
import { eventsAfter, type Followed, type FollowedEntry, isNewAfter, JOURNAL_START, type JournalPosition } from './events-after.ts';

const at = 1_767_225_600_000;

/** An append with the least that it must have. */
export const someAppend = (recordId: string, before: number, more: Partial<Append> = {}): Append => ({
  recordId,
  kind: 'payer',
  expectedVersion: before,
  events: [{ type: `event-${before + 1}`, at: at + before }],
  open: true,
  attention: [],
  label: `T-${recordId}`,
  ...more,
});

/** A page; a position that is not followed any more fails the test. */
export async function pageAfter(view: JournalView, position: JournalPosition, limit: number): Promise<Followed> {
  const page = await eventsAfter(view, position, limit);
  assert.notEqual(page, 'not-followed');
  return page as Followed;
}

/** All that there is after a position, page by page. */
export async function allAfter(view: JournalView, position: JournalPosition, limit: number): Promise<Followed> {
  const entries: FollowedEntry[] = [];
  for (let from = position; ; ) {
    const page = await pageAfter(view, from, limit);
    entries.push(...page.entries);
    from = page.position;
    if (!page.more) return { ...page, entries };
  }
}

/** For comparisons: `record before+events`. */
export function told(entries: readonly FollowedEntry[]): readonly string[] {
  return entries.map((entry) => `${entry.recordId} ${entry.before}${entry.kind === 'append' ? `+${entry.events.length}` : ' pruned'}`);
}

export interface FollowedJournal {
  readonly journal: Journal;
  view(): JournalView | Promise<JournalView>;
}

/** What every durable journal promises to who follows it. */
export function testFollowing(name: string, open: () => Promise<FollowedJournal>): void {
  const say = (promise: string, run: (journal: Journal, view: JournalView) => Promise<void>): void => {
    test(`${name}: ${promise}`, async () => {
      const { journal, view } = await open();
      const seen = await view();
      await run(journal, seen);
      await seen.close();
      await journal.close();
    });
  };

  say('what was appended is read in that order, with all that was said of it', async (journal, view) => {
    assert.deepEqual(await pageAfter(view, JOURNAL_START, 10), { entries: [], position: JOURNAL_START, more: false });
    await journal.append(someAppend('r1', 0, { claims: [{ kind: 'k', scope: '', value: 'a' }] }));
    await journal.append(
      someAppend('r2', 0, { kind: 'payee', events: ['a', 'b'].map((type, n) => ({ type, at: at + n, note: 'Zoë\u001f' })) }),
    );
    await journal.append(someAppend('r1', 0));
    await journal.append(someAppend('r1', 1, { events: [], open: false, label: 'T' }));
    const { entries, position, more } = await pageAfter(view, JOURNAL_START, 10);
    const [first, second, third] = entries;
    const common = { kind: 'append', recordKind: 'payer', pruned: false, open: true };
    assert.deepEqual(first, { ...common, recordId: 'r1', before: 0, events: [{ type: 'event-1', at }], label: 'T-r1', updatedAt: at });
    const events = [
      { type: 'a', at, note: 'Zoë\u001f' },
      { type: 'b', at: at + 1, note: 'Zoë\u001f' },
    ];
    assert.deepEqual(second, { ...common, recordKind: 'payee', recordId: 'r2', before: 0, events, label: 'T-r2', updatedAt: at + 1 });
    assert.deepEqual(third, { ...common, recordId: 'r1', before: 1, events: [], open: false, label: 'T', updatedAt: at });
    assert.deepEqual([entries.length, more], [3, false]);
    assert.deepEqual([await isNewAfter(view, JOURNAL_START), await isNewAfter(view, position)], [true, false]);
    assert.deepEqual(await pageAfter(view, position, 10), { entries: [], position, more: false });
  });

  say('pages of any length give the same, and a follower that stops goes on where it was', async (journal, view) => {
    for (let round = 0; round < 4; round++)
      await Promise.all(['a', 'b', 'c', 'd', 'e'].slice(round).map((id) => journal.append(someAppend(id, round))));
    const all = told((await pageAfter(view, JOURNAL_START, 5_000)).entries);
    assert.equal(all.length, 14);
    for (const limit of [1, 2, 3, 7, 14]) assert.deepEqual(told((await allAfter(view, JOURNAL_START, limit)).entries), all, `${limit}`);
    const half = await pageAfter(view, JOURNAL_START, 6);
    assert.deepEqual([half.more, told([...half.entries, ...(await allAfter(view, half.position, 1)).entries])], [true, all]);
    assert.throws(() => eventsAfter(view, JOURNAL_START, 0), RangeError);
  });

  say('a follower hears of pruning; who comes later finds only what was left', async (journal, view) => {
    await journal.append(someAppend('r1', 0, { events: ['a', 'b'].map((type) => ({ type, at, secret: 'Zoë' })) }));
    const early = await pageAfter(view, JOURNAL_START, 10);
    await journal.append(someAppend('r1', 2, { open: false }));
    assert.deepEqual(await journal.prune?.([{ recordId: 'r1', version: 3, at: at + 9, summary: { outcome: 'COMMITTED' } }]), ['pruned']);
    const late = await allAfter(view, early.position, 10);
    assert.deepEqual(told(late.entries), ['r1 2+0', 'r1 3 pruned']);
    const [append, prune] = late.entries;
    assert.equal(append?.kind === 'append' && append.pruned, true);
    assert.deepEqual(prune?.kind === 'pruned' && [prune.event.version, prune.event.summary], [3, { outcome: 'COMMITTED' }]);
    await journal.append(someAppend('r1', 3, { open: false }));
    const anew = await allAfter(view, JOURNAL_START, 1);
    assert.deepEqual(told(anew.entries), ['r1 0+0', 'r1 2+0', 'r1 3 pruned', 'r1 3+1']);
    assert.doesNotMatch(JSON.stringify(anew), /Zoë/);
  });

  say(
    'who keeps rows gets each changed record once, as it is now, and how old the oldest change is that is left',
    async (journal, view) => {
      assert.deepEqual(await journalEnd(view), { position: JOURNAL_START, ordinal: 0 });
      await Promise.all(['r1', 'r2'].map((id) => journal.append(someAppend(id, 0))));
      await journal.append(someAppend('r1', 1, { open: false }));
      const all = await changedAfter(view, JOURNAL_START, 100);
      assert.ok(all !== 'not-followed');
      assert.deepEqual(
        all.records.map(({ recordId, open, events }) => `${recordId} ${open} ${events.length}`),
        ['r1 false 2', 'r2 true 1'],
      );
      const { position, ordinal } = await journalEnd(view);
      assert.deepEqual([all.position, all.oldestLeft], [position, undefined]);
      const first = await changedAfter(view, JOURNAL_START, 1);
      assert.ok(first !== 'not-followed' && first.oldestLeft !== undefined && first.position !== position);
      const byAge = [...(await recordsAfter(view, 0, 1)), ...(await recordsAfter(view, all.records[0]?.ordinal ?? 0, 10))];
      assert.deepEqual(byAge, all.records);
      assert.deepEqual([byAge.at(-1)?.ordinal, await recordsAt(view, [ordinal])], [ordinal, byAge.slice(-1)]);
      assert.equal(await changedAfter(view, 'no position', 10), 'not-followed');
      await journal.prune?.([{ recordId: 'r1', version: 2, at, summary: {} }]);
      const later = await changedAfter(view, position, 10);
      assert.ok(later !== 'not-followed');
      assert.deepEqual(
        later.records.map(({ recordId, pruned, events }) => [recordId, pruned, events.map(({ type }) => type)]),
        [['r1', true, ['pruned']]],
      );
    },
  );

  say('who waits is told when something was stored, once for what is stored at once, and not of what was refused', async (journal) => {
    let told = 0;
    const end = journal.onStored?.(() => told++);
    await Promise.all(['r1', 'r2', 'r3'].map((id) => journal.append(someAppend(id, 0))));
    assert.equal(told, 1);
    await journal.append(someAppend('r1', 0));
    await journal.append(someAppend('r1', 1, { open: false }));
    assert.equal(told, 2);
    await journal.prune?.([{ recordId: 'r1', version: 2, at, summary: {} }]);
    end?.();
    await journal.append(someAppend('r2', 1));
    assert.equal(told, 3);
  });

  say('a position of another journal, or of one that was put back, is not gone on from', async (journal, view) => {
    await journal.append(someAppend('r1', 0));
    const { position } = await pageAfter(view, JOURNAL_START, 10);
    const [place = '', hash = ''] = position.split(' ');
    assert.equal(await eventsAfter(view, `${place} ${hash.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`, 10), 'not-followed');
    assert.equal(await eventsAfter(view, `${Number(place) + 1} ${hash}`, 10), 'not-followed');
    assert.equal(await eventsAfter(view, 'no position', 10), 'not-followed');
  });
}
