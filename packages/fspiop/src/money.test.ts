import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { amount } from '../test/arbitrary-messages.ts';
import { FspiopError } from './errors.ts';
import { CURRENCIES, currencyDecimals, formatAmount, isAmount, parseAmount, scaledForIlp } from './money.ts';

const withCode = (code: string) => (error: unknown) => error instanceof FspiopError && error.errorCode === code;

test('money: every amount comes back as the same text', () => {
  fc.assert(fc.property(amount, (text) => assert.equal(formatAmount(parseAmount(text)), text)));
});

test('money: every number of units comes back as the same number, and its text is an amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 22n - 1n }), (units) => {
      const text = formatAmount(units);
      assert.ok(isAmount(text));
      assert.equal(parseAmount(text), units);
    }),
  );
});

test('money: what is not an amount, or cannot be said, is refused with 3100', () => {
  for (const text of ['5.0', '-1', 'abc', '', '.5', '05', '1e3', '1000000000000000000', '5\n', '٥']) {
    assert.equal(isAmount(text), false, text);
    assert.throws(() => parseAmount(text), withCode('3100'));
  }
  assert.equal(isAmount(5), false);
  assert.throws(() => formatAmount(-1n), withCode('3100'));
  assert.throws(() => formatAmount(10n ** 22n), withCode('3100'));
});

test('money: amounts are scaled for ILP as the vectors say', () => {
  const { amountScaling } = JSON.parse(readFileSync(new URL('../fixtures/ilp.json', import.meta.url), 'utf8'));
  for (const { amount, exponent, scaled, fitsUint64 } of amountScaling) {
    const scale = () => scaledForIlp(amount, 'AAA', { AAA: exponent });
    if (scaled === null) assert.throws(scale, withCode('3100'), amount);
    else if (fitsUint64) assert.equal(scale(), BigInt(scaled));
    else assert.throws(scale, withCode('5200'));
  }
});

test('money: a currency without decimals is refused with 5106 unless they are configured', () => {
  assert.throws(() => scaledForIlp('1', 'GGP'), withCode('5106'));
  assert.throws(() => scaledForIlp('1', 'toString'), withCode('5106'));
  assert.equal(scaledForIlp('1', 'GGP', { GGP: 2 }), 100n);
  assert.throws(() => scaledForIlp('1', 'GGP', { GGP: 5 }), withCode('2001'));
  assert.equal(scaledForIlp('18446744073709551.615', 'KWD'), 2n ** 64n - 1n);
  assert.throws(() => scaledForIlp('18446744073709551.616', 'KWD'), withCode('5200'));
});

test('money: 164 currencies, and decimals for all but the ten that no peer knows', () => {
  assert.equal(CURRENCIES.size, 164);
  const without = [...CURRENCIES].filter((currency) => currencyDecimals(currency) === undefined);
  assert.deepEqual(without, ['GGP', 'IMP', 'JEP', 'MRO', 'SPL', 'STD', 'TVD', 'VEF', 'XDR', 'ZWD']);
  assert.deepEqual(
    ['XOF', 'KWD', 'XXX', 'USD', 'MRU', 'UYI'].map((currency) => currencyDecimals(currency)),
    [0, 3, 4, 2, 2, 0],
  );
});
