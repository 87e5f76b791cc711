import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { LONGEST, longestFirst } from './test-order.ts';

test('./pm test begins with what takes longest, keeps the order of the rest, and leaves nothing out', () => {
  const [a, b] = ['packages/a.test.ts', 'packages/b.test.ts'];
  const [first = '', second = ''] = LONGEST;
  assert.deepEqual(longestFirst([b, second, a, first]), [first, second, b, a]);
});

test('what takes longest is named as it is', () => {
  for (const file of LONGEST) assert.ok(existsSync(new URL(`../../../../${file}`, import.meta.url)), file);
});
