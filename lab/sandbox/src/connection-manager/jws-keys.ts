import { createPublicKey } from 'node:crypto';
import { type DfspRecord, emptyDfsp, type JwsRecord, type Validated } from './records.ts';
import type { ServerParts } from './server-parts.ts';

/** A key of a DFSP in another scheme, as a proxy posts it. */
export interface ExternalJws {
  readonly dfspId?: string;
  readonly publicKey: string;
  readonly createdAt?: number;
}

/** Native keys, the hub's own among them, then those of other schemes; an id may come twice. */
export function allKeys({ book }: ServerParts): JwsRecord[] {
  const byText = (a: JwsRecord, b: JwsRecord): number => (String(a.dfspId) < String(b.dfspId) ? -1 : 1);
  const native = book.records.dfsps.flatMap(({ jws }) => (jws ? [jws] : []));
  return [...native.toSorted(byText), ...book.records.externalJws.toSorted(byText)];
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

/** Keys of DFSPs that live in another scheme; those of our own are left out of it. Returns what was stored. */
export function putExternalJws(parts: ServerParts, given: readonly ExternalJws[]): JwsRecord[] {
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
  return stored;
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
