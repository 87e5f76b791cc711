import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anchorNow, anchorsOf, append, claim, pay, type TamperedJournal, verdictOf } from '../../test/tampered-journal.ts';
import { anchorOf, readAnchor } from './anchor.ts';

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
