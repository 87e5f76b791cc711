import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../compile.ts';
import { ANY } from '../shape.ts';
import { EvaluationFailed, type Value } from '../value.ts';

const evaluate = (text: string, root: object = {}): Value =>
  compileExpression(text, ANY).evaluate(Object.assign(Object.create(null), root));

test('a date is that of the zone: before and after midnight, over a change of the clock', () => {
  for (const [instant, zone, date] of [
    ['2026-01-31T23:30:00.000Z', 'UTC', '2026-01-31'],
    ['2026-01-31T23:30:00.000Z', 'Africa/Dar_es_Salaam', '2026-02-01'],
    ['2028-02-29T01:00:00Z', 'America/Los_Angeles', '2028-02-28'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25'],
  ])
    assert.equal(evaluate('$localDate(at, zone)', { at: instant, zone }), date);
  for (const [at, zone] of [
    ['yesterday', 'UTC'],
    ['2026-01-31T23:30:00Z', 'Mars/Olympus'],
  ])
    assert.throws(() => evaluate('$localDate(at, zone)', { at, zone }), EvaluationFailed);
});

test('currencies by ISO 4217: numbers, and amounts in the smallest unit; what is finer or not known is an error', () => {
  for (const [text, wanted] of [
    ['$currencyNumber("KES")', '404'],
    ['$currencyNumber("ALL")', '008'],
    ['$string($currencyDecimals("KES"))', '2'],
    ['$minorUnits($number("99.5"), "KES")', '9950'],
    ['$minorUnits($number("99"), "XOF")', '99'],
    ['$minorUnits($number("1.005"), "TND")', '1005'],
    ['$string($fromMinorUnits("000000009950", "KES"))', '99.5'],
    ['$string($fromMinorUnits("000000009950", "JPY"))', '9950'],
  ] as const)
    assert.equal(evaluate(text), wanted, text);
  for (const text of [
    '$currencyNumber("XXX")',
    '$minorUnits($number("0.5"), "XOF")',
    '$fromMinorUnits("12.5", "KES")',
    '$fromMinorUnits("-1", "KES")',
  ])
    assert.throws(() => evaluate(text), EvaluationFailed, text);
});

test('a UUID and a reference are the same for the same text, and others for others', () => {
  const id = evaluate('$uuid("a")');
  assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(evaluate('$uuid("a")'), id);
  assert.notEqual(evaluate('$uuid("b")'), id);
  assert.match(String(evaluate('$reference("12345678-aaaa", 12)')), /^[A-Z0-9]{12}$/);
  assert.notEqual(evaluate('$reference("12345678-aaaa", 12)'), evaluate('$reference("12345678-bbbb", 12)'), 'not a part of the text');
  assert.equal(evaluate('$uuid(missing)'), undefined);
  assert.throws(() => evaluate('$reference("a", 8)'), /12 to 51 characters/);
});
