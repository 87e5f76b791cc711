import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupCommit } from './group-commit.ts';
import type { Batch } from './worker-protocol.ts';

function groupWith(maxBatchOps = 100) {
  const sent: Batch[] = [];
  const group = groupCommit({
    send: (batch) => sent.push(batch),
    maxBatchOps,
    maxWaiting: 1_000,
    maxWaitingBytes: 1_000,
    onFatal: () => {},
  });
  return { sent, group };
}

test('what is written in one turn of the event loop shares one commit', async () => {
  const { sent, group } = groupWith();
  const written = Promise.all([group.write('a'), group.write('b'), group.write('c')]);
  await Promise.resolve();
  assert.deepEqual(sent, [{ writes: ['a', 'b', 'c'], questions: [] }]);
  group.receive({ kind: 'committed', results: [1, 2, 3] });
  assert.deepEqual(await written, [1, 2, 3]);
});

test('what comes while a commit runs shares the next one, which is sent before the results are handed out', async () => {
  const { sent, group } = groupWith();
  const first = group.write('a');
  await Promise.resolve();
  const later = [group.write('b'), group.write('c')];
  await Promise.resolve();
  assert.equal(sent.length, 1);
  group.receive({ kind: 'committed', results: ['A'] });
  assert.deepEqual(sent[1], { writes: ['b', 'c'], questions: [] });
  assert.equal(await first, 'A');
  group.receive({ kind: 'committed', results: ['B', 'C'] });
  assert.deepEqual(await Promise.all(later), ['B', 'C']);
});

test('a batch has a largest size; the rest follows in order', async () => {
  const { sent, group } = groupWith(2);
  const written = Promise.all(['a', 'b', 'c'].map((op) => group.write(op)));
  await Promise.resolve();
  group.receive({ kind: 'committed', results: ['A', 'B'] });
  group.receive({ kind: 'committed', results: ['C'] });
  assert.deepEqual(
    sent.map(({ writes }) => writes),
    [['a', 'b'], ['c']],
  );
  assert.deepEqual(await written, ['A', 'B', 'C']);
});

test('questions do not wait for the fsync of the writes that came with them', async () => {
  const { sent, group } = groupWith();
  const asked = group.ask(['name', 1]);
  const written = group.write('a');
  await Promise.resolve();
  assert.equal(sent.length, 1);
  group.receive({ kind: 'answers', answers: [{ value: 'answer' }] });
  assert.equal(await asked, 'answer');
  group.receive({ kind: 'committed', results: ['A'] });
  assert.equal(await written, 'A');
  assert.equal(group.waiting, 0);
});
