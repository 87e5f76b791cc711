import { effective, type LoadedConfig } from '@payment-manager/configuration';
import { Problem, type Surroundings } from '@payment-manager/management-api';
import type { ConfiguredAlerts } from '@payment-manager/operations/alerts';
import { messagesOf } from '@payment-manager/operations/api';
import type { AlarmEntry, Sealer, World } from '@payment-manager/runtime';
import type { ConnectorInUse } from '../open-core.ts';
import type { OpenHistory } from '../open-history.ts';
import type { RunningReadModel } from '../open-read-model.ts';
import { actingParts, alarmsNow, messagesDoor, type OperationsParts, readinessNow } from '../operations-handler.ts';
import type { PaymentsElsewhere, Refuse } from '../roles/management-side.ts';
import { alertsDoor } from './alerts-door.ts';
import { connectionDoor } from './connection-door.ts';
import { connectorDoor } from './connector-door.ts';
import { promotionDoor } from './promotion-door.ts';
import { readinessTester } from './readiness.ts';
import { reloadEverywhere } from './reload.ts';
import { statementPulls } from './statement-sources.ts';

/** What the management API looks at and acts on. */
export interface AroundManagement extends OperationsParts {
  readonly readModel: RunningReadModel | undefined;
  /** Undefined: the read model is switched off. */
  readonly history: OpenHistory | undefined;
  /** Undefined: they are switched off. */
  readonly alerts: ConfiguredAlerts | undefined;
  /** Undefined: the core is reached over HTTP. */
  readonly byConnector: ConnectorInUse | undefined;
  readonly sealer: Sealer;
}

/** The rest of the process, as the management API knows it. */
export function surroundingsOf(loaded: LoadedConfig, world: World, parts: AroundManagement): Surroundings {
  const { config } = loaded;
  const { connector, journal, readModel, messages, byConnector, sealer } = parts;
  const { elsewhere } = parts.roles;
  const { desk, restored, coreConnector } = actingParts(parts, refusedElsewhere);
  const door = messagesDoor(config, world, parts);
  const tester = readinessTester(config, world, elsewhere?.servers());
  return {
    ...{ fspId: config.fspId, environment: config.environment, sandbox: config.sandbox, businessDay: config.businessDay },
    payments: readModel && (() => readModel.queries()),
    history: parts.history,
    positionWarnPercent: config.management.positionWarnPercent,
    behind: () => readModel?.status().behindMs ?? 0,
    desk,
    statements: statementPulls(config, parts.keys),
    exceptions: (query) => connector.exceptions(query),
    alarms: async (query) => [...(await alarmsNow(parts, query)), ...ofOthers(elsewhere, query)].slice(0, query.limit),
    alerts: parts.alerts && alertsDoor(config, parts.alerts),
    restored,
    messages: messages && ((id, query) => messagesOf(door, id, query)),
    readiness: () => readinessNow(config, world, parts, elsewhere && (() => elsewhere.part())),
    onStored: (listener) => journal.onStored?.(listener) ?? (() => {}),
    configuration: () => effective(loaded),
    connection: () => {
      const connection = parts.connection();
      return typeof connection === 'object' ? connectionDoor({ config, clock: world.clock, connection, tester }) : connection;
    },
    promotion: promotionDoor(loaded),
    connector: byConnector && connectorDoor({ byConnector, journal, sealer, messages, elsewhere }),
    reloadConnector: coreConnector && (() => reloadEverywhere(config, coreConnector)),
  };
}

/** What the processes that take payments see, and this one does not. */
function ofOthers(elsewhere: PaymentsElsewhere | undefined, { id }: { readonly id?: string }): readonly AlarmEntry[] {
  return (elsewhere?.alarms() ?? []).filter((alarm) => id === undefined || alarm.id === id);
}

const refusedElsewhere: Refuse = ({ code, message, status }) =>
  new Problem(status, { code, message, advice: status === 503 ? 'See whether they run: ./pm doctor.' : 'Look at it again.' });
