import type { Config } from '@payment-manager/configuration';
import { hubBaseUrls } from '@payment-manager/configuration/addresses';
import { guardedClient, type LoadedKeys } from '@payment-manager/credentials';
import { watchAnswers } from '@payment-manager/operations/alarms';
import {
  type AlarmEntry,
  createHttpClient,
  type Metrics,
  type PooledHttpClient,
  type PoolLoad,
  type World,
} from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { CoreClients } from './core-clients.ts';

/** The two sides that we call. */
export interface Clients {
  readonly hub: PooledHttpClient;
  /** Of a core behind a connector nobody uses it: each of its back ends has a client of its own. */
  readonly core: PooledHttpClient;
  loads(): Readonly<Record<'hub' | 'core', PoolLoad>>;
  /** What keeps us from calling, and who does not answer. */
  alarms(): readonly AlarmEntry[];
  close(): Promise<void>;
}

/**
 * Clients with the pools and limits of the configuration; their keys change while they run. `environment`: of the vault, where there is one.
 *
 * @throws CredentialsInvalid
 */
export async function openClients(
  config: Config,
  keys: LoadedKeys,
  deps: Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>,
  environment: Environment | undefined,
  coreClients: CoreClients,
): Promise<Clients> {
  const { maxConnections, maxQueued, connectTimeoutMs, maxAnswerBytes } = config.hub;
  const hub = createHttpClient({
    maxConnectionsPerOrigin: maxConnections,
    maxQueuedPerOrigin: maxQueued,
    connectTimeoutMs,
    maxAnswerBytes,
    ...(keys.hub === undefined ? {} : { credentials: keys.hub.credentials }),
  });
  keys.hub?.onChange((credentials) => hub.setCredentials(credentials));
  const core = coreClients.open({ connectTimeoutMs: config.core.connectTimeoutMs });
  const hubWatch = watchAnswers(hub, { ...deps, side: 'hub', baseUrls: hubBaseUrls(config) });
  const coreWatch = watchAnswers(core, { ...deps, side: 'core', baseUrls: [config.core.baseUrl ?? ''] });
  const guarded = keys.hub === undefined ? hubWatch.client : guardedClient(hubWatch.client, keys.hub.missing);
  // Few hubs ask for tokens, so what brings them is loaded only then.
  const withToken =
    config.hub.oauth.tokenUrl === undefined
      ? { client: guarded, alarms: () => [] }
      : await (await import('@payment-manager/credentials')).withHubToken(guarded, config, deps, environment);
  return {
    hub: withToken.client,
    core: coreWatch.client,
    loads: () => ({ hub: withToken.client.load(), core: coreClients.load() }),
    alarms: () => [...hubWatch.alarms(), ...coreWatch.alarms(), ...withToken.alarms()],
    async close() {
      hubWatch.stop();
      coreWatch.stop();
      await Promise.all([withToken.client.close(), coreClients.close()]);
    },
  };
}

/** Measures what the pools are doing. */
export function watchPools(metrics: Metrics, clients: Clients): void {
  metrics.readGauge(
    'pm_http_pool_requests',
    'Requests to the hub and to the core now, on a connection or waiting for one',
    ['client', 'state'],
    () =>
      (['hub', 'core'] as const).flatMap((client) => {
        const { running, waiting } = clients.loads()[client];
        return [
          { labels: { client, state: 'running' }, value: running },
          { labels: { client, state: 'waiting' }, value: waiting },
        ];
      }),
  );
}
