import assert from 'node:assert/strict';
import type { QuotesIdPutResponse, QuotesPostRequest, TransfersPostRequest } from '@payment-manager/fspiop';
import type { World } from './world.ts';

let ids = 0;
export function uuid(): string {
  return `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
}

export function quoteRequest(change: Partial<QuotesPostRequest> = {}): QuotesPostRequest {
  return {
    quoteId: uuid(),
    transactionId: uuid(),
    payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '222', fspId: 'us' } },
    payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '111', fspId: 'them' } },
    amountType: 'SEND',
    amount: { currency: 'USD', amount: '100' },
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
    ...change,
  };
}

export interface Quoted {
  readonly request: QuotesPostRequest;
  readonly response: QuotesIdPutResponse;
}

/** A quote that we answered. */
export async function quoted(
  world: World,
  change: Partial<QuotesPostRequest> = {},
  options: { source?: string; version?: string } = {},
): Promise<Quoted> {
  const request = quoteRequest(change);
  await world.receive('POST', '/quotes', request, options);
  await world.time.advance(0);
  const answer = world.messages('PUT', `/quotes/${request.quoteId}`).at(-1);
  assert.ok(answer, 'the quote was not answered');
  return { request, response: answer.body as QuotesIdPutResponse };
}

export function prepareFor(world: World, quote: Quoted, change: Partial<TransfersPostRequest> = {}): TransfersPostRequest {
  const { ilpPacket, condition, transferAmount } = quote.response;
  return {
    transferId: quote.request.transactionId,
    payeeFsp: 'us',
    payerFsp: 'them',
    amount: transferAmount,
    ilpPacket,
    condition,
    expiration: new Date(world.time.now() + 30_000).toISOString(),
    ...change,
  };
}

/** Delivers a prepare and lets everything happen that needs no time. */
export async function prepare(
  world: World,
  body: TransfersPostRequest,
  options: { source?: string; version?: string } = {},
): Promise<string> {
  await world.receive('POST', '/transfers', body, options);
  await world.time.advance(0);
  return body.transferId;
}

/** A transfer for which we answered RESERVED or COMMITTED. */
export async function fulfilled(
  world: World,
  options: { version?: string; expiration?: string } = {},
): Promise<{ id: string; quote: Quoted; body: TransfersPostRequest }> {
  const quote = await quoted(world, {}, options);
  const body = prepareFor(world, quote, options.expiration === undefined ? {} : { expiration: options.expiration });
  const id = await prepare(world, body, options);
  return { id, quote, body };
}

export async function patch(
  world: World,
  id: string,
  transferState: 'COMMITTED' | 'ABORTED',
  options: { source?: string } = {},
): Promise<void> {
  await world.receive(
    'PATCH',
    `/transfers/${id}`,
    { transferState, completedTimestamp: new Date(world.time.now()).toISOString() },
    { source: 'switch', ...options },
  );
  await world.time.advance(0);
}

export async function hubSays(world: World, id: string, errorCode: string, source = 'switch'): Promise<void> {
  await world.receive('PUT', `/transfers/${id}/error`, { errorInformation: { errorCode, errorDescription: 'test' } }, { source });
  await world.time.advance(0);
}

/** What we said of the transfer: `RESERVED`, `COMMITTED`, or `error NNNN`, in order. */
export function told(world: World, id: string): string[] {
  return world.sent
    .filter((message) => message.method === 'PUT' && message.path.startsWith(`/transfers/${id}`))
    .map((message) => message.body.transferState ?? `error ${message.body.errorInformation.errorCode}`);
}
