import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KeptDifference, ShownDay } from '@payment-manager/management-api/types';
import { kindCounts, kindOf, matchedOf } from '../src/pages/reconciliation/kinds.ts';
import { lostSides, sidesToPull, silentSides } from '../src/pages/reconciliation/sides-to-pull.ts';
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

test('who pulls one statement keeps the other that was pulled before, and a file that is chosen counts', () => {
  const able = ['core', 'hub'] as const;
  assert.deepEqual(sidesToPull({ able, files: [], before: [] }), []);
  assert.deepEqual(sidesToPull({ able, files: [], before: [] }, 'core'), ['core']);
  assert.deepEqual(sidesToPull({ able, files: [], before: ['core'] }, 'hub'), ['core', 'hub']);
  assert.deepEqual(sidesToPull({ able, files: ['core'], before: ['core', 'hub'] }), ['hub']);
  assert.deepEqual(sidesToPull({ able: ['hub'], files: [], before: ['core'] }, 'hub'), ['hub']);
});

test('a statement that was uploaded is not lost in silence when the day is compared again without it', () => {
  const before = { statementRows: 3, hubStatementRows: 2, pulled: ['core'] } as unknown as ShownDay;
  assert.deepEqual(lostSides(before, [], ['core']), ['hub']);
  assert.deepEqual(lostSides(before, ['hub'], ['core']), []);
  assert.deepEqual(lostSides(before, [], ['core', 'hub']), []);
  assert.deepEqual(lostSides(before, [], []), ['core', 'hub'], 'the core’s cannot be pulled any more');
  assert.deepEqual(lostSides(undefined, [], []), []);
  assert.deepEqual(lostSides({ pulled: [] } as unknown as ShownDay, [], []), []);
});

test('a statement that was pulled before and does not come now is told, so that somebody may do without it', () => {
  const before = { pulled: ['core'] } as unknown as ShownDay;
  const failed = { at: 1, by: 'ann', code: 'STATEMENT_NOT_THERE' };
  assert.deepEqual(silentSides(before, [{ side: 'core', last: failed }]), ['core']);
  assert.deepEqual(silentSides(before, [{ side: 'core', last: { at: 1, by: 'ann', rows: 3 } }]), []);
  assert.deepEqual(silentSides(before, [{ side: 'hub', last: failed }, { side: 'core' }]), [], 'nothing of it stands');
  assert.deepEqual(silentSides(undefined, [{ side: 'core', last: failed }]), []);
});
