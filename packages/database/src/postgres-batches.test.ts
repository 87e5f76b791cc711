import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { independentBatches } from './postgres-batches.ts';

test('operations with a key in common never share a batch and keep their order; nothing is lost, and without such there is one batch', () => {
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 }), { maxLength: 20 }), (ops) => {
      const batches = independentBatches(ops, (keys) => keys);
      assert.deepEqual(
        batches.flat().toSorted((x, y) => x - y),
        [...ops.keys()],
      );
      const batchOf = new Map(batches.flatMap((members, batch) => members.map((index) => [index, batch] as const)));
      for (const [later, keys] of ops.entries()) {
        for (let earlier = 0; earlier < later; earlier++) {
          if (!ops[earlier]?.some((key) => keys.includes(key))) continue;
          assert.ok((batchOf.get(earlier) as number) < (batchOf.get(later) as number));
        }
      }
      if (new Set(ops.flat()).size === ops.flat().length && ops.length > 0) assert.equal(batches.length, 1);
    }),
  );
});
