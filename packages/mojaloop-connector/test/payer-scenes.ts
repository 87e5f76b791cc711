import assert from 'node:assert/strict';
import {
  conditionOf,
  encodeIlpV1,
  ilpAccount,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  transactionObject,
} from '@payment-manager/fspiop';
import type { PayerView, PaymentAnswer, PaymentRequest } from '../src/transfer/payer-door.ts';
import { settled, type World, within } from './world.ts';

export const FULFILMENT = Buffer.alloc(32, 7).toString('base64url');
export const CONDITION = conditionOf(FULFILMENT);

export function paymentRequest(change: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    homeTransactionId: 'home-tx-1',
    from: { idType: 'MSISDN', idValue: '111', displayName: 'Payer' },
    to: { idType: 'MSISDN', idValue: '222' },
    amountType: 'SEND',
    currency: 'USD',
    amount: '100',
    transactionType: 'TRANSFER',
    ...change,
  };
}

export function paymentOf(answer: PaymentAnswer | undefined): PayerView {
  assert.equal(answer?.kind, 'payment');
  return answer.payment;
}

export async function partyAnswers(world: World, source = 'them', fspId = 'them'): Promise<void> {
  await world.receive(
    'PUT',
    '/parties/MSISDN/222',
    { party: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '222', fspId }, name: 'Payee' } },
    { source },
  );
}

export function quoteFor(request: QuotesPostRequest, change: Partial<QuotesIdPutResponse> = {}, expiresAt?: number): QuotesIdPutResponse {
  const transferAmount = change.transferAmount ?? request.amount;
  const expiration = change.expiration ?? new Date(expiresAt ?? Date.parse(request.expiration ?? '')).toISOString();
  const ilpPacket = encodeIlpV1({
    amount: transferAmount,
    account: ilpAccount(request.payee),
    transaction: transactionObject(request, { transferAmount, expiration }),
  });
  return { transferAmount, payeeReceiveAmount: transferAmount, expiration, ilpPacket, condition: CONDITION, ...change };
}

export async function quoteAnswers(
  world: World,
  change: Partial<QuotesIdPutResponse> = {},
  options: { source?: string } = {},
): Promise<void> {
  const request = world.messages('POST', '/quotes').at(-1)?.body as QuotesPostRequest;
  await world.receive('PUT', `/quotes/${request.quoteId}`, quoteFor(request, change), options);
}

/** A payment whose quote is on offer. */
export async function quoted(world: World, change: Partial<PaymentRequest> = {}): Promise<string> {
  const starting = world.connector.payer.start({ request: paymentRequest(change) });
  await world.time.advance(0);
  await partyAnswers(world);
  const { transferId } = paymentOf(await settled(world, starting));
  const accepting = world.connector.payer.resume(transferId, { acceptParty: true });
  await world.time.advance(0);
  await quoteAnswers(world);
  assert.equal(paymentOf(await settled(world, accepting)).stage, 'quote-offered');
  return transferId;
}

/** A payment whose prepare has left; `answer` comes when it comes to rest. */
export async function opened(
  world: World,
  change: Partial<PaymentRequest> = {},
): Promise<{ transferId: string; answer: Promise<PaymentAnswer | undefined> }> {
  const transferId = await quoted(world, change);
  const answer = world.connector.payer.resume(transferId, { acceptQuote: true });
  await world.time.advance(0);
  assert.equal(world.messages('POST', '/transfers').at(-1)?.body.transferId, transferId);
  return { transferId, answer };
}

export async function committed(world: World, transferId: string, options: { source?: string; fulfilment?: string } = {}): Promise<void> {
  const body = {
    transferState: 'COMMITTED',
    fulfilment: options.fulfilment ?? FULFILMENT,
    completedTimestamp: new Date(world.time.now()).toISOString(),
  };
  await world.receive('PUT', `/transfers/${transferId}`, body, options);
}

export async function transferFails(
  world: World,
  transferId: string,
  errorCode: string,
  source = 'switch',
  writtenAt = world.time.now(),
): Promise<void> {
  const body = { errorInformation: { errorCode, errorDescription: 'test' } };
  await world.receive('PUT', `/transfers/${transferId}/error`, body, { source, writtenAt });
}

export { within };
