import { constants, createPrivateKey, type KeyObject, type SigningOptions, sign } from 'node:crypto';
import type { Clock } from '@payment-manager/runtime';
import type { Authentication, JwsAlgorithm } from '../language/backend.ts';
import { SettingMissing } from './setting.ts';

/** A request as far as it is made when it is said who we are. */
export interface Unsigned {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string | undefined;
}

/** RFC 7518, 3.3 to 3.5: the kind of key, and how it signs. Smaller RSA keys than 2048 bits are no keys. */
const ALGORITHMS: Readonly<Record<JwsAlgorithm, { readonly key: 'rsa' | 'ec'; readonly options: SigningOptions }>> = {
  RS256: { key: 'rsa', options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: { key: 'rsa', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } },
  ES256: { key: 'ec', options: { dsaEncoding: 'ieee-p1363' } },
};

/**
 * Signs requests with a detached JWS (RFC 7515, appendix F): the payload is the body, byte for byte, and is left out of what is sent. What else is
 * signed stands in the protected header.
 *
 * @throws SettingMissing for a key that cannot be used; the text holds nothing of it.
 */
export function jwsSigner(
  { algorithm, over }: Extract<Authentication, { kind: 'jws' }>,
  pem: string,
  keyId: string | undefined,
  clock: Pick<Clock, 'now'>,
): (request: Unsigned) => string {
  const { options } = ALGORITHMS[algorithm];
  const key = { key: keyFor(algorithm, pem), ...options };
  return ({ method, path, body }) => {
    const parts = { method, path, iat: Math.floor(clock.now() / 1_000) };
    const header: Record<string, unknown> = { alg: algorithm, ...(keyId !== undefined && { kid: keyId }) };
    for (const part of over) header[part === 'timestamp' ? 'iat' : part] = parts[part === 'timestamp' ? 'iat' : part];
    const protectedPart = Buffer.from(JSON.stringify(header)).toString('base64url');
    const signature = sign('sha256', Buffer.from(`${protectedPart}.${Buffer.from(body ?? '').toString('base64url')}`), key);
    return `${protectedPart}..${signature.toString('base64url')}`;
  };
}

function keyFor(algorithm: JwsAlgorithm, pem: string): KeyObject {
  const refused = (what: string) => new SettingMissing(`the signing key of a back end ${what}`);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw refused('is no private key (PEM, not encrypted)');
  }
  const wanted = ALGORITHMS[algorithm].key;
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== wanted || (wanted === 'ec' && namedCurve !== 'prime256v1'))
    throw refused(`is not of the kind that ${algorithm} signs with (${wanted === 'rsa' ? 'RSA' : 'EC, P-256'})`);
  if (wanted === 'rsa' && modulusLength < 2_048) throw refused('has fewer than 2048 bits');
  return key;
}
