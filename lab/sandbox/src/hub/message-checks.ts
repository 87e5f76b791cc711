import { checkSignature, FspiopError, type Received, receive, type SupportedVersions, verifySignature } from '@payment-manager/fspiop';
import type { HttpRequest, World } from '@payment-manager/runtime';
import type { SchemeDirectory } from './scheme-directory.ts';

export interface MessageChecksParts extends Pick<World, 'signatures'> {
  readonly hubId: string;
  readonly directory: SchemeDirectory;
  /** Off: the hub lets everybody in who can reach it, as behind a gateway that checks. */
  readonly requireClientCertificate: boolean;
  /** Off: signatures are passed on without looking at them, as deployed hubs do. */
  readonly verifySignatures: boolean;
  /** Off, as the field does it: `PUT /parties` may come without a signature (docs/protocol.md, 12.6). One that is there is verified. */
  readonly requireSignedParties: boolean;
}

const VERSIONS: SupportedVersions = {
  parties: ['1.0', '1.1', '2.0'],
  participants: ['1.0', '1.1', '2.0'],
  quotes: ['1.0', '1.1', '2.0'],
  transfers: ['1.0', '1.1', '2.0'],
};

/**
 * Checks an arriving message in the order of docs/protocol.md, 4: identity of the connection, path, method, headers, JSON, schema,
 * that source and certificate are one, signature.
 *
 * @throws FspiopError with the synchronous status
 */
export async function checkMessage(request: HttpRequest, parts: MessageChecksParts): Promise<Received> {
  if (parts.requireClientCertificate && (!request.clientAuthenticated || request.clientName === undefined)) {
    throw new FspiopError('3000', 'the client certificate does not identify the caller', { httpStatus: 401 });
  }
  const destination = request.headers['fspiop-destination'];
  const received = receive(request, {
    fspId: destination === undefined || destination === '' ? parts.hubId : destination,
    versions: VERSIONS,
  });
  if (request.method === 'PATCH') throw new FspiopError('3000', 'only the hub sends PATCH', { httpStatus: 405 });
  if (parts.requireClientCertificate && request.clientName !== received.source) {
    throw new FspiopError('3100', 'fspiop-source is not the holder of the client certificate', { httpStatus: 400 });
  }
  if (parts.directory.participant(received.source) === undefined) {
    throw new FspiopError('3000', 'fspiop-source is not a participant', { httpStatus: 403 });
  }
  if (parts.verifySignatures && isToVerify(request, received, parts)) await verify(request, received.source, parts);
  return received;
}

function isToVerify(request: HttpRequest, received: Received, parts: MessageChecksParts): boolean {
  if (request.headers['fspiop-signature'] !== undefined) return true;
  if (request.method === 'GET') return false;
  return received.operation !== 'PUT /parties' || parts.requireSignedParties;
}

async function verify(request: HttpRequest, source: string, parts: MessageChecksParts): Promise<void> {
  const check = checkSignature(request);
  for (const key of parts.directory.keysOf(source)) {
    const result = await verifySignature(check, key, (...args) => parts.signatures.verify(...args));
    if (result.ok) return;
  }
  throw new FspiopError('3105', 'the signature is not that of fspiop-source', { httpStatus: 400 });
}
