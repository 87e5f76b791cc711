import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { anchorOf, openSqliteJournal } from '@payment-manager/journal';
import { recordedLog } from '@payment-manager/runtime';
import { olderThanAnchors } from './older-copy.ts';

const clock = { now: () => 1_800_000_000_000 };
let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-older-copy-'));
});
after(() => rmSync(folder, { recursive: true }));

let files = 0;
/** A journal with an anchor file beside it; `open` opens it as the product does. */
async function anchored(batches: number) {
  const name = join(folder, String(++files));
  const [file, anchors] = [`${name}.db`, `${name}.anchors`];
  const open = () => openSqliteJournal({ file, log: recordedLog(), restored: olderThanAnchors(anchors, clock) });
  const journal = await open();
  const write = async (recordId: string) =>
    journal.append({
      recordId,
      kind: 'payer',
      label: recordId,
      expectedVersion: 0,
      events: [{ type: 'x', at: 1 }],
      open: false,
      attention: [],
    });
  for (let n = 0; n < batches; n++) await write(`record-${n}`);
  const heads = (await journal.chainHeads?.()) ?? assert.fail();
  await journal.close();
  const anchor = (position: number, hash: string, at = '2026-11-24T10:00:00.000Z') =>
    `${JSON.stringify(anchorOf({ position, heads: [['1', position, hash]] }, at))}\n`;
  return { open, anchors, anchor, last: heads.heads[0]?.[2] ?? '' };
}

test('a journal that meets its last anchor is not marked, nor is one without anchors or with a file that cannot be read', async () => {
  const { open, anchors, anchor, last } = await anchored(3);
  for (const text of [undefined, 'no anchor\n', anchor(3, last), `${anchor(3, last)}{"at":"cut o`]) {
    if (text !== undefined) writeFileSync(anchors, text);
    const journal = await open();
    assert.equal(journal.mark?.last(), undefined, text);
    await journal.close();
  }
});

test('an anchor that reaches further than the journal, or names another batch in its place, marks it, once', async () => {
  for (const [position, hash] of [
    [9, 'of a batch that was cut off'],
    [2, 'of a batch that was written anew'],
  ] as const) {
    const { open, anchors, anchor } = await anchored(3);
    writeFileSync(anchors, anchor(position, hash));
    for (let round = 0; round < 2; round++) {
      const journal = await open();
      const { number, sign, reason } = journal.mark?.standing() ?? assert.fail();
      assert.deepEqual([number, sign], [1, 'anchor']);
      assert.match(reason, new RegExp(`batch ${position} of writer 1`));
      await journal.close();
    }
    appendFileSync(anchors, anchor(50, 'later', '2030-01-01T00:00:00.000Z'));
    const again = await open();
    assert.equal(again.mark?.standing()?.number, 2, 'an anchor from after the mark is of the restored journal, which is older once more');
    await again.close();
  }
});
