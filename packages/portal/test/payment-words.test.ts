import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownPayment } from '@payment-manager/management-api/types';
import { STATE_TONES, shownState } from '../src/components/shown-state.ts';
import { stepsOf } from '../src/components/timeline.ts';
import { hopsOf } from '../src/pages/payment/hops.ts';
import EN from '../src/text/happenings/en.ts';
import WORDS from '../src/text/payment/en.ts';
import FR from '../src/text/payment/fr.ts';
import { detailOf } from './details.ts';
import { someRows } from './rows.ts';

const rows = someRows(3_000, 1_780_000_000_000);
const shown = ({ facets, ...row }: (typeof rows)[number]): ShownPayment => ({ ...facets, ...row });
const hops = (payment: ShownPayment, detail = detailOf(rows.find(({ id }) => id === payment.id) as (typeof rows)[number])): string =>
  hopsOf(payment, detail)
    .map(({ name, state }) => `${name} ${state}`)
    .join(', ');
const some = (direction: 'out' | 'in', state: string, code?: string): ShownPayment => {
  const row = rows.find(
    ({ facets, error }) => facets.direction === direction && facets.state === state && (code === undefined || error?.code === code),
  );
  assert.ok(row, `${direction} ${state}`);
  return shown(row);
};

test('only what the hub called COMMITTED is said to be completed: not what it took, not what was sent, not what we reserved', () => {
  const stages = [
    'lookup',
    'party-offered',
    'quoting',
    'quote-offered',
    'open',
    'calling-core',
    'core-unknown',
    'late',
    'commit-first',
    'fulfilling',
  ] as const;
  for (const stage of stages) assert.notEqual(shownState({ state: 'pending', stage }), 'completed');
  assert.equal(shownState({ state: 'acknowledged', stage: 'acknowledged' }), 'acknowledged');
  for (const stage of ['open', 'core-unknown', 'late', 'fulfilling', 'commit-first'] as const)
    assert.equal(shownState({ state: 'pending', stage }), 'unknown');
  assert.deepEqual(
    Object.entries(STATE_TONES).filter(([, tone]) => tone === 'good'),
    [['completed', 'good']],
  );
});

test('no word for an unfinished payment says that money has moved, in either language', () => {
  for (const { states, stateHelp } of [WORDS, FR])
    for (const state of ['pending', 'unknown', 'acknowledged', 'unread'] as const) {
      assert.doesNotMatch(states[state], /paid|complete|success|payé|abouti|réussi/i);
      assert.doesNotMatch(
        stateHelp[state],
        /(?:has moved|a bougé)(?! peut| ou)/i.test(stateHelp[state]) && !/may or may not|peut-être/.test(stateHelp[state]) ? /./ : /^$/,
      );
    }
});

test('the hop at which a payment failed is marked, and those beyond it are not said to have been reached', () => {
  assert.equal(hops(some('out', 'completed')), 'core done, us done, hub done, peer done');
  assert.equal(hops(some('in', 'completed')), 'peer done, hub done, us done, core done');
  assert.equal(hops(some('out', 'failed', '5105')), 'core done, us done, hub done, peer failed');
  assert.equal(hops(some('in', 'failed', '5105')), 'peer done, hub done, us done, core failed');
  const failed = { ...some('out', 'failed', '2001') };
  assert.equal(
    hops({ ...failed, error: { code: '2001', description: '' } }, { ...detailOf(rows[0] as never), history: [] }),
    'core done, us done, hub failed, peer untouched',
  );
  assert.equal(
    hops({ ...failed, error: { code: '4001', description: '' } }, { ...detailOf(rows[0] as never), history: [] }),
    'core failed, us untouched, hub untouched, peer untouched',
  );
});

test('where a word is missing nobody beyond is said to have done anything, or nothing', () => {
  assert.equal(hops(some('in', 'acknowledged')), 'peer done, hub unknown, us done, core done');
  assert.equal(hops(some('out', 'pending')), 'core done, us done, hub unknown, peer unknown');
});

test('a payment’s steps are told in words of a bank, with amounts as they are written, and repeats as one step', () => {
  const row = rows.find(({ facets, attention }) => facets.direction === 'out' && attention.length > 0) as (typeof rows)[number];
  const steps = stepsOf(detailOf(row).history, 'out', EN, (amount, currency) => `<${amount} ${currency}>`);
  assert.equal(steps[0]?.text, 'Our core asked to send money');
  assert.equal(steps[3]?.text, `${row.facets.peer} offered <${row.amount} ${row.facets.currency}>`);
  const asked = steps.find(({ exact }) => exact.includes('ladder'));
  assert.deepEqual([asked?.repeats, asked?.tone], [2, 'open']);
  assert.deepEqual([steps.at(-1)?.tone, steps.at(-1)?.text], ['bad', 'It needs a person: OUTCOME_UNKNOWN']);
  assert.ok(steps.every(({ sinceMs }) => sinceMs >= 0));
});

test('a receipt of the hub is told as one: it is no outcome', () => {
  const [step] = stepsOf(
    [
      {
        at: 1,
        who: 'hub',
        what: 'took our COMMITTED (in time)',
        event: 'outcome-known',
        values: { state: 'COMMITTED', said: 'acknowledgement' },
      },
    ],
    'in',
    EN,
    String,
  );
  assert.deepEqual([step?.tone, step?.text], ['open', 'The hub took our confirmation in time']);
});

test('an event of a kind without words here is told as the product tells it', () => {
  const [step] = stepsOf([{ at: 1, who: 'core', what: 'the effect debit was executed' }], 'in', EN, String);
  assert.equal(step?.text, 'the effect debit was executed');
});
