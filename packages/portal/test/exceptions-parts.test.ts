import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ShownException } from '@payment-manager/management-api/types';
import { EXCEPTION_WORDS } from '@payment-manager/runtime/words';
import { effectOf, shownActions } from '../src/components/effects.ts';
import { heldRows } from '../src/components/held-rows.ts';
import { idsByFlow, previewSums } from '../src/pages/exceptions/bulk-actions.ts';
import { atStake, chosenOf } from '../src/pages/exceptions/exception-filter.ts';
import { ROOM } from '../tools/sources.ts';

test('every reason for which a payment needs a person is explained', async () => {
  const read = (file: string): string => readFileSync(join(ROOM, '../mojaloop-connector/src', file), 'utf8');
  const [, listed = ''] = /EXCEPTION_CODES = \[([^\]]+)\]/.exec(read('transfer/exception-codes.ts')) ?? [];
  const [, ofCore = ''] = /type CoreRecordCode =([^;]+);/.exec(read('core-client/core-door.ts')) ?? [];
  const codes = [...`${listed}${ofCore}`.matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
  assert.ok(codes.length > 14);
  assert.deepEqual([...codes].sort(), Object.keys((await EXCEPTION_WORDS.en()).default.codes).sort());
});

test('a list that a hand is on keeps its rows in their places', () => {
  const rows = [
    { k: 'a', v: 1 },
    { k: 'b', v: 1 },
    { k: 'c', v: 1 },
  ];
  const keyOf = ({ k }: { readonly k: string }): string => k;
  const first = heldRows([], rows, keyOf, false);
  const held = heldRows(
    first.rows,
    [
      { k: 'n', v: 1 },
      { k: 'c', v: 2 },
      { k: 'b', v: 1 },
    ],
    keyOf,
    true,
  );
  assert.deepEqual(
    held.rows.map(({ row, gone }) => [row.k, row.v, gone]),
    [
      ['a', 1, true],
      ['b', 1, false],
      ['c', 2, false],
    ],
  );
  assert.equal(held.fresh, 1);
  assert.deepEqual(heldRows(held.rows, rows, keyOf, false), first);
});

test('actions keep their places, and one that is allowed no more stays among them', () => {
  const before = [{ action: 'settle', as: ['ABORTED'] }, { action: 'ask-hub' }] as const;
  assert.deepEqual(
    shownActions(before, [{ action: 'ask-core' }, { action: 'settle', as: ['COMMITTED'] }]).map(({ one, allowed }) => [
      one.action,
      allowed,
    ]),
    [
      ['ask-hub', false],
      ['ask-core', true],
      ['settle', true],
    ],
  );
});

test('what an action does for money follows from our role and from what was chosen', () => {
  assert.equal(effectOf('settle', 'payer', 'ABORTED'), 'settle-payer-aborted');
  assert.equal(effectOf('settle', 'payer'), 'settle-payer');
  assert.equal(effectOf('settle', 'payee', 'COMMITTED'), 'settle-payee');
  assert.equal(effectOf('resend-outcome', 'payee', 'ABORTED'), 'resend-aborted');
  assert.equal(effectOf('resend-outcome', 'payee', 'COMMITTED'), 'resend-committed');
});

const one = (id: string, more: Partial<ShownException> = {}, amount?: string): ShownException =>
  ({
    ...{ id, flow: 'payer', code: 'OUTCOME_UNKNOWN', reason: '', since: 1, notes: 0 },
    ...more,
    ...(amount !== undefined && { payment: { amount, currency: 'USD', peer: 'bluewallet' } }),
  }) as ShownException;

test('filters, sums and ids by role', () => {
  const rows = [
    one('t-1', { owner: 'user:ann' }, '0.10'),
    one('t-1', { code: 'CONTRADICTION' }, '0.10'),
    one('t-2', { flow: 'payee' }, '0.20'),
  ];
  assert.deepEqual(chosenOf(rows, { owner: 'mine' }, 'user:ann').length, 1);
  assert.deepEqual(
    chosenOf(rows, { owner: 'nobody', direction: 'in' }, 'user:ann').map(({ id }) => id),
    ['t-2'],
  );
  assert.deepEqual(
    chosenOf(rows, { q: 'BLUE t-2' }, 'user:ann').map(({ id }) => id),
    ['t-2'],
  );
  assert.deepEqual(atStake(rows), [{ currency: 'USD', amounts: ['0.10', '0.20'] }]);
  assert.deepEqual(
    [...idsByFlow(rows)],
    [
      ['payer', ['t-1']],
      ['payee', ['t-2']],
    ],
  );
  const preview = (flow: 'payer' | 'payee', amount: string) => ({ id: amount, flow, allowed: true, why: '', amount, currency: 'USD' });
  assert.deepEqual(previewSums([preview('payer', '0.10'), preview('payee', '1.00'), preview('payer', '0.20')]), [
    { flow: 'payer', currency: 'USD', amount: '0.30', count: 2 },
    { flow: 'payee', currency: 'USD', amount: '1.00', count: 1 },
  ]);
});
