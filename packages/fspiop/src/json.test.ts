import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FspiopError } from './errors.ts';
import { canonicalJson, contentHash, hasDuplicateMembers, parseJson } from './json.ts';

const refused = (error: unknown) => error instanceof FspiopError && error.errorCode === '3101';
const json = fc.jsonValue({ depthSize: 'medium', stringUnit: 'binary' });

/** An object with its members in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  );
}

test('json: canonical JSON is the same content, sorted, and the same for every order of members', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.equal(canonicalJson(JSON.parse(text)), text);
      assert.equal(canonicalJson(shuffled(value)), text);
      assert.equal(contentHash(shuffled(value)), contentHash(value));
    }),
  );
});

test('json: however many members there are, they are sorted in the same way', () => {
  for (const count of [0, 1, 2, 23, 24, 25, 60]) {
    const names = Array.from({ length: count }, (_, index) => `${(index * 37) % 101}é${index}`);
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 1])));
    assert.equal(
      text,
      `{${[...names]
        .sort()
        .map((name) => `"${name}":1`)
        .join(',')}}`,
    );
  }
});

test('json: members are sorted by UTF-16 code unit, numbers in names included', () => {
  assert.equal(
    canonicalJson({ b: 1, 10: 1, 9: 1, a: { z: [], y: {} }, '😀': 1, '\uffee': 1 }),
    '{"10":1,"9":1,"a":{"y":{},"z":[]},"b":1,"😀":1,"\uffee":1}',
  );
});

test('json: text stays UTF-8, undefined members vanish, null stays', () => {
  assert.equal(canonicalJson({ name: 'José "x" \u007f', none: undefined, nothing: null }), '{"name":"José \\"x\\" \u007f","nothing":null}');
  assert.equal(canonicalJson(JSON.parse('{"__proto__":"1"}')), '{"__proto__":"1"}');
});

test('json: what JSON cannot say is a defect of the caller, not text', () => {
  for (const value of [1n, () => 1, Symbol('x'), undefined]) assert.throws(() => canonicalJson(value), TypeError);
});

test('json: a number beyond all numbers, which JSON.parse lets through, does not throw', () => {
  assert.equal(canonicalJson(parseJson(Buffer.from('{"b":1e400,"a":-0}'))), '{"a":0,"b":null}');
});

test('json: 100,000 levels are refused before anything recursive runs, 64 are read', () => {
  assert.throws(() => parseJson(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))), refused);
  assert.throws(() => parseJson(Buffer.from('['.repeat(65) + ']'.repeat(65))), refused);
  assert.ok(parseJson(Buffer.from('['.repeat(64) + ']'.repeat(64))));
  assert.deepEqual(parseJson(Buffer.from(`{"a":"${'['.repeat(100)}\\"${'{'.repeat(100)}"}`)), {
    a: `${'['.repeat(100)}"${'{'.repeat(100)}`,
  });
});

test('json: an empty body, broken UTF-8 and broken JSON are 3101', () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('{"a":"\xff"}', 'latin1'),
    Buffer.from('{'),
    Buffer.from('"'),
    Buffer.from('{"a":"\\'),
    Buffer.from('nul'),
  ]) {
    assert.throws(() => parseJson(bytes), refused);
  }
});

test('json: any bytes are either JSON or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: fc.constantFrom(...'{}[]":,\\a1 ') }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        try {
          assert.deepEqual(parseJson(bytes), JSON.parse(Buffer.from(bytes).toString()));
        } catch (error) {
          assert.ok(refused(error));
        }
      },
    ),
  );
});

test('json: a member that occurs twice in one object is found, however it is spelled', () => {
  const duplicated = [
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":[{"b":1 , "b"\n:2}]}',
    '{"a":{"a":1},"a":2}',
    '{"":1,"":2}',
    '{"a\\\\":1,"a\\\\":1}',
  ];
  for (const text of duplicated) assert.equal(hasDuplicateMembers(Buffer.from(text)), true, text);
  const unique = ['{}', '{"a":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"a","b":"a"}', '{"a":"\\"a\\":","b":1}', '{"a":["a","a"]}'];
  for (const text of unique) assert.equal(hasDuplicateMembers(Buffer.from(text)), false, text);
});

test('json: a text that was made from an object has no duplicates', () => {
  fc.assert(fc.property(json, (value) => assert.equal(hasDuplicateMembers(Buffer.from(JSON.stringify(value))), false)));
});
