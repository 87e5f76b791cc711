import { type Clock, Secret } from '@payment-manager/runtime';
import type { Entries } from './entries.ts';
import { type Doing, stepTo } from './keys/key-state.ts';
import { decodeSecret, encodeSecret } from './keys/ring-text.ts';
import { type EntryName, pathOf } from './names.ts';

/** Values that are kept as they are in one environment: client secrets, passphrases. All methods reject with VaultError. */
export interface Secrets {
  /** Durable when it resolves. Replaces what was there. */
  put(id: string, value: Secret<string>, doing: Doing): Promise<void>;
  get(id: string): Promise<Secret<string> | undefined>;
  remove(id: string): Promise<void>;
}

/** Secrets over entries; for `openVault`. */
export function openSecrets(environment: string, entries: Entries, clock: Pick<Clock, 'now'>): Secrets {
  const nameOf = (id: string): EntryName => ({ environment, purpose: 'secret', id });
  return {
    put(id, value, doing) {
      const { at, by, why } = stepTo('active', clock.now(), doing);
      return entries.change(nameOf(id), () => encodeSecret({ value: value.reveal(), at, by, why }));
    },
    async get(id) {
      const name = nameOf(id);
      const kept = decodeSecret(await entries.read(name), pathOf(name));
      return kept && new Secret(kept.value);
    },
    remove(id) {
      return entries.change(nameOf(id), (body) => (body.length === 0 ? undefined : new Uint8Array()));
    },
  };
}
