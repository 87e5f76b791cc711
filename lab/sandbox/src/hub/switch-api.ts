import {
  contentHash,
  type ErrorBody,
  FspiopError,
  parseDateTime,
  type Received,
  type TransfersIdPutResponse,
  type TransfersPostRequest,
} from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest, HttpResponse, RefusalReason, World } from '@payment-manager/runtime';
import type { Deliveries } from './deliveries.ts';
import { relayOf } from './hub-message.ts';
import type { LookupRelay } from './lookup-relay.ts';
import { checkMessage, type MessageChecksParts } from './message-checks.ts';
import type { TransferDesk } from './transfer-desk.ts';

export interface SwitchApiParts extends MessageChecksParts, Pick<World, 'clock'> {
  readonly desk: TransferDesk;
  readonly lookups: LookupRelay;
  readonly deliveries: Deliveries;
  /** Open transfers at once; above it new ones are refused with 503. */
  readonly openTransfersMax: number;
  /** How far a completedTimestamp may lie ahead of the hub's clock. */
  readonly futureToleranceMs: number;
}

/** What the DFSPs call: the FSPIOP API of a switch. */
export function switchApi(parts: SwitchApiParts): HttpHandler {
  return async (request) => {
    try {
      const received = await checkMessage(request, parts);
      checkCapacity(received, parts);
      if (!parts.lookups.take(received, request)) await takeTransfer(received, request, parts);
      return acknowledgement(request);
    } catch (error) {
      if (error instanceof FspiopError) return errorResponse(error);
      throw error;
    }
  };
}

/** 202 for a request, 200 for a callback; both without a body (docs/protocol.md, 4). */
export function acknowledgement(request: HttpRequest): HttpResponse {
  return { status: request.method === 'PUT' || request.method === 'PATCH' ? 200 : 202 };
}

/** A synchronous error of the FSPIOP API. */
function errorResponse(error: FspiopError): HttpResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (error.httpStatus === 503) headers['retry-after'] = '1';
  return { status: error.httpStatus, headers, body: JSON.stringify(error.toBody()) };
}

/** What the server refuses before a handler sees it, in FSPIOP's words. */
export function refuseFspiop(reason: RefusalReason): HttpResponse {
  const errors: Readonly<Record<RefusalReason, readonly [code: string, status: number]>> = {
    'body-too-large': ['3104', 400],
    'headers-too-large': ['3104', 400],
    'malformed-request': ['3101', 400],
    'request-timeout': ['3100', 400],
    overloaded: ['2005', 503],
    closing: ['2003', 503],
    'handler-failed': ['2001', 500],
  };
  const [code, httpStatus] = errors[reason];
  return errorResponse(new FspiopError(code, undefined, { httpStatus }));
}

/** Only new work is shed (docs/money-rules.md, 9). */
function checkCapacity(received: Received, parts: SwitchApiParts): void {
  const startsWork =
    received.operation === 'POST /transfers' || received.operation === 'POST /quotes' || received.operation === 'GET /parties';
  const isFull = parts.deliveries.isFull || parts.desk.open >= parts.openTransfersMax;
  if (parts.deliveries.isOverfull || (startsWork && isFull)) {
    throw new FspiopError('2005', 'the hub is busy', { httpStatus: 503 });
  }
}

async function takeTransfer(received: Received, request: HttpRequest, parts: SwitchApiParts): Promise<void> {
  const { operation, source, contentVersion } = received;
  const destination = received.destination === parts.hubId ? undefined : received.destination;
  const transferId = received.route.id ?? '';
  const relay = relayOf(request, operation);
  const addressed = destination === undefined ? { source, relay } : { source, relay, destination };
  switch (operation) {
    case 'POST /transfers':
      return parts.desk.prepare({
        ...addressed,
        body: received.body as TransfersPostRequest,
        contentHash: contentHash(received.body),
        answerVersion: received.answerVersion,
      });
    case 'PUT /transfers': {
      const body = received.body as TransfersIdPutResponse;
      checkTimestamp(body, parts);
      return parts.desk.fulfil({ ...addressed, transferId, body, contentHash: contentHash(body), version: contentVersion });
    }
    case 'PUT /transfers/error':
      return parts.desk.refuse({
        transferId,
        source,
        error: (received.body as ErrorBody).errorInformation,
        version: contentVersion,
        relay,
      });
    case 'GET /transfers':
      return parts.desk.inquire(transferId, source, received.answerVersion);
    default:
      throw new FspiopError('3000', 'the hub does not take this', { httpStatus: 405 });
  }
}

/** A transfer cannot have been completed in the future (docs/protocol.md, 7.2): 400. */
function checkTimestamp(body: TransfersIdPutResponse, parts: SwitchApiParts): void {
  if (body.completedTimestamp === undefined) return;
  if (parseDateTime(body.completedTimestamp) > parts.clock.now() + parts.futureToleranceMs) {
    throw new FspiopError('3100', 'completedTimestamp lies in the future', { httpStatus: 400 });
  }
}
