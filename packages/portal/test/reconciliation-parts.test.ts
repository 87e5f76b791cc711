import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KeptDifference, ShownDay } from '@payment-manager/management-api/types';
import { kindCounts, kindOf, matchedOf } from '../src/pages/reconciliation/kinds.ts';
import EN from '../src/pages/reconciliation/texts/en.ts';
import { ROOM } from '../tools/sources.ts';

test('every difference is explained here and in the document, and is of a kind', () => {
  const document = readFileSync(join(ROOM, '../../docs/errors.md'), 'utf8');
  const [, section = ''] = /## Reconciliation\n([\s\S]*?)\n## /.exec(document) ?? [];
  const codes = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = '']) => code as KeptDifference['code']);
  assert.ok(codes.length > 15);
  assert.deepEqual([...codes].sort(), Object.keys(EN.codes).sort());
  for (const code of codes) assert.ok(kindOf({ code }), code);
});

test('what matches is what differs in nothing, each payment once; nothing is said where not all is listed', () => {
  const one = (code: KeptDifference['code'], transferId: string) => ({ code, transferId, direction: 'in' }) as KeptDifference;
  const differences = [one('AMOUNT_DIFFERS', 't-1'), one('HUB_AMOUNT_DIFFERS', 't-1'), one('UNKNOWN_TO_US', 't-9')];
  const day = { payments: 10, running: 2, differences, differencesInAll: 3 } as unknown as ShownDay;
  assert.equal(matchedOf(day), 7);
  assert.equal(matchedOf({ ...day, differencesInAll: 4 }), undefined);
  assert.deepEqual(kindCounts(differences), { missing: 1, amount: 2, state: 0, open: 0 });
});
