import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotesIdPutResponse, QuotesPostRequest } from '@payment-manager/fspiop';
import { partyAnswers, paymentOf, paymentRequest, quoteAnswers } from '../../test/payer-scenes.ts';
import { makeWorld, settled } from '../../test/world.ts';
import type { FeeLimit } from '../transfer/connector-settings.ts';
import { isWithinFeeLimit } from './quote-checks.ts';

interface Quote {
  readonly amountType: 'SEND' | 'RECEIVE';
  readonly amount: string;
  readonly transferAmount: string;
  readonly payeeReceiveAmount?: string;
}

function accepts(quote: Quote, limits: Readonly<Record<string, FeeLimit>>, currency = 'USD'): boolean {
  const money = (amount: string) => ({ currency, amount });
  const request = { amountType: quote.amountType, amount: money(quote.amount) } as QuotesPostRequest;
  const response = {
    transferAmount: money(quote.transferAmount),
    ...(quote.payeeReceiveAmount !== undefined && { payeeReceiveAmount: money(quote.payeeReceiveAmount) }),
  } as QuotesIdPutResponse;
  return isWithinFeeLimit(limits, request, response);
}

const SEND = { amountType: 'SEND', amount: '100', transferAmount: '99.8' } as const;
const RECEIVE = { amountType: 'RECEIVE', amount: '100', payeeReceiveAmount: '100' } as const;

test('fee limit: a SEND costs the customer what was to be sent less what the payee gets, whatever the transferAmount', () => {
  const limits = { USD: { absolute: '1' } };
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '99' }, limits), true);
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '98.9999' }, limits), false);
  // the transferAmount is small, and so is what the payee gets
  assert.equal(accepts({ ...SEND, transferAmount: '50', payeeReceiveAmount: '50' }, limits), false);
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '101' }, limits), true);
});

test('fee limit: a RECEIVE costs the customer the transferAmount less what was to be received', () => {
  const limits = { USD: { absolute: '1' } };
  assert.equal(accepts({ ...RECEIVE, transferAmount: '101' }, limits), true);
  assert.equal(accepts({ ...RECEIVE, transferAmount: '101.0001' }, limits), false);
  // that the payee gets more of it makes it no cheaper for the payer
  assert.equal(accepts({ ...RECEIVE, transferAmount: '102', payeeReceiveAmount: '102' }, limits), false);
  assert.equal(accepts({ ...RECEIVE, transferAmount: '99' }, limits), true);
});

test('fee limit: a relative limit is a part of what was asked for; where both are given both hold', () => {
  const twoPercent = { USD: { percent: '2' } };
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '98' }, twoPercent), true);
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '97.9999' }, twoPercent), false);
  assert.equal(accepts({ ...RECEIVE, transferAmount: '102' }, twoPercent), true);
  assert.equal(accepts({ ...RECEIVE, transferAmount: '102.0001' }, twoPercent), false);
  const exact = { USD: { percent: '0.0001' } };
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '99.9999' }, exact), true);
  assert.equal(accepts({ ...SEND, payeeReceiveAmount: '99.9998' }, exact), false);
  for (const both of [{ USD: { absolute: '1', percent: '2' } }, { USD: { absolute: '2', percent: '1' } }]) {
    assert.equal(accepts({ ...SEND, payeeReceiveAmount: '99' }, both), true);
    assert.equal(accepts({ ...SEND, payeeReceiveAmount: '98.5' }, both), false);
  }
  const large = { ...SEND, amount: '999999999999999999', transferAmount: '999999999999999999' };
  assert.equal(accepts({ ...large, payeeReceiveAmount: '979999999999999999.0201' }, twoPercent), true);
  assert.equal(accepts({ ...large, payeeReceiveAmount: '979999999999999999.0199' }, twoPercent), false);
});

test('fee limit: without a limit for the currency, or without a word what the payee gets, nothing is accepted', () => {
  const free = { ...SEND, transferAmount: '100', payeeReceiveAmount: '100' };
  assert.equal(accepts(free, {}), false);
  assert.equal(accepts(free, { USD: {} }), false);
  assert.equal(accepts(free, { USD: { absolute: '1' } }, 'XOF'), false);
  assert.equal(accepts(free, { USD: { absolute: '0' } }), true);
  assert.equal(accepts({ amountType: 'SEND', amount: '100', transferAmount: '100' }, { USD: { absolute: '1' } }), false);
  assert.equal(accepts({ amountType: 'RECEIVE', amount: '100', transferAmount: '100' }, { USD: { absolute: '1' } }), false);
});

test('payer: a RECEIVE of 10 at 1,000,000 is offered to the DFSP, not accepted for it', async () => {
  for (const maxAutoAcceptFee of [{}, { XOF: { absolute: '1000000' } }, { USD: { absolute: '1' } }]) {
    const world = await makeWorld({ autoAcceptParty: true, autoAcceptQuote: true, maxAutoAcceptFee });
    const starting = world.connector.payer.start({ request: paymentRequest({ amountType: 'RECEIVE', amount: '10' }) });
    await world.time.advance(0);
    await partyAnswers(world);
    await world.time.advance(0);
    const usd = (amount: string) => ({ currency: 'USD', amount });
    await quoteAnswers(world, { transferAmount: usd('1000000'), payeeReceiveAmount: usd('10'), payeeFspFee: usd('999990') });
    assert.equal(paymentOf(await settled(world, starting)).stage, 'quote-offered');
    assert.equal(world.messages('POST', '/transfers').length, 0);
  }
});
