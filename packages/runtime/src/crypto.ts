import type { KeyObject } from 'node:crypto';

/** `sha256` with an RSA key is RS256; `ieee-p1363` signatures with an EC P-256 key are ES256. */
export type SignatureAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256';

/** Public-key operations. The real one runs them on the thread pool, never on the event loop. */
export interface Signatures {
  sign(algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array): Promise<Uint8Array>;
  verify(algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** Authenticated encryption of small values at rest (AES-256-GCM). `context` is bound to the ciphertext. */
export interface Sealer {
  seal(plain: Uint8Array, context: string): string;
  /** Throws when the text was altered, the context differs or the key is another one. */
  open(sealed: string, context: string): Uint8Array;
}
