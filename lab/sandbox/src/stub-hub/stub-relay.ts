import { formatDateTime, type Operation, type TransfersIdPutResponse } from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest } from '@payment-manager/runtime';
import { answerQuestion, asksAboutTransfer, bodyOf, isAcknowledged, isErrorPath, type StubParts, sendSigned } from './stub-messages.ts';

/** Headers that belong to the message. */
const RELAYED = [
  'content-type',
  'accept',
  'date',
  'fspiop-source',
  'fspiop-destination',
  'fspiop-uri',
  'fspiop-http-method',
  'fspiop-signature',
];
const TIMEOUT_MS = 30_000;

/**
 * A hub that passes everything on and looks at next to nothing: for measuring two Payment Managers with the least CPU in
 * between. It verifies no signature, keeps no position and resends nothing; a RESERVED is always committed. Never a scheme.
 */
export function stubRelay(parts: StubParts): HttpHandler {
  return async (request) => {
    const isTransferAnswer = request.method === 'PUT' && request.target.startsWith('/transfers/') && !isErrorPath(request.target);
    if (isTransferAnswer) void answerTransfer(parts, request);
    else if (asksAboutTransfer(request)) void answerQuestion(parts, request.target, request.headers['fspiop-source'] || parts.payeeFsp);
    else void relay(parts, request, request.headers['fspiop-destination'] || parts.payeeFsp);
    return { status: request.method === 'PUT' ? 200 : 202 };
  };
}

async function relay(parts: StubParts, request: HttpRequest, destination: string): Promise<void> {
  const headers: Record<string, string> = { 'fspiop-destination': destination };
  for (const name of RELAYED) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const outcome = await parts.client.request({
    method: request.method,
    url: parts.endpointOf(destination) + request.target,
    headers,
    ...(request.body.length > 0 && { body: request.body }),
    timeoutMs: TIMEOUT_MS,
  });
  if (!isAcknowledged(outcome) && request.method !== 'PUT') await tellNotDelivered(parts, request);
}

/** Who asked is told when the other side does not take the question: it has too much to do, or is away. */
async function tellNotDelivered(parts: StubParts, { method, target, headers, body }: HttpRequest): Promise<void> {
  const [, resource = ''] = target.split('/');
  const { quoteId, transferId } = method === 'POST' ? bodyOf<{ quoteId?: string; transferId?: string }>(body) : {};
  const path = method === 'POST' ? `/${resource}/${quoteId ?? transferId}/error` : `${target}/error`;
  const errorInformation = { errorCode: '1001', errorDescription: 'Destination communication error' };
  await sendSigned(parts, {
    operation: `PUT /${resource}/error` as Operation,
    path,
    from: parts.hubId,
    to: headers['fspiop-source'] || parts.payerFsp,
    body: { errorInformation },
  });
}

/** COMMITTED goes on as it is. After RESERVED the hub tells both sides itself. */
async function answerTransfer(parts: StubParts, request: HttpRequest): Promise<void> {
  const destination = request.headers['fspiop-destination'] || parts.payerFsp;
  const body = bodyOf<TransfersIdPutResponse>(request.body);
  if (body.transferState !== 'RESERVED') return relay(parts, request, destination);
  const path = request.target;
  const completedTimestamp = formatDateTime(parts.clock.now());
  const outcome = { completedTimestamp, transferState: 'COMMITTED' };
  await Promise.all([
    sendSigned(parts, {
      operation: 'PUT /transfers',
      path,
      from: parts.hubId,
      to: destination,
      body: { ...outcome, fulfilment: body.fulfilment },
    }),
    sendSigned(parts, {
      operation: 'PATCH /transfers',
      path,
      from: parts.hubId,
      to: request.headers['fspiop-source'] || parts.payeeFsp,
      body: outcome,
    }),
  ]);
}
