import { X509Certificate } from 'node:crypto';
import { HUB_CA_ID } from '@payment-manager/connection-manager-client/inventory';
import type { AlarmEntry, World } from '@payment-manager/runtime';
import type { Environment, KeyRecord, Vault } from '@payment-manager/vault';

/** Changes of whom we trust, told for a day. */
export interface TrustChanges {
  alarms(): readonly AlarmEntry[];
  stop(): void;
}

const TOLD_MS = 86_400_000;

/**
 * Tells each change of trust in the hub's CA, in its JWS key and in peers' keys (`TRUST_CHANGED`), with fingerprints, whoever made it. It is
 * read out of the vault, so that it is told after a restart and by each replica. What is trusted for the first time is no change.
 */
export async function watchTrustChanges(
  environment: Environment,
  vault: Pick<Vault, 'onChange'>,
  { clock }: Pick<World, 'clock'>,
): Promise<TrustChanges> {
  const { trust } = environment;
  const told = new Map<string, readonly AlarmEntry[]>();
  const look = async (purpose: 'hub-ca' | 'peer-jws', id: string): Promise<void> => {
    const entries = changesIn(purpose, id, await trust.list(purpose, id));
    if (entries.length === 0) told.delete(`${purpose}/${id}`);
    else told.set(`${purpose}/${id}`, entries);
  };
  const lookAgain = (purpose: 'hub-ca' | 'peer-jws', id: string): void => {
    // what cannot be read now is an alarm of those who use it
    look(purpose, id).catch(() => {});
  };
  await look('hub-ca', HUB_CA_ID);
  for (const id of await trust.ids('peer-jws')) await look('peer-jws', id);
  const unwatch = vault.onChange((name) => {
    if (name.environment === environment.name && (name.purpose === 'hub-ca' || name.purpose === 'peer-jws'))
      lookAgain(name.purpose, name.id);
  });
  return {
    alarms: () => [...told.values()].flat().filter(({ since }) => since > clock.now() - TOLD_MS),
    stop: unwatch,
  };
}

/** One for each key that came into use after another had been. */
export function changesIn(purpose: 'hub-ca' | 'peer-jws', id: string, keys: readonly KeyRecord[]): readonly AlarmEntry[] {
  const began = keys.flatMap((key) => {
    const first = key.history.find(({ state }) => state === 'active');
    return first === undefined ? [] : [{ key, since: first.at, by: first.by }];
  });
  const earliest = Math.min(...began.map(({ since }) => since));
  return began
    .filter(({ since }) => since > earliest)
    .map(({ key, since, by }) => ({
      id: `trust-${purpose}-${id}-${key.id}`,
      level: 'alarm' as const,
      code: 'TRUST_CHANGED',
      reason: `${purpose === 'hub-ca' ? 'Another CA of the hub' : `Another JWS key of ${id}`} is trusted: ${printOf(key)}; said by ${key.origin ?? by}. If nobody announced it, ask ${purpose === 'hub-ca' ? 'the hub’s operator' : 'its owner'} by another channel; to distrust it immediately: ./pm keys compromised ${key.id}`,
      since,
    }));
}

function printOf({ chain, id }: KeyRecord): string {
  const [pem] = chain ?? [];
  return pem === undefined ? `key ${id}` : `SHA-256 ${new X509Certificate(pem).fingerprint256}`;
}
