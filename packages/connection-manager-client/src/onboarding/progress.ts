import type { Config } from '@payment-manager/configuration';
import { publicEndpoint } from '@payment-manager/configuration/addresses';
import type { World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { ConnectionManagerApi } from '../api/connection-manager-api.ts';
import { startConnectionManagerClient } from '../start-client.ts';
import { manualSteps } from './manual-steps.ts';
import type { Step } from './phases.ts';
import { wantedOf } from './wanted-of.ts';

/** Where the steps of an onboarding are read. */
export interface Progress {
  read(): Promise<readonly Step[]>;
  stop(): Promise<void>;
}

export type ProgressWorld = Omit<World, 'failpoints' | 'signatures'>;

/** Makes the progress itself, because no product runs that would: the Connection Manager's client, in this process. */
export function ownProgress(config: Config, environment: Environment, api: ConnectionManagerApi, world: ProgressWorld): Progress {
  const { pollMs, propagationMs, overlapMs } = config.connectionManager;
  const client = startConnectionManagerClient({
    ...world,
    api,
    environment,
    wanted: wantedOf(config),
    leads: () => true,
    pollMs,
    propagationMs,
    overlapMs,
    // What is served is the product's to look at: until it runs, nothing is given up that may still be needed.
    hubServes: async () => false,
    presentedAtProxy: () => (publicEndpoint(config) === undefined ? undefined : false),
  });
  return { read: async () => client.conditions(), stop: () => client.stop() };
}

/** Without a Connection Manager people make the progress. */
export function manualProgress(environment: Environment): Progress {
  return { read: () => manualSteps(environment), stop: async () => {} };
}
