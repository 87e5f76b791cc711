import { readFile } from 'node:fs/promises';
import { type ConnectionManagerApi, clientCredentials, connectionManagerApi } from '@payment-manager/connection-manager-client';
import { type Clock, createHttpClient, type PooledHttpClient, Secret } from '@payment-manager/runtime';
import { type Environment, VaultError } from '@payment-manager/vault';
import type { Config } from '../config/schema.ts';
import { CredentialsInvalid } from '../credentials/credentials-invalid.ts';

/** The scheme's Connection Manager as the configuration names it. */
export interface ManagerDoor {
  readonly api: ConnectionManagerApi;
  close(): Promise<void>;
}

/** The secret in the vault that is used where the configuration gives none. */
export const clientSecretId = 'connection-manager';

/** Undefined when the configuration names no Connection Manager. @throws CredentialsInvalid for a CA file that cannot be read */
export async function openManager(config: Config, environment: Environment, clock: Clock): Promise<ManagerDoor | undefined> {
  const { url, tokenUrl, clientId = config.fspId, clientSecret, caFile } = config.connectionManager;
  if (url === undefined) return undefined;
  const http = await clientOf(caFile);
  const secret = async (): Promise<Secret<string>> => {
    if (clientSecret !== undefined) return new Secret(clientSecret);
    const kept = await environment.secrets.get(clientSecretId);
    if (kept !== undefined) return kept;
    throw new VaultError(
      'VAULT_NO_KEY',
      `There is no client secret for the Connection Manager: give PM_CONNECTION_MANAGER_CLIENT_SECRET, or keep it in the vault as secret \`${clientSecretId}\`.`,
    );
  };
  const token = tokenUrl === undefined ? undefined : clientCredentials({ tokenUrl, clientId, secret, http, clock });
  return { api: connectionManagerApi({ url, http, ...(token && { token }) }), close: () => http.close() };
}

async function clientOf(caFile: string | undefined): Promise<PooledHttpClient> {
  const limits = { maxConnectionsPerOrigin: 4, maxQueuedPerOrigin: 100 };
  if (caFile === undefined) return createHttpClient(limits);
  const trustedCas = await readFile(caFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CredentialsInvalid(
      `The CA bundle for the Connection Manager cannot be read: ${caFile} (${error.code}). Check \`connectionManager.caFile\`.`,
    );
  });
  return createHttpClient({ ...limits, credentials: { certificate: '', privateKey: new Secret(''), trustedCas } });
}
