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
