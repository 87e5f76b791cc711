import type { Config } from '@payment-manager/configuration';
import type { LoadedKeys } from '@payment-manager/credentials';
import { type Credentials, createHttpClient, type HttpClientOptions, type PooledHttpClient, type PoolLoad } from '@payment-manager/runtime';

/** In what the client for one back end differs from the others. */
export type CoreClientOptions = Pick<HttpClientOptions, 'connectTimeoutMs' | 'credentials' | 'serverName'>;

/** Clients to the core: one, or one for each back end of a connector. All have the same limits, and the same TLS but for those with one of their own. */
export interface CoreClients {
  /** Closing it ends its connections. */
  open(own: CoreClientOptions): PooledHttpClient;
  /** Over all of them. */
  load(): PoolLoad;
  close(): Promise<void>;
}

/** `keys`: TLS towards the core, which changes while it is in use. */
export function openCoreClients(
  { maxConnections, maxQueued, maxAnswerBytes }: Pick<Config['core'], 'maxConnections' | 'maxQueued' | 'maxAnswerBytes'>,
  keys: Pick<NonNullable<LoadedKeys['core']>, 'credentials' | 'onChange'> | undefined,
): CoreClients {
  const open = new Set<PooledHttpClient>();
  const withCommonTls = new Set<PooledHttpClient>();
  let common: Credentials | undefined = keys?.credentials;
  keys?.onChange((credentials) => {
    common = credentials;
    for (const client of withCommonTls) client.setCredentials(credentials);
  });
  return {
    open(own) {
      const limits = { maxConnectionsPerOrigin: maxConnections, maxQueuedPerOrigin: maxQueued, maxAnswerBytes };
      const client = createHttpClient({ ...limits, ...(common && { credentials: common }), ...own });
      open.add(client);
      if (own.credentials === undefined) withCommonTls.add(client);
      return {
        ...client,
        close() {
          open.delete(client);
          withCommonTls.delete(client);
          return client.close();
        },
      };
    },
    load() {
      const all = [...open].map((client) => client.load());
      return { running: sum(all.map(({ running }) => running)), waiting: sum(all.map(({ waiting }) => waiting)) };
    },
    async close() {
      await Promise.all([...open].map((client) => client.close()));
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
