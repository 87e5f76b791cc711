import type { KeyAlgorithm } from './ring.ts';

/** Something that makes and keeps private keys and signs with them, and never gives them out: an HSM. */
export interface KeyHolder {
  /** Makes an RSA key that is durable there, and says what it is called. `label` is for people who look at the HSM. */
  generate(algorithm: KeyAlgorithm, label: string): Promise<{ readonly held: string; readonly publicKey: string }>;
  /** RS256 (PKCS #1 v1.5 over SHA-256). */
  sign(held: string, data: Uint8Array): Promise<Uint8Array>;
  /** Removes a key; one that is not there is no error. */
  destroy(held: string): Promise<void>;
  close(): Promise<void>;
}
