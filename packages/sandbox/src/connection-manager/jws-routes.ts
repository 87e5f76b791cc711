import { createPublicKey } from 'node:crypto';
import { externalJwsRule, jwsRule } from './body-rules.ts';
import { problem } from './problem.ts';
import { type DfspRecord, emptyDfsp, type JwsRecord, type Validated } from './records.ts';
import type { Route } from './route.ts';
import { type Call, NOTHING, ok, type ServerParts } from './server-parts.ts';

const scopes = ['mta', 'pta'] as const;
const ownPath = '/dfsps/{dfspId}/jwscerts';

/** JWS keys: nothing but a missing key or a date that is no number is refused. There is no PUT. */
export const jwsRoutes: readonly Route[] = [
  { method: 'GET', path: '/dfsps/jwscerts', scopes: ['mta', 'pta', 'dfsp'], handle: ({ parts }) => ok(allKeys(parts)) },
  { method: 'GET', path: ownPath, scopes, handle: (call) => ok(ownKey(call.dfsp())) },
  {
    method: 'POST',
    path: ownPath,
    scopes,
    body: jwsRule,
    handle(call) {
      const { publicKey, createdAt } = call.body as { publicKey: string; createdAt?: number };
      return ok(putJws(call.parts, call.dfsp(), publicKey, createdAt));
    },
  },
  {
    method: 'DELETE',
    path: ownPath,
    scopes,
    handle(call) {
      removeJws(call.parts, call.dfsp());
      return NOTHING;
    },
  },
  { method: 'POST', path: '/external-dfsps/jwscerts', scopes, body: externalJwsRule, handle: uploadExternal },
  { method: 'GET', path: '/hub/jwscerts', scopes, handle: hubKey },
  {
    method: 'POST',
    path: '/hub/jwscerts',
    scopes,
    body: jwsRule,
    handle({ parts, body }) {
      const { publicKey, createdAt } = body as { publicKey: string; createdAt?: number };
      return ok(putHubJws(parts, publicKey, createdAt));
    },
  },
];

/** Native keys, the hub's own among them, then those of other schemes; an id may come twice. */
function allKeys({ book }: ServerParts): JwsRecord[] {
  const byText = (a: JwsRecord, b: JwsRecord): number => (String(a.dfspId) < String(b.dfspId) ? -1 : 1);
  const native = book.records.dfsps.flatMap(({ jws }) => (jws ? [jws] : []));
  return [...native.toSorted(byText), ...book.records.externalJws.toSorted(byText)];
}

function ownKey({ jws }: DfspRecord): JwsRecord {
  if (!jws) throw problem('NotFoundError', '');
  return jws;
}

/** Stores a DFSP's key, whatever it is. */
export function putJws(parts: ServerParts, dfsp: DfspRecord, publicKey: string, createdAt: number | undefined): JwsRecord {
  const record: JwsRecord = { dfspId: dfsp.dfspId, publicKey, ...(createdAt !== undefined && { createdAt }), ...validated(publicKey) };
  if (dfsp.jws && dfsp.jws.publicKey !== publicKey) dfsp.previousJws = dfsp.jws;
  dfsp.jws = record;
  parts.book.save();
  return record;
}

/** Removes a DFSP's key, and the one before it. */
export function removeJws(parts: ServerParts, dfsp: DfspRecord): void {
  dfsp.jws = undefined;
  dfsp.previousJws = undefined;
  parts.book.save();
}

/** The hub's own key makes the hub one of the DFSPs. */
export function putHubJws(parts: ServerParts, publicKey: string, createdAt: number | undefined): JwsRecord {
  const { book, hubId } = parts;
  let hub = book.dfsp(hubId);
  if (!hub) {
    hub = emptyDfsp(book.nextId(), hubId, hubId);
    book.records.dfsps.push(hub);
  }
  return putJws(parts, hub, publicKey, createdAt);
}

function hubKey({ parts }: Call) {
  const hub = parts.book.dfsp(parts.hubId);
  if (!hub?.jws) throw problem('NotFoundError', '');
  return ok(hub.jws);
}

/** Keys of DFSPs that live in another scheme; those of our own are left out of it. */
function uploadExternal({ parts, body }: Call) {
  const given = body as unknown as { dfspId?: string; publicKey: string; createdAt?: number }[];
  const { records } = parts.book;
  const stored = given
    .filter(({ dfspId }) => dfspId === undefined || parts.book.dfsp(dfspId) === undefined)
    .map(
      ({ dfspId, publicKey, createdAt = 0 }): JwsRecord => ({
        ...(dfspId !== undefined && { dfspId }),
        publicKey,
        createdAt,
        ...validated(publicKey),
      }),
    );
  const replaced = new Set(stored.map(({ dfspId }) => dfspId));
  records.externalJws = [...records.externalJws.filter(({ dfspId }) => !replaced.has(dfspId)), ...stored];
  parts.book.save();
  return ok(stored);
}

/** One validation for two codes, which only looks whether the key can be read. */
function validated(publicKey: string): Validated {
  const isKey = isRsaKey(publicKey);
  const validation = {
    validationCode: ['CERTIFICATE_VALIDITY', 'CERTIFICATE_PUBLIC_KEY_LENGTH_2048'],
    performed: true,
    result: isKey ? ('VALID' as const) : ('INVALID' as const),
    message: isKey ? 'Valid JWS public key' : 'Invalid JWS public key',
  };
  return { validations: [validation], validationState: validation.result };
}

/** Whether a text is the public RSA key that it should be; a certificate or a private key is not. */
export function isRsaKey(pem: string): boolean {
  if (!/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) return false;
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
