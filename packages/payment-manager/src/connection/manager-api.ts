import { type ConnectionManagerApi, clientCredentials, connectionManagerApi } from '@payment-manager/connection-manager-client';
import type { Clock } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { Config } from '../config/schema.ts';
import { clientSecretOf, clientTrusting } from '../credentials/token-server.ts';

/** The scheme's Connection Manager as the configuration names it. */
export interface ManagerDoor {
  readonly api: ConnectionManagerApi;
  close(): Promise<void>;
}

/** The secret in the vault that is used where the configuration gives none. */
export const clientSecretId = 'connection-manager';

/** Most calls have smaller limits of their own. */
const maxAnswerBytes = 16_777_216;

/** Undefined when the configuration names no Connection Manager. @throws CredentialsInvalid for a CA file that cannot be read */
export async function openManager(config: Config, environment: Environment, clock: Clock): Promise<ManagerDoor | undefined> {
  const { url, tokenUrl, clientId = config.fspId, clientSecret, caFile } = config.connectionManager;
  if (url === undefined) return undefined;
  const http = await clientTrusting(caFile, 'connectionManager.caFile', { maxAnswerBytes });
  const secret = clientSecretOf(clientSecret, { key: 'connectionManager.clientSecret', id: clientSecretId, environment });
  const token = tokenUrl === undefined ? undefined : clientCredentials({ tokenUrl, clientId, secret, http, clock });
  return { api: connectionManagerApi({ url, http, ...(token && { token }) }), close: () => http.close() };
}
