import type { Pins } from '@payment-manager/connection-manager-client';
import type { Config } from '../config/schema.ts';
import { certifiedByFormer } from '../config/vault-rules.ts';

/** What the Connection Manager may not change by its word alone, as the configuration has it. */
export function pinsOf({ connectionManager, jws, hub }: Pick<Config, 'connectionManager' | 'jws' | 'hub'>): Pins {
  const { pinnedHubCa } = connectionManager;
  return {
    hubCas: pinnedHubCa.filter((one) => one !== certifiedByFormer).map((one) => one.replaceAll(':', '').toLowerCase()),
    certifiedByFormer: pinnedHubCa.includes(certifiedByFormer),
    ...(jws.pinHubKey && { hubKeyOf: hub.id }),
  };
}
