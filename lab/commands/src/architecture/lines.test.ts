import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByRoom, linesTable } from './lines.ts';

test('./pm lines counts what is no test by room, and what proves the product apart from it, before it moved as well', () => {
  const told = [
    'abc:packages/journal/src/a.ts:10',
    'abc:packages/journal/src/b/c.ts:5',
    'abc:packages/journal/src/a.test.ts:100',
    'abc:packages/journal/src/a.conformance.ts:100',
    'abc:packages/journal/test/x.ts:100',
    'abc:packages/sandbox/src/a.ts:7',
    'abc:packages/payment-manager/src/cli/send.ts:3',
    'abc:packages/payment-manager/src/cli/run.ts:2',
    'lab/commands/src/a.ts:4',
  ];
  const counted = countByRoom(told.join('\n'));
  assert.deepEqual(Object.fromEntries(counted), {
    'packages/journal': 15,
    'lab/sandbox': 7,
    'lab/bench, commands': 7,
    'packages/payment-manager': 2,
  });
  assert.match(linesTable(counted, new Map([['packages/vault', 1]])), /\| `journal` \| 0 \| 15 \|[\s\S]*\| \*\*packages\*\* \| 1 \| 17 \|/);
});
