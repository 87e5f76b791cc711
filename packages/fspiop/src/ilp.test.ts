import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { body } from '../test/arbitrary-messages.ts';
import { parseDateTime } from './datetime.ts';
import { FspiopError } from './errors.ts';
import { conditionOf, decodeIlp, encodeIlpV1, encodeIlpV4, ilpAccount, isFulfilment, oerLength, transactionObject } from './ilp.ts';
import { canonicalJson } from './json.ts';
import type { Money, Party, QuotesIdPutResponse, QuotesPostRequest } from './messages.ts';

interface Vector {
  id: string;
  keyOrder: string;
  transactionObject: QuotesPostRequest & { amount: Money; expiration: string };
  json: string;
  scaledAmount: string;
  v1: {
    account: string;
    ilpPacket: string;
    sdkMethod: { fulfilment: string; condition: string };
    specMethod?: { fulfilment: string; condition: string };
  };
  v4: { ilpPacket: string; fulfilment: string; condition: string };
}
const vectors = JSON.parse(readFileSync(new URL('../fixtures/ilp.json', import.meta.url), 'utf8'));
const quotes: Vector[] = vectors.quotes;
const refused = (code: string) => (error: unknown) => error instanceof FspiopError && error.errorCode === code;

/**
 * How the reference SDK and the specification derive a fulfilment. Only to check the vectors: the product's fulfilments are random
 * (docs/money-rules.md, 3).
 */
const sdkFulfilmentV1 = (packet: string) => createHmac('sha256', vectors.sdkHmacKeyAscii).update(packet).digest('base64url');
const sdkFulfilmentV4 = (json: string) =>
  createHmac('sha256', vectors.sdkHmacKeyAscii).update(Buffer.from(json).toString('base64')).digest('base64url');
const specFulfilment = (packet: string) =>
  createHmac('sha256', Buffer.from(vectors.specMethodKeyHex, 'hex')).update(Buffer.from(packet, 'base64url')).digest('base64url');

for (const each of quotes) {
  const { v1, v4, transactionObject: transaction } = each;
  // the vectors with another order of members are the older SDK's: there the text counts as it is
  const data = each.keyOrder === 'sorted' ? transaction : each.json;
  const amount = transaction.amount;
  test(`ILP vector ${each.id}: v1 packet, both methods of fulfilment, and back`, () => {
    assert.equal(ilpAccount(transaction.payee), v1.account);
    assert.equal(encodeIlpV1({ amount, account: v1.account, transaction: data }), v1.ilpPacket);
    assert.equal(sdkFulfilmentV1(v1.ilpPacket), v1.sdkMethod.fulfilment);
    assert.equal(conditionOf(v1.sdkMethod.fulfilment), v1.sdkMethod.condition);
    if (v1.specMethod !== undefined) assert.equal(specFulfilment(v1.ilpPacket), v1.specMethod.fulfilment);
    assert.deepEqual(decodeIlp(v1.ilpPacket), { type: 'v1', amount: BigInt(each.scaledAmount), account: v1.account, transaction });
  });
  test(`ILP vector ${each.id}: v4 packet, fulfilment, and back`, () => {
    const expirationMs = parseDateTime(transaction.expiration);
    assert.equal(encodeIlpV4({ amount, expirationMs, condition: v4.condition, transaction: data }), v4.ilpPacket);
    assert.equal(sdkFulfilmentV4(each.json), v4.fulfilment);
    assert.ok(isFulfilment(v4.fulfilment, v4.condition));
    const decoded = {
      type: 'v4',
      amount: BigInt(each.scaledAmount),
      account: 'g.mojaloop',
      expirationMs,
      condition: v4.condition,
      transaction,
    };
    assert.deepEqual(decodeIlp(v4.ilpPacket), decoded);
  });
}

test('ILP: packets of currency conversion decode, amount 0', () => {
  for (const { v1, v4, transactionObject: transaction } of vectors.fxQuotes) {
    assert.deepEqual(decodeIlp(v1.ilpPacket), { type: 'v1', amount: 0n, account: v1.account, transaction });
    assert.equal(decodeIlp(v4.ilpPacket).condition, v4.condition);
    assert.equal(sdkFulfilmentV1(v1.ilpPacket), v1.sdkMethod.fulfilment);
  }
});

test("ILP: the layout of the specification's example decodes too", () => {
  const { ilpPacket, json, fulfilment, condition } = vectors.specStyle;
  assert.deepEqual(decodeIlp(ilpPacket), {
    type: 'v1',
    amount: 150_000n,
    account: 'g.ke.payeefsp.msisdn.254700000002',
    transaction: JSON.parse(json),
  });
  assert.equal(specFulfilment(ilpPacket), fulfilment);
  assert.ok(isFulfilment(fulfilment, condition));
});

test('ILP: lengths are encoded as the vectors say', () => {
  for (const { contentsLength, prefixHex } of vectors.oerLengthPrefixes) assert.equal(oerLength(contentsLength).toString('hex'), prefixHex);
});

test('ILP: a fulfilment is 43 characters whose hash is the condition, nothing else', () => {
  for (const { id, fulfilment, condition, valid } of vectors.fulfilmentChecks) assert.equal(isFulfilment(fulfilment, condition), valid, id);
  for (const value of [undefined, null, 5, '', 'x']) {
    assert.equal(isFulfilment(value, vectors.fulfilmentChecks[0].condition), false);
    assert.equal(isFulfilment(vectors.fulfilmentChecks[0].fulfilment, value), false);
  }
  assert.throws(() => conditionOf('short'), refused('3100'));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const fulfilment = Buffer.from(bytes).toString('base64url');
      assert.ok(isFulfilment(fulfilment, conditionOf(fulfilment)));
    }),
  );
});

test('ILP: the transaction object holds what the quote and its answer say', () => {
  const { note: _, ...quote } = (quotes[0] as Vector).transactionObject;
  const answer = { transferAmount: { currency: 'KES', amount: '1500' }, expiration: '2026-07-01T09:31:00.000Z' };
  assert.equal(
    canonicalJson(transactionObject({ ...quote, fees: answer.transferAmount, amountType: 'SEND' } as QuotesPostRequest, answer)),
    quotes[0]?.json,
  );
  assert.equal(transactionObject({ ...quote, note: 'thanks' }, answer)['note'], 'thanks');
});

test('ILP: packets of any quote come back with the same amount, account and transaction', () => {
  const inputs = fc.tuple(
    body('POST /quotes', '1.1'),
    fc.bigInt({ min: 0n, max: 10n ** 15n }),
    fc.date({ min: new Date(0), max: new Date('9000-01-01'), noInvalidDate: true }),
  );
  fc.assert(
    fc.property(inputs, ([value, major, date]) => {
      const quote = value as QuotesPostRequest;
      const payee: Party = { ...quote.payee, partyIdInfo: { ...quote.payee.partyIdInfo, fspId: 'payeefsp' } };
      const amount = { currency: 'USD', amount: `${major}` };
      const transaction = transactionObject(quote, { transferAmount: amount, expiration: date.toISOString() } as QuotesIdPutResponse);
      const account = ilpAccount(payee);
      const v1 = decodeIlp(encodeIlpV1({ amount, account, transaction }));
      assert.deepEqual(v1, { type: 'v1', amount: major * 100n, account: account.toWellFormed(), transaction });
      const condition = conditionOf('A'.repeat(43));
      const v4 = decodeIlp(encodeIlpV4({ amount, expirationMs: date.getTime(), condition, transaction }));
      assert.deepEqual(v4, {
        type: 'v4',
        amount: major * 100n,
        account: 'g.mojaloop',
        expirationMs: date.getTime(),
        condition,
        transaction,
      });
    }),
    { numRuns: 50 },
  );
});

test('ILP: whatever text comes, it decodes or is refused with 3100', () => {
  const cut = fc
    .tuple(fc.constantFrom(...quotes.flatMap(({ v1, v4 }) => [v1.ilpPacket, v4.ilpPacket])), fc.nat(200))
    .map(([packet, length]) => packet.slice(0, length));
  const bytes = fc.uint8Array({ minLength: 1 }).map((value) => Buffer.from([value[0]! % 2 === 0 ? 1 : 12, ...value]).toString('base64url'));
  fc.assert(
    fc.property(fc.oneof(fc.string(), cut, bytes), (text) => {
      try {
        decodeIlp(text);
      } catch (error) {
        assert.ok(refused('3100')(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('ILP: what cannot be a packet is refused before one is made', () => {
  const amount = { currency: 'USD', amount: '1' };
  const input = { amount, account: 'g.x', transaction: {} };
  assert.throws(() => encodeIlpV1({ ...input, amount: { currency: 'USD', amount: '1.2345' } }), refused('3100'));
  assert.throws(() => encodeIlpV1({ ...input, amount: { currency: 'USD', amount: '999999999999999999' } }), refused('5200'));
  assert.throws(() => encodeIlpV1({ ...input, amount: { currency: 'XDR', amount: '1' } }), refused('5106'));
  assert.throws(() => encodeIlpV1({ ...input, transaction: { note: 'x'.repeat(20_000) } }), refused('3100'));
  assert.throws(() => encodeIlpV1({ ...input, account: `g.${'x'.repeat(1022)}` }), refused('3100'));
  assert.throws(() => encodeIlpV4({ amount, expirationMs: 0, condition: 'x', transaction: {} }), refused('3100'));
  assert.throws(() => ilpAccount({ partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1' } }), refused('3102'));
});
