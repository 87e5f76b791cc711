import { createPublicKey } from 'node:crypto';
import type { EntryName } from '../names.ts';
import { fingerprintOf } from './key-material.ts';
import { type Ring, type RingKey, wasCompromised } from './ring.ts';

/**
 * Public keys that were reported as compromised, by environment. A key is compared, not what it came in: the same key may come back under
 * another certificate, as another peer's, or as ours. Grows only, as the vault never forgets a compromised key.
 */
export interface CompromisedKeys {
  /** `keyId`: see `publicKeyId`. */
  has(environment: string, keyId: string): boolean;
  /** Takes up those of one entry; true when one of them was not known. */
  note(name: EntryName, ring: Ring): boolean;
}

/** Begins with none. */
export function compromisedKeys(): CompromisedKeys {
  const known = new Map<string, Set<string>>();
  return {
    has: (environment, keyId) => known.get(environment)?.has(keyId) ?? false,
    note({ environment }, ring) {
      const ids = known.get(environment) ?? new Set<string>();
      const before = ids.size;
      for (const key of ring) if (wasCompromised(key)) ids.add(publicKeyId(key));
      if (ids.size > 0) known.set(environment, ids);
      return ids.size > before;
    },
  };
}

/** The id of the public key of a stored key; `RingKey.id` may be that of a certificate. */
export function publicKeyId({ publicKey }: Pick<RingKey, 'publicKey'>): string {
  return fingerprintOf(createPublicKey(publicKey));
}
