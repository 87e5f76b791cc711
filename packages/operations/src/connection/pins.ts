import { CERTIFIED_BY_FORMER, type Config } from '@payment-manager/configuration';
import type { Pins } from '@payment-manager/connection-manager-client';

/** What the Connection Manager may not change by its word alone, as the configuration has it. */
export function pinsOf({ connectionManager, jws, hub }: Pick<Config, 'connectionManager' | 'jws' | 'hub'>): Pins {
  const { pinnedHubCa } = connectionManager;
  return {
    hubCas: pinnedHubCa.filter((one) => one !== CERTIFIED_BY_FORMER).map((one) => one.replaceAll(':', '').toLowerCase()),
    certifiedByFormer: pinnedHubCa.includes(CERTIFIED_BY_FORMER),
    ...(jws.pinHubKey && { hubKeyOf: hub.id }),
  };
}
