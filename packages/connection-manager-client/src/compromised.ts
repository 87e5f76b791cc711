import type { Doing, Environment, OwnPurpose, TrustPurpose } from '@payment-manager/vault';
import { HUB_CA_ID } from './inventory.ts';

/** A key or CA of the vault, and where it lies. */
export type FoundKey =
  | { readonly kind: 'own'; readonly purpose: OwnPurpose; readonly keyId: string; readonly inUse: boolean }
  | { readonly kind: 'other'; readonly purpose: TrustPurpose; readonly owner: string; readonly keyId: string; readonly inUse: boolean };

const OWN_PURPOSES = ['jws-signing', 'tls-client', 'tls-server', 'dfsp-ca'] as const;

/** The key with that id, ours or somebody else's; undefined when the environment has none. */
export async function findKey({ keys, trust }: Environment, keyId: string): Promise<FoundKey | undefined> {
  for (const purpose of OWN_PURPOSES) {
    const key = (await keys.list(purpose)).find(({ id }) => id === keyId);
    if (key !== undefined) return { kind: 'own', purpose, keyId, inUse: key.state === 'active' };
  }
  const others = (await trust.ids('peer-jws')).map((owner) => ['peer-jws', owner] as const);
  for (const [purpose, owner] of [['hub-ca', HUB_CA_ID] as const, ['hub-client', HUB_CA_ID] as const, ...others]) {
    const key = (await trust.list(purpose, owner)).find(({ id }) => id === keyId);
    if (key !== undefined) return { kind: 'other', purpose, owner, keyId, inUse: key.state === 'active' };
  }
  return undefined;
}

/** Distrusts a key at once and for ever: it signs no more, nobody is trusted with it, and it never comes back. @throws VaultError */
export async function distrustKey({ keys, trust }: Environment, key: FoundKey, doing: Doing): Promise<void> {
  if (key.kind === 'own') await keys.move(key.purpose, key.keyId, 'compromised', doing);
  else await trust.move(key.purpose, key.owner, key.keyId, 'compromised', doing);
}
