import { type KeyObject, sign, verify } from 'node:crypto';
import type { SignatureAlgorithm, Signatures } from './crypto.ts';

interface Scheme {
  readonly digest: string;
  readonly keyType: 'rsa' | 'ec';
}

const SCHEMES: Readonly<Record<SignatureAlgorithm, Scheme>> = {
  RS256: { digest: 'sha256', keyType: 'rsa' },
  RS384: { digest: 'sha384', keyType: 'rsa' },
  RS512: { digest: 'sha512', keyType: 'rsa' },
  ES256: { digest: 'sha256', keyType: 'ec' },
};

/**
 * Signatures on libuv's thread pool (four threads unless UV_THREADPOOL_SIZE says otherwise), so that no RSA operation
 * ever blocks the event loop. `sign` rejects when the key does not fit the algorithm; `verify` then answers false, for
 * such a signature cannot be genuine.
 */
export const threadPoolSignatures: Signatures = {
  sign(algorithm, key, data) {
    if (!fits(algorithm, key)) return Promise.reject(new TypeError(`a key of type ${key.asymmetricKeyType} cannot sign ${algorithm}`));
    return new Promise((resolve, reject) => {
      sign(SCHEMES[algorithm].digest, data, keyInput(algorithm, key), (error, signature) => (error ? reject(error) : resolve(signature)));
    });
  },
  verify(algorithm, key, data, signature) {
    if (!fits(algorithm, key)) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      verify(SCHEMES[algorithm].digest, data, keyInput(algorithm, key), signature, (error, genuine) =>
        error ? reject(error) : resolve(genuine),
      );
    });
  },
};

/** A key of another kind must not be tried: the algorithm is fixed by the key, never chosen by the message. */
function fits(algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== SCHEMES[algorithm].keyType) return false;
  return algorithm !== 'ES256' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

/** A key of type `rsa` by itself means PKCS #1 v1.5; with options it would be taken apart at each call. */
function keyInput(algorithm: SignatureAlgorithm, key: KeyObject) {
  return SCHEMES[algorithm].keyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
}
