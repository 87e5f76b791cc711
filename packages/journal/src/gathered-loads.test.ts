import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatheredLoads } from './gathered-loads.ts';
import type { StoredRecord } from './journal.ts';

const record = (recordId: string): StoredRecord => ({ recordId, kind: 'payer', open: true, events: [] });

/** Loads from a journal in which each record but `none` stands, and `broken` cannot be read; `go` lets the next question be answered. */
function loader() {
  const asked: (readonly string[])[] = [];
  const held: (() => void)[] = [];
  const load = gatheredLoads(async (recordIds) => {
    asked.push(recordIds);
    await new Promise<void>((resolve) => void held.push(resolve));
    if (recordIds.includes('broken')) throw new Error('it cannot be read');
    return recordIds.filter((id) => id !== 'none').map(record);
  });
  const go = async (): Promise<void> => {
    await new Promise(setImmediate);
    for (const resolve of held.splice(0)) resolve();
    await new Promise(setImmediate);
  };
  return { asked, load, go };
}

test('what one turn asks for goes together, each record once', async () => {
  const { asked, load, go } = loader();
  const loads = Promise.all(['a', 'b', 'a', 'none'].map(load));
  await go();
  assert.deepEqual(asked, [['a', 'b', 'none']]);
  assert.deepEqual(
    (await loads).map((one) => one?.recordId),
    ['a', 'b', 'a', undefined],
  );
});

test('what is asked for while a question is under way is asked anew: its answer may be newer', async () => {
  const { asked, load, go } = loader();
  const first = load('a');
  await new Promise(setImmediate);
  const later = Promise.all(['a', 'c'].map(load));
  await go();
  await first;
  await go();
  await later;
  assert.deepEqual(asked, [['a'], ['a', 'c']]);
});

test('a record that cannot be read fails alone', async () => {
  const { asked, load, go } = loader();
  const [a, broken] = [load('a'), load('broken')];
  const refused = assert.rejects(broken, /cannot be read/);
  await go();
  await go();
  assert.equal((await a)?.recordId, 'a');
  await refused;
  assert.deepEqual(asked, [['a', 'broken'], ['a'], ['broken']]);
});

test('at most fifty are asked for at once', async () => {
  const { asked, load, go } = loader();
  const loads = Promise.all(Array.from({ length: 120 }, (_, n) => load(`r${n}`)));
  for (let n = 0; n < 3; n++) await go();
  assert.equal((await loads).length, 120);
  assert.deepEqual(
    asked.map(({ length }) => length),
    [50, 50, 20],
  );
});
