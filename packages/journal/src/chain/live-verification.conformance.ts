import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorNow, anchorsOf, append, at, claim, held, verdictOf } from '../../test/tampered-journal.ts';
import type { Journal } from '../journal.ts';
import type { JournalView } from './journal-view.ts';

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
