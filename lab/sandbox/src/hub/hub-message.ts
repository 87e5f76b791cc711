import type { KeyObject } from 'node:crypto';
import { algorithmFor, attachSignature, buildMessage, type Operation, type RawRequest, signingInput } from '@payment-manager/fspiop';
import type { Clock, Signatures } from '@payment-manager/runtime';

/**
 * A message that the hub sends on. `relay`: a participant's own message, every signed byte untouched (promise 5). `own`: the hub
 * is the source; built and signed with the hub's key at the moment of sending, so that a resend has a new Date.
 */
export type HubMessage =
  | {
      readonly kind: 'relay';
      readonly operation: Operation;
      readonly method: string;
      /** Path and query as received. */
      readonly target: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'own';
      readonly operation: Operation;
      readonly path: string;
      /** Version of the resource, `1.1`. */
      readonly version: string;
      readonly body: object;
    };

/** A message to a participant that is owed until it was acknowledged. */
export interface OwedMessage {
  readonly id: string;
  /** FSP id of the receiver. */
  readonly to: string;
  readonly message: HubMessage;
  /** No attempt after this instant (wall clock, ms): a prepare makes no sense after its expiration. */
  readonly until?: number;
}

/** An owed message that has no id yet: what the pure decisions return. */
export type NewMessage = Omit<OwedMessage, 'id'>;

/** Headers that belong to the message; the others belong to the connection it came over. */
const RELAYED = /^(content-type|accept|date|fspiop-.*|traceparent|tracestate)$/;
const SIGNED = /^fspiop-(signature|uri|http-method)$/;

/**
 * The received request as a message to send on. `destination` is filled in where the sender could not know it
 * (docs/protocol.md, 5); the sender's signature cannot cover it, so it goes.
 */
export function relayOf(request: RawRequest, operation: Operation, destination?: string): HubMessage {
  const addsDestination = destination !== undefined && (request.headers['fspiop-destination'] ?? '') !== destination;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (RELAYED.test(name) && !(addsDestination && SIGNED.test(name))) headers[name] = value;
  }
  if (addsDestination) headers['fspiop-destination'] = destination;
  return {
    kind: 'relay',
    operation,
    method: request.method,
    target: request.target,
    headers,
    body: Buffer.from(request.body).toString('utf8'),
  };
}

/** What the hub signs with; without a key its messages go unsigned, as from many real hubs (docs/protocol.md, 12.6). */
export interface HubIdentity {
  readonly hubId: string;
  readonly signingKey?: KeyObject;
}

/** A message on the wire. */
export interface WireMessage {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes the bytes of a message to `to`. */
export async function toWire(
  message: HubMessage,
  to: string,
  identity: HubIdentity,
  clock: Clock,
  signatures: Signatures,
): Promise<WireMessage> {
  if (message.kind === 'relay') {
    const { method, target, headers, body } = message;
    return body === '' ? { method, target, headers } : { method, target, headers, body };
  }
  const { operation, path, version, body } = message;
  const built = buildMessage({ operation, path, source: identity.hubId, destination: to, version, body, date: clock.now() });
  if (identity.signingKey !== undefined) {
    const algorithm = algorithmFor(identity.signingKey);
    const { protectedHeader, input } = signingInput(built, algorithm);
    attachSignature(built, protectedHeader, await signatures.sign(algorithm, identity.signingKey, input));
  }
  const { method, headers } = built;
  return built.body === undefined ? { method, target: path, headers } : { method, target: path, headers, body: built.body };
}
