import { VaultError } from '../vault-error.ts';

/** What is stored under a path now. */
export interface StoredEntry {
  /** Counts the writes of this path, from 1; 0: nothing was ever written. */
  readonly revision: number;
  /** Empty: deleted, or never there. */
  readonly body: Uint8Array;
}

/**
 * Where entries are kept. Every store passes `store.conformance.ts`. Paths are `environment/purpose/id`.
 *
 * What a store cannot do now rejects with VaultError `VAULT_UNAVAILABLE`; a write that was rejected so may be stored all the
 * same, and the next reading tells.
 */
export interface VaultStore {
  /** What is stored now; it sees every write that was acknowledged, by whomever. */
  read(path: string): Promise<StoredEntry>;
  /**
   * Stores the body as revision `seen + 1`, if the path is still at revision `seen`: true, once it is durable. False when it is
   * not; then nothing is stored. An empty body deletes. The former body can be read no more.
   */
  write(path: string, seen: number, body: Uint8Array): Promise<boolean>;
  /** The revision of each path that was ever written. */
  list(): Promise<ReadonlyMap<string, number>>;
  /**
   * Whether `write` compares and stores in one step. Where not (HashiCorp's KV version 1), there must be one writer only, such
   * as the leader among replicas.
   */
  readonly comparesAndSets: boolean;
  close(): Promise<void>;
}

/** Largest body that a store takes, bytes. A ring of many generations has some 100 KB. */
export const MAX_BODY_BYTES = 1_048_576;
/** The same in an envelope: base64, and what stands around it. */
export const MAX_SEALED_BYTES = 1_500_000;

/** @throws VaultError `VAULT_UNAVAILABLE` when a body is larger than that. */
export function checkSize(body: Uint8Array, limit = MAX_BODY_BYTES): void {
  if (body.length > limit) throw new VaultError('VAULT_UNAVAILABLE', `An entry of ${body.length} bytes is too large to store.`);
}
