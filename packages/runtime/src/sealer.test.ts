import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSealer, type SealBroken } from './sealer.ts';
import { seededRandom } from './simulated/seeded-random.ts';
import { systemRandom } from './system.ts';

const key = Buffer.alloc(32, 7);
const sealer = createSealer(key, systemRandom);
const broken = (error: SealBroken): boolean => error.code === 'SEAL_BROKEN';

test('what is sealed is opened again with its context, and only with it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.string(), fc.string(), (plain, context, other) => {
      const sealed = sealer.seal(plain, context);
      assert.deepEqual(Buffer.from(sealer.open(sealed, context)), Buffer.from(plain));
      if (other !== context) assert.throws(() => sealer.open(sealed, other), broken);
    }),
  );
});

test('a sealed text that was altered in any character is refused', () => {
  const sealed = sealer.seal(Buffer.from('fulfilment'), 'quote 1');
  for (let at = 0; at < sealed.length; at++) {
    const altered = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    assert.throws(() => sealer.open(altered, 'quote 1'), broken, `character ${at}`);
  }
  for (const wrong of ['', 'v1', 'v1..', 'v2.a.b', `${sealed}.x`, sealed.slice(0, -1)])
    assert.throws(() => sealer.open(wrong, 'quote 1'), broken);
});

test('another key does not open it, and the error tells nothing of the value', () => {
  const sealed = sealer.seal(Buffer.from('fulfilment'), 'c');
  const other = createSealer(Buffer.alloc(32, 8), systemRandom);
  assert.throws(
    () => other.open(sealed, 'c'),
    (error: SealBroken) => broken(error) && !error.message.includes('fulfilment'),
  );
  assert.throws(() => createSealer(Buffer.alloc(16), systemRandom), RangeError);
});

test('the same value is never sealed to the same text twice', () => {
  const seeded = createSealer(key, seededRandom(1));
  const texts = new Set(Array.from({ length: 1_000 }, () => seeded.seal(Buffer.from('x'), 'c')));
  assert.equal(texts.size, 1_000);
});
