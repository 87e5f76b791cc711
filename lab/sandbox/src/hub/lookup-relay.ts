import { errorBody, isErrorCode, type Operation, partyPath, type Received } from '@payment-manager/fspiop';
import type { HttpRequest, World } from '@payment-manager/runtime';
import type { Deliveries, DeliveryOutcome } from './deliveries.ts';
import { type HubMessage, relayOf } from './hub-message.ts';
import type { SchemeDirectory } from './scheme-directory.ts';

export interface LookupRelayParts extends Pick<World, 'random' | 'log'> {
  readonly hubId: string;
  readonly directory: SchemeDirectory;
  readonly deliveries: Deliveries;
}

/** A request whose sender waits is tried this often before the sender gets an error callback. */
const REQUEST_ATTEMPTS = 3;
/** Names of the receiver's synchronous error, when it gave one. */
const DESTINATION_UNREACHABLE = '1001';

/**
 * Parties, participants and quotes: what the hub passes on without looking into it (docs/protocol.md, 14). Nothing here is
 * kept; who gets no answer asks again. Always exactly one of: forwarded, answered, error callback.
 */
export interface LookupRelay {
  /** True when the message is one of these; it has then been taken care of. */
  take(received: Received, request: HttpRequest): boolean;
}

/** Makes the relay. */
export function lookupRelay(parts: LookupRelayParts): LookupRelay {
  return {
    take(received, request) {
      const { operation } = received;
      switch (operation) {
        case 'GET /parties':
          lookUpParty(parts, received, request);
          return true;
        case 'GET /participants':
          lookUpParticipant(parts, received);
          return true;
        case 'POST /quotes':
        case 'GET /quotes':
          forwardRequest(parts, received, request, received.destination);
          return true;
        case 'PUT /parties':
        case 'PUT /parties/error':
        case 'PUT /participants':
        case 'PUT /participants/error':
        case 'PUT /quotes':
        case 'PUT /quotes/error':
          forwardCallback(parts, received, request);
          return true;
        default:
          return false;
      }
    },
  };
}

function lookUpParty(parts: LookupRelayParts, received: Received, request: HttpRequest): void {
  const { party } = received.route;
  if (received.destination !== undefined && received.destination !== parts.hubId) {
    forwardRequest(parts, received, request, received.destination);
    return;
  }
  const owner = party && parts.directory.ownerOf(party);
  if (owner === undefined) callBackError(parts, received, '3204');
  else forwardRequest(parts, received, request, owner);
}

function lookUpParticipant(parts: LookupRelayParts, received: Received): void {
  const { party } = received.route;
  const fspId = party && parts.directory.ownerOf(party);
  if (party === undefined || fspId === undefined) {
    callBackError(parts, received, '3204');
    return;
  }
  const message: HubMessage = {
    kind: 'own',
    operation: 'PUT /participants',
    path: partyPath('participants', party),
    version: received.answerVersion,
    body: { fspId },
  };
  send(parts, received.source, message);
}

/** A request goes to its destination; when it cannot, its sender is told why. */
function forwardRequest(parts: LookupRelayParts, received: Received, request: HttpRequest, destination: string | undefined): void {
  if (destination === undefined || parts.directory.participant(destination) === undefined) {
    callBackError(parts, received, received.operation === 'GET /quotes' && destination === undefined ? '3205' : '3201');
    return;
  }
  const message = relayOf(request, received.operation, destination);
  void parts.deliveries.deliver({ id: parts.random.uuid(), to: destination, message }, REQUEST_ATTEMPTS).then((outcome) => {
    if (outcome.kind !== 'acknowledged') callBackError(parts, received, codeOf(outcome));
  });
}

function forwardCallback(parts: LookupRelayParts, received: Received, request: HttpRequest): void {
  const { destination, operation } = received;
  if (destination === undefined || parts.directory.participant(destination) === undefined) {
    parts.log.warn('a callback has no known destination', { operation, from: received.source });
    return;
  }
  send(parts, destination, relayOf(request, operation));
}

function callBackError(parts: LookupRelayParts, received: Received, code: string): void {
  const path = errorPath(received);
  if (path === undefined) return;
  const operation = `PUT /${received.route.resource}/error` as Operation;
  send(parts, received.source, { kind: 'own', operation, path, version: received.answerVersion, body: errorBody(code) });
}

/** Where the sender of a request waits for an error. */
function errorPath(received: Received): string | undefined {
  const { resource, party, id } = received.route;
  if (party !== undefined && (resource === 'parties' || resource === 'participants')) return `${partyPath(resource, party)}/error`;
  const quoteId = id ?? (received.body as { quoteId?: string } | undefined)?.quoteId;
  return quoteId === undefined ? undefined : `/quotes/${quoteId}/error`;
}

/** The receiver's own word when it refused in proper form, else: not reachable. */
function codeOf(outcome: DeliveryOutcome): string {
  if (outcome.kind !== 'refused') return DESTINATION_UNREACHABLE;
  try {
    const body = JSON.parse(Buffer.from(outcome.body).toString('utf8')) as { errorInformation?: { errorCode?: unknown } };
    const code = body.errorInformation?.errorCode;
    return isErrorCode(code) ? String(code) : DESTINATION_UNREACHABLE;
  } catch {
    return DESTINATION_UNREACHABLE;
  }
}

function send(parts: LookupRelayParts, to: string, message: HubMessage): void {
  void parts.deliveries.deliver({ id: parts.random.uuid(), to, message });
}
