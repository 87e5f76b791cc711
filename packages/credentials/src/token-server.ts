import { loadCaBundle } from '@payment-manager/configuration/files';
import { createHttpClient, type HttpClientOptions, type PooledHttpClient, Secret } from '@payment-manager/runtime';
import { type Environment, VaultError } from '@payment-manager/vault';

/** A client for few requests to servers whose certificates come from the CAs in `caFile`; absent: from the system's. @throws CredentialsInvalid */
export async function clientTrusting(
  caFile: string | undefined,
  key: string,
  more: Pick<HttpClientOptions, 'maxAnswerBytes'> = {},
): Promise<PooledHttpClient> {
  const limits = { maxConnectionsPerOrigin: 4, maxQueuedPerOrigin: 100, ...more };
  if (caFile === undefined) return createHttpClient(limits);
  const trustedCas = await loadCaBundle(`\`${key}\``, caFile);
  return createHttpClient({ ...limits, credentials: { certificate: '', privateKey: new Secret(''), trustedCas } });
}

/** Where a client secret is kept when the configuration does not give it. */
export interface KeptSecret {
  /** The key of the configuration that may give it. */
  readonly key: string;
  /** The secret's id in the vault. */
  readonly id: string;
  /** Undefined: there is no vault. */
  readonly environment: Environment | undefined;
}

/** Fetches a client secret at each log-in, so that a new one counts without a restart. Rejects with VaultError when there is none. */
export function clientSecretOf(configured: string | undefined, { key, id, environment }: KeptSecret): () => Promise<Secret<string>> {
  return async () => {
    if (configured !== undefined) return new Secret(configured);
    const kept = await environment?.secrets.get(id);
    if (kept !== undefined) return kept;
    throw new VaultError(
      'VAULT_NO_KEY',
      `There is no client secret: give \`${key}\` in the environment, or keep it in the vault as secret \`${id}\`.`,
    );
  };
}
