import { effective, type LoadedConfig } from '@payment-manager/configuration';
import { keyFor } from '@payment-manager/credentials';
import { DatabaseUnavailable } from '@payment-manager/database';
import type { ConnectionDoor, Surroundings } from '@payment-manager/management-api';
import { messagesOf, shownConnection } from '@payment-manager/operations/api';
import type { Connection } from '@payment-manager/operations/connection';
import type { World } from '@payment-manager/runtime';
import type { RunningReadModel } from './open-read-model.ts';
import { alarmsNow, messagesDoor, type OperationsParts, readinessNow } from './operations-handler.ts';
import type { Opened } from './shutdown.ts';

/** What the management API looks at and acts on, and what its own keys are made of. */
export interface ManagementParts extends OperationsParts {
  readonly readModel: RunningReadModel | undefined;
  readonly sealingKeyBytes: Uint8Array;
  onFatal(error: Error): void;
  readonly opened: Opened;
}

/**
 * Opens the management API where it is switched on, else loads nothing of it. Resolves with where people open the portal. A store of its own that cannot
 * be used is told to the log, and there is no portal: payments go on. Rejects with CredentialsInvalid, or what the system says of the port.
 */
export async function openManagement(
  loaded: Pick<LoadedConfig, 'config' | 'origins'>,
  world: World,
  parts: ManagementParts,
): Promise<string | undefined> {
  const { config } = loaded;
  if (!config.management.enabled) return undefined;
  const { startManagement } = await import('@payment-manager/management-api');
  const key = keyFor('management', parts.sealingKeyBytes);
  try {
    const running = await startManagement({ config, world, key, around: surroundingsOf(loaded, world, parts), onFatal: parts.onFatal });
    parts.opened.push(() => running.close());
    return running.url;
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    world.log.error('there is no portal', { code: 'MANAGEMENT_UNAVAILABLE', reason: error.message });
    return undefined;
  }
}

function surroundingsOf(loaded: Pick<LoadedConfig, 'config' | 'origins'>, world: World, parts: ManagementParts): Surroundings {
  const { config } = loaded;
  const { connector, journal, readModel, messages } = parts;
  const door = messagesDoor(config, world, parts);
  return {
    ...{ fspId: config.fspId, environment: config.environment, sandbox: config.sandbox, businessDay: config.businessDay },
    payments: readModel && (() => readModel.queries()),
    behind: () => readModel?.status().behindMs ?? 0,
    desk: connector.desk,
    exceptions: (query) => connector.exceptions(query),
    alarms: (query) => alarmsNow(parts, query),
    restored: connector.restored,
    messages: messages && ((id, query) => messagesOf(door, id, query)),
    readiness: () => readinessNow(config, world, parts),
    onStored: (listener) => journal.onStored?.(listener) ?? (() => {}),
    configuration: () => effective({ ...loaded, file: undefined } as LoadedConfig),
    connection: () => {
      const connection = parts.connection();
      return typeof connection === 'object' ? connectionDoor(connection) : connection;
    },
  };
}

/** Keys and certificates through what keeps us connected: it knows what must happen in which order. */
function connectionDoor(connection: Connection): ConnectionDoor {
  const ARTEFACTS = { jws: 'DFSP_JWS', client: 'DFSP_CLIENT_CERT', server: 'DFSP_SERVER_CERT', ca: 'DFSP_CA' } as const;
  return {
    status: () => shownConnection(connection),
    async certificates() {
      const { certificatesOf } = await import('@payment-manager/connection-manager-client');
      return certificatesOf(connection.environment);
    },
    async keys() {
      const { keysOf } = await import('@payment-manager/connection-manager-client');
      return keysOf(connection.environment);
    },
    renew: connection.renew && ((what, by) => (connection.renew as NonNullable<Connection['renew']>)(ARTEFACTS[what], by)),
    async distrust(keyId, { by, reason }) {
      const { distrustKey, findKey } = await import('@payment-manager/connection-manager-client');
      const key = await findKey(connection.environment, keyId);
      if (key !== undefined) await distrustKey(connection.environment, key, { by, why: reason });
      return key !== undefined;
    },
    async look() {
      await connection.look();
      return shownConnection(connection);
    },
  };
}
