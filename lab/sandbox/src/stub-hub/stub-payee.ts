import {
  conditionOf,
  encodeIlpV1,
  formatDateTime,
  ilpAccount,
  type QuotesPostRequest,
  type TransfersPostRequest,
  transactionObject,
} from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest } from '@payment-manager/runtime';
import { bodyOf, type StubParts, sendSigned } from './stub-messages.ts';

const QUOTE_LIFETIME_MS = 60_000;
/** One fulfilment for all: the stub measures others and protects nothing. */
const FULFILMENT = Buffer.alloc(32, 1).toString('base64url');
const CONDITION = conditionOf(FULFILMENT);

/** A hub and a payee in one: whatever a payer's Payment Manager asks is answered well, signed by the payee. */
export function stubPayee(parts: StubParts): HttpHandler {
  return async (request) => {
    void react(parts, request);
    return { status: request.method === 'PUT' ? 200 : 202 };
  };
}

async function react(parts: StubParts, request: HttpRequest): Promise<void> {
  const addressed = { from: parts.payeeFsp, to: request.headers['fspiop-source'] || parts.payerFsp };
  const [, resource, type = '', id = ''] = request.target.split('/');
  if (request.method === 'GET' && resource === 'parties') {
    const partyIdInfo = { partyIdType: type, partyIdentifier: decodeURIComponent(id), fspId: parts.payeeFsp };
    await sendSigned(parts, {
      ...addressed,
      operation: 'PUT /parties',
      path: request.target,
      body: { party: { partyIdInfo, name: 'Stub Payee' } },
    });
  } else if (request.method === 'POST' && resource === 'quotes') {
    const quote = bodyOf<QuotesPostRequest>(request.body);
    await sendSigned(parts, { ...addressed, operation: 'PUT /quotes', path: `/quotes/${quote.quoteId}`, body: price(parts, quote) });
  } else if (request.method === 'POST' && resource === 'transfers') {
    const { transferId } = bodyOf<TransfersPostRequest>(request.body);
    const body = { transferState: 'COMMITTED', fulfilment: FULFILMENT, completedTimestamp: formatDateTime(parts.clock.now()) };
    await sendSigned(parts, { ...addressed, operation: 'PUT /transfers', path: `/transfers/${transferId}`, body });
  }
}

/** The amount is what is transferred and received: no fees. */
function price(parts: StubParts, quote: QuotesPostRequest): object {
  const answer = { transferAmount: quote.amount, expiration: formatDateTime(parts.clock.now() + QUOTE_LIFETIME_MS) };
  const payee = { ...quote.payee, partyIdInfo: { ...quote.payee.partyIdInfo, fspId: parts.payeeFsp } };
  const ilpPacket = encodeIlpV1({ amount: quote.amount, account: ilpAccount(payee), transaction: transactionObject(quote, answer) });
  return { ...answer, payeeReceiveAmount: quote.amount, ilpPacket, condition: CONDITION };
}
