import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onceFor } from './once-for.ts';

test('what is worked out of an object is worked out once, also when nothing comes of it; of another object anew', () => {
  let times = 0;
  const halved = onceFor(({ value }: { readonly value: number }) => {
    times++;
    return value % 2 === 0 ? value / 2 : undefined;
  });
  const [four, odd] = [{ value: 4 }, { value: 3 }];
  assert.deepEqual([halved(four), halved(four), halved(odd), halved(odd), times], [2, 2, undefined, undefined, 2]);
  assert.deepEqual([halved({ value: 4 }), times], [2, 3]);
});
