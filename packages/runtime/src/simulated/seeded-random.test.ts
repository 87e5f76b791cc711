import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './seeded-random.ts';

test('one seed gives one series, near seeds give others', () => {
  const series = (seed: number) =>
    Array.from(
      { length: 5 },
      (
        (random) => () =>
          random.uuid()
      )(seededRandom(seed)),
    );
  assert.deepEqual(series(1), series(1));
  assert.equal(new Set([0, 1, 2, 3, -1].flatMap(series)).size, 25);
});

test('uuids are version 4 in lower case, fractions fill [0, 1)', () => {
  const random = seededRandom(0);
  for (let n = 0; n < 100; n++) assert.match(random.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const tenths = new Set(Array.from({ length: 1_000 }, () => Math.floor(random.fraction() * 10)));
  assert.deepEqual([...tenths].toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(random.bytes(32).length, 32);
});
