import type { HttpHandler, HttpRequest, HttpResponse, Timers } from '@payment-manager/runtime';

const JSON_CONTENT = { 'content-type': 'application/json' };
const PARTY = { displayName: 'Stub Payee', firstName: 'Stub', lastName: 'Payee' };

/**
 * A core with next to no cost: it knows everybody, asks no fee, and reserves or credits whatever it is told
 * (docs/protocol.md, 17). Nothing is kept. For a transfer it takes as long as `transferMs` says.
 */
export function stubCore(timers: Timers, transferMs: () => number): HttpHandler {
  return async (request) => {
    const takesMs = request.method === 'POST' && request.target === '/transfers' ? transferMs() : 0;
    if (takesMs > 0) await new Promise<void>((resolve) => void timers.after(takesMs, resolve));
    return respond(request);
  };
}

function respond(request: HttpRequest): HttpResponse {
  const [, resource, idType = '', idValue = ''] = request.target.split('/');
  switch (`${request.method} ${resource}`) {
    case 'GET parties':
      return answer({ idType, idValue: decodeURIComponent(idValue), ...PARTY });
    case 'POST quoterequests':
      return price(request);
    case 'POST transfers':
      return answer({ homeTransactionId: 'stub-1' });
    case 'PUT transfers':
      return { status: 200 };
    default:
      return { status: 404 };
  }
}

function price(request: HttpRequest): HttpResponse {
  const { quoteId, transactionId, amount, currency } = JSON.parse(Buffer.from(request.body).toString('utf8')) as Record<string, string>;
  const price = {
    transferAmount: amount,
    transferAmountCurrency: currency,
    payeeReceiveAmount: amount,
    payeeReceiveAmountCurrency: currency,
  };
  return answer({ quoteId, transactionId, ...price });
}

function answer(body: object): HttpResponse {
  return { status: 200, headers: JSON_CONTENT, body: JSON.stringify(body) };
}
