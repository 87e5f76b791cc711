import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { groupCommit } from './group-commit.ts';
import type { Batch } from './worker-protocol.ts';

function groupWith(maxBatchOps = 100, time = virtualTime()) {
  const sent: Batch[] = [];
  const group = groupCommit({
    send: (batch) => sent.push(batch),
    maxBatchOps,
    maxWaiting: 1_000,
    maxWaitingBytes: 1_000,
    gatherMs: 3,
    clock: time,
    timers: time,
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

/** Answers every batch as the thread would, at once. */
function commitAll({ sent, group }: ReturnType<typeof groupWith>): void {
  const batch = sent.at(-1);
  group.receive({ kind: 'committed', results: batch?.writes ?? [] });
}

test('writes one after the other are each sent at once, however quickly they follow', async () => {
  const time = virtualTime();
  const it = groupWith(100, time);
  for (let n = 0; n < 100; n++) {
    const written = it.group.write(n);
    await Promise.resolve();
    assert.equal(it.sent.length, n + 1);
    commitAll(it);
    assert.equal(await written, n);
  }
  assert.equal(time.pending, 0);
});

test('when writes crowd, commits begin some milliseconds apart and share what came; when they no longer do, at once again', async () => {
  const time = virtualTime();
  const it = groupWith(100, time);
  void Promise.all(Array.from({ length: 10 }, (_, n) => it.group.write(n)));
  await Promise.resolve();
  commitAll(it);
  const later = [it.group.write('a')];
  await time.advance(2);
  later.push(it.group.write('b'));
  assert.equal(it.sent.length, 1);
  await time.advance(1);
  assert.deepEqual(it.sent[1]?.writes, ['a', 'b']);
  commitAll(it);
  await Promise.all(later);

  await time.advance(1_000);
  void it.group.write('c');
  await Promise.resolve();
  assert.deepEqual(it.sent[2]?.writes, ['c']);
});

test('a question, a full batch and closing do not wait for others', async () => {
  for (const hurry of ['question', 'full', 'close'] as const) {
    const it = groupWith(20, virtualTime());
    void Promise.all(Array.from({ length: 10 }, (_, n) => it.group.write(n)));
    await Promise.resolve();
    commitAll(it);
    void it.group.write('patient');
    await Promise.resolve();
    assert.equal(it.sent.length, 1);
    if (hurry === 'question') void it.group.ask(['name', 1]);
    if (hurry === 'full') void Promise.all(Array.from({ length: 19 }, (_, n) => it.group.write(n)));
    if (hurry === 'close') void it.group.close();
    await Promise.resolve();
    assert.equal(it.sent[1]?.writes[0], 'patient', hurry);
  }
});
