import type { PooledHttpClient } from '@payment-manager/runtime';

/** A client that sends nothing as long as `missing` names something: without keys it would trust whomever the system trusts. */
export function guardedClient(client: PooledHttpClient, missing: () => string | undefined): PooledHttpClient {
  return {
    request(request) {
      const what = missing();
      if (what === undefined) return client.request(request);
      return Promise.resolve({
        kind: 'failed',
        phase: 'tls',
        sent: false,
        code: 'TLS_FAILED',
        message: `This DFSP is not connected to the scheme yet: the vault has no ${what}.`,
        advice: 'See GET /connection of the operations API, or run ./pm onboard.',
      });
    },
    load: () => client.load(),
    setCredentials: (credentials) => client.setCredentials(credentials),
    close: () => client.close(),
  };
}
