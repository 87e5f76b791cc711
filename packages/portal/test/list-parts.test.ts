import assert from 'node:assert/strict';
import { test } from 'node:test';
import { businessDays } from '@payment-manager/runtime/business-day';
import { parseSearch, searchWords, stringifySearch } from '../src/app/search-words.ts';
import { rowsDrawn } from '../src/components/row-window.ts';
import { valueLines } from '../src/pages/administration/value-lines.ts';
import { sumOf, sumsByCurrency } from '../src/pages/payments/currency-sums.ts';
import { EMPTY_EXPORT, withLines } from '../src/pages/payments/export-file.ts';
import { facetsOf, searchFilter } from '../src/pages/payments/payment-filter.ts';
import { spanOf } from '../src/pages/payments/period.ts';
import { localPath } from '../src/pages/sign-in/local-path.ts';
import { formatsIn } from '../src/text/formats-in.ts';

const days = businessDays({ zone: 'Africa/Dar_es_Salaam', cutOff: '22:00' });
const NOW = Date.parse('2026-03-12T20:30:00Z');

test('an address is read as words and written so, and a page takes only its own', () => {
  const search = { q: 'a b&c', state: 'failed' };
  assert.deepEqual(parseSearch(stringifySearch(search)), search);
  assert.deepEqual(searchWords('q', 'state')({ q: 'x', state: '', other: 'y', from: 3 }), { q: 'x' });
});

test('a sign-in leads to pages of ours alone', () => {
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/sign-in?next=/x',
    '/welcome',
    '/a\nb',
    '',
  ])
    assert.equal(localPath(evil), '/');
  assert.equal(localPath('/payments?state=failed'), '/payments?state=failed');
  assert.equal(localPath(undefined), '/');
});

test('periods follow the business day, as configured', () => {
  assert.deepEqual(spanOf('today', NOW, days), { from: Date.parse('2026-03-12T19:00:00Z') });
  assert.deepEqual(spanOf('yesterday', NOW, days), { from: Date.parse('2026-03-11T19:00:00Z'), to: Date.parse('2026-03-12T19:00:00Z') });
  assert.deepEqual(spanOf('custom', NOW, days, { from: '2026-03-01', to: '2026-03-02' }), {
    from: Date.parse('2026-02-28T19:00:00Z'),
    to: Date.parse('2026-03-02T19:00:00Z'),
  });
  assert.deepEqual(spanOf('custom', NOW, days, { from: 'x', to: '2026-02-31' }), {});
  assert.deepEqual(spanOf('all', NOW, days), {});
});

test('an address that somebody made up asks for nothing that the API refuses to know', () => {
  const { direction, attention } = facetsOf({ direction: 'sideways', attention: 'all', period: 'ever' }, NOW, days);
  assert.deepEqual([direction, attention], [undefined, undefined]);
  assert.deepEqual(searchFilter('party', '+27 713-803 912'), { party: '27713803912' });
  assert.deepEqual(searchFilter('name', ' Thandi Nkosi '), { name: 'Thandi Nkosi' });
});

test('sums are exact, whatever their size, and currencies stay apart', () => {
  assert.equal(sumOf(['0.1', '0.2', '99999999999999999999.07']), '99999999999999999999.37');
  assert.equal(sumOf([]), '0');
  const part = { currency: 'USD', count: 1, fees: '0', direction: 'out', state: 'completed', amount: '1.50' } as const;
  const [usd, xof] = sumsByCurrency([
    part,
    { ...part, direction: 'in', amount: '2' },
    { ...part, state: 'acknowledged', direction: 'in', amount: '7' },
    { ...part, state: 'pending', amount: '0.5' },
    { ...part, currency: 'XOF', state: 'failed', amount: '9' },
  ]);
  assert.deepEqual([usd?.out, usd?.in, usd?.unknown, usd?.failedCount], ['1.50', '2', '7.5', 0]);
  assert.deepEqual([xof?.out, xof?.unknown, xof?.failedCount], ['0', '0', 1]);
});

test('amounts keep each digit in each language', () => {
  assert.equal(formatsIn('en', 'UTC').amount('1234567.80', 'USD'), '1,234,567.80\u00a0USD');
  assert.equal(
    formatsIn('fr', 'UTC').amount('12345678901234567890.5', 'XOF'),
    '12\u202f345\u202f678\u202f901\u202f234\u202f567\u202f890,5\u00a0XOF',
  );
  assert.equal(formatsIn('en', 'UTC').amount('25', 'USD'), '25.00\u00a0USD');
  assert.equal(formatsIn('en', 'UTC').amount('25', 'XOF'), '25\u00a0XOF');
  assert.equal(formatsIn('en', 'UTC').figure('0.123', 'USD'), '0.123');
  assert.equal(formatsIn('en', 'UTC').amount('not a number'), 'not a number');
  assert.equal(formatsIn('en', 'UTC').amount('7', 'no currency'), '7\u00a0no currency');
  assert.match(formatsIn('en', 'Africa/Dar_es_Salaam').exactly(NOW), /^12 Mar 2026, 23:30:00\.000 UTC\+3$/);
});

test('a file that broke goes on after the last whole row', () => {
  const first = withLines(EMPTY_EXPORT('csv'), 'row,startedAt\r\n90,a\r\n89,b\r\n88,c');
  assert.deepEqual([first.file.rows, first.file.last, first.rest], [2, 89, '88,c']);
  const json = withLines(EMPTY_EXPORT('jsonl'), '{"direction":"out","id":7,"x":{"id":"1"}}\n{"direction":"out","id":6}\n{"dir');
  assert.deepEqual([json.file.rows, json.file.last, json.rest], [2, 6, '{"dir']);
});

test('of a list of any length some rows are drawn: those in sight, and some around; none beyond its end', () => {
  assert.deepEqual(rowsDrawn(1_000_000, 500_000, 20), { first: 499_992, end: 500_028 });
  assert.deepEqual(rowsDrawn(1_000_000, 0, 20), { first: 0, end: 28 });
  assert.deepEqual(rowsDrawn(5, 0, 20), { first: 0, end: 5 });
  // filtered while it was scrolled far down
  assert.deepEqual(rowsDrawn(30, 900, 20), { first: 22, end: 30 });
  assert.deepEqual(rowsDrawn(0, 900, 20), { first: 0, end: 0 });
});

test('values that somebody agrees to are read line by line, and none is left out', () => {
  assert.deepEqual(valueLines({ endpoints: { ingressUrl: 'https://a.example', egress: ['192.0.2.1:443', '192.0.2.2:443'] }, on: false }), [
    ...['endpoints.ingressUrl: https://a.example', 'endpoints.egress: 192.0.2.1:443, 192.0.2.2:443', 'on: false'],
  ]);
  assert.deepEqual(valueLines({ before: undefined, after: { none: [], nothing: null, some: [{ a: 1 }, { a: 2 }] } }), [
    ...['after.none: –', 'after.nothing: null', 'after.some.0.a: 1', 'after.some.1.a: 2'],
  ]);
  assert.deepEqual(valueLines('alone'), ['alone']);
});

test('a date of a business day is that day in every zone, and sizes are in the unit in which people say them', () => {
  assert.deepEqual(
    [formatsIn('en', 'Pacific/Auckland').date('2026-03-12'), formatsIn('fr', 'America/Lima').date('2026-03-12')],
    [...['12 Mar 2026', '12 mars 2026']],
  );
  const { size, instant } = formatsIn('en', 'UTC');
  assert.deepEqual([size(300), size(40_960)], ['315 MB', '43 GB']);
  assert.equal(instant(Date.UTC(2026, 2, 12, 9, 8, 7, 6)), '12 Mar 2026, 09:08:07 UTC');
});
