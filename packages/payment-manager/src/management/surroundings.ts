import { effective, type LoadedConfig } from '@payment-manager/configuration';
import type { Surroundings } from '@payment-manager/management-api';
import { messagesOf } from '@payment-manager/operations/api';
import type { World } from '@payment-manager/runtime';
import type { RunningReadModel } from '../open-read-model.ts';
import { alarmsNow, messagesDoor, type OperationsParts, readinessNow } from '../operations-handler.ts';
import { connectionDoor } from './connection-door.ts';
import { promotionDoor } from './promotion-door.ts';
import { readinessTester } from './readiness.ts';
import { reloadEverywhere } from './reload.ts';

/** What the management API looks at and acts on. */
export interface AroundManagement extends OperationsParts {
  readonly readModel: RunningReadModel | undefined;
}

/** The rest of the process, as the management API knows it. */
export function surroundingsOf(loaded: LoadedConfig, world: World, parts: AroundManagement): Surroundings {
  const { config } = loaded;
  const { connector, coreConnector, journal, readModel, messages } = parts;
  const door = messagesDoor(config, world, parts);
  const tester = readinessTester(config, world);
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
    configuration: () => effective(loaded),
    connection: () => {
      const connection = parts.connection();
      return typeof connection === 'object' ? connectionDoor({ config, clock: world.clock, connection, tester }) : connection;
    },
    promotion: promotionDoor(loaded),
    reloadConnector: coreConnector && (() => reloadEverywhere(config, coreConnector)),
  };
}
