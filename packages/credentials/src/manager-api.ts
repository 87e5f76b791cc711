import type { Config } from '@payment-manager/configuration';
import { loadCaBundle } from '@payment-manager/configuration/files';
import {
  apiInWorker,
  type ConnectionManagerApi,
  clientCredentials,
  connectionManagerApi,
} from '@payment-manager/connection-manager-client';
import type { Clock, World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { clientSecretOf, clientTrusting } from './token-server.ts';

/** The scheme's Connection Manager as the configuration names it. */
export interface ManagerDoor {
  readonly api: ConnectionManagerApi;
  close(): Promise<void>;
}

/** The secret in the vault that is used where the configuration gives none. */
export const CLIENT_SECRET_ID = 'connection-manager';

/** Most calls have smaller limits of their own. */
const MAX_ANSWER_BYTES = 16_777_216;

/**
 * The same in a thread of its own: for a product that makes payments meanwhile. Undefined when the configuration names no Connection Manager.
 *
 * @throws CredentialsInvalid for a CA file that cannot be read
 */
export async function openManagerInWorker(
  config: Config,
  environment: Environment,
  { timers, log }: Pick<World, 'timers' | 'log'>,
): Promise<ManagerDoor | undefined> {
  const { url, tokenUrl, clientId = config.fspId, clientSecret, caFile } = config.connectionManager;
  if (url === undefined) return undefined;
  const trustedCas = caFile === undefined ? undefined : await loadCaBundle('`connectionManager.caFile`', caFile);
  return apiInWorker({
    url,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    secret: clientSecretOf(clientSecret, { key: 'connectionManager.clientSecret', id: CLIENT_SECRET_ID, environment }),
    timers,
    log,
    ...(tokenUrl !== undefined && { token: { tokenUrl, clientId } }),
    ...(trustedCas !== undefined && { trustedCas }),
  });
}

/** Undefined when the configuration names no Connection Manager. @throws CredentialsInvalid for a CA file that cannot be read */
export async function openManager(config: Config, environment: Environment, clock: Clock): Promise<ManagerDoor | undefined> {
  const { url, tokenUrl, clientId = config.fspId, clientSecret, caFile } = config.connectionManager;
  if (url === undefined) return undefined;
  const http = await clientTrusting(caFile, 'connectionManager.caFile', { maxAnswerBytes: MAX_ANSWER_BYTES });
  const secret = clientSecretOf(clientSecret, { key: 'connectionManager.clientSecret', id: CLIENT_SECRET_ID, environment });
  const token = tokenUrl === undefined ? undefined : clientCredentials({ tokenUrl, clientId, secret, http, clock });
  return { api: connectionManagerApi({ url, http, ...(token && { token }) }), close: () => http.close() };
}
