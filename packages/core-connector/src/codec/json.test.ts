import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Decimal } from '../expression/decimal.ts';
import { JsonInvalid, parseExactJson, writeExactJson } from './json.ts';

const plain = (value: unknown): unknown => {
  if (value instanceof Decimal) return Number(value.toString());
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
};

test('exact JSON: numbers are read and written as they are, however long', () => {
  for (const text of ['12345678901234567890.12', '0.1', '-0.001', '100', '0'])
    assert.equal(writeExactJson(parseExactJson(`{"amount":${text}}`)), `{"amount":${text}}`);
  assert.equal(writeExactJson(parseExactJson('[1.50,1e3,2E-2,-0]')), '[1.5,1000,0.02,0]');
});

test('exact JSON: what JSON.parse reads is read alike, but for numbers that a double cannot hold', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      const expected = JSON.parse(text) as unknown;
      let found: unknown;
      try {
        found = plain(parseExactJson(text));
      } catch (error) {
        // exponents beyond all amounts
        assert.ok(error instanceof JsonInvalid);
        return;
      }
      assert.deepEqual(found, plain(expected));
    }),
    { numRuns: 500 },
  );
});

test('exact JSON: what it writes, JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      if (/[eE][+-]?\d/.test(text)) return;
      assert.deepEqual(JSON.parse(writeExactJson(parseExactJson(text))), JSON.parse(text));
    }),
  );
});

test('exact JSON: what JSON.parse refuses is refused, and so is what readers understand differently', () => {
  const broken = [
    '',
    ' ',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '{a:1}',
    "{'a':1}",
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '"',
    '"\\x"',
    '"\\u12"',
    '"\n"',
    'tru',
    'nul',
    '1 2',
    '{"a":1}}',
    'NaN',
    '"a" "b"',
  ];
  for (const text of broken) assert.throws(() => parseExactJson(text), JsonInvalid, text);
  assert.throws(() => parseExactJson('{"a":1,"\\u0061":2}'), JsonInvalid);
  assert.throws(() => parseExactJson(`${'['.repeat(100_000)}`), JsonInvalid);
  assert.throws(() => parseExactJson(`1e${'9'.repeat(3)}`), JsonInvalid);
});

test('exact JSON: names of the language itself are only members', () => {
  const value = parseExactJson('{"__proto__":{"x":1},"constructor":2}') as object;
  assert.deepEqual(Object.keys(value), ['__proto__', 'constructor']);
  assert.deepEqual(
    ['toString', 'valueOf', 'hasOwnProperty'].filter((name) => name in value),
    [],
  );
});

test('exact JSON: an error tells the place, and nothing of what stands there', () => {
  assert.throws(
    () => parseExactJson('{"pin":"secret-1234" x'),
    (error: Error) => /character 22/.test(error.message) && !error.message.includes('secret'),
  );
});
