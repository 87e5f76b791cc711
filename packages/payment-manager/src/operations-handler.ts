import { type Config, exemptionsOf, isLoopback } from '@payment-manager/configuration';
import type { LoadedKeys } from '@payment-manager/credentials';
import type { Messages } from '@payment-manager/messages';
import type { Connector } from '@payment-manager/mojaloop-connector';
import {
  type JournalWatch,
  type MessagesDoor,
  operationsApi,
  type Readiness,
  type ReadinessPart,
  RequestRefused,
  type RunningConfiguration,
  type RunningCoreConnector,
  readiness,
} from '@payment-manager/operations/api';
import type { Connection } from '@payment-manager/operations/connection';
import { journalPruner } from '@payment-manager/operations/retention';
import type { AlarmEntry, HttpHandler, World } from '@payment-manager/runtime';
import type { Refuse } from './roles/management-side.ts';
import type { PaymentsSide } from './roles/payments-side.ts';
import type { Roles } from './roles/roles.ts';

/** What the operations API looks at and acts on. */
export interface OperationsParts {
  readonly journal: JournalWatch;
  readonly connector: Connector;
  readonly keys: LoadedKeys;
  /** Undefined: none are kept. */
  readonly messages: Messages | undefined;
  /** Alarms of everything but payments and the connection. */
  standing(): readonly AlarmEntry[];
  /** Hub and core that do not answer. */
  silent(): readonly AlarmEntry[];
  /** Undefined: the core is reached over HTTP. */
  coreBackEnds(): string | undefined;
  closing(): boolean;
  /** Undefined while it starts. */
  readonly connection: () => Connection | 'none' | undefined;
  /** Undefined: the core is reached over HTTP. */
  readonly coreConnector: RunningCoreConnector;
  /** Undefined: it cannot be read anew. */
  readonly configuration?: RunningConfiguration;
  readonly roles: Roles;
}

/** The operations API of this process. */
export function operationsHandler(config: Config, world: World, parts: OperationsParts): HttpHandler {
  const { desk, restored, coreConnector } = actingParts(
    parts,
    ({ message, code, status }) => new RequestRefused(message, { code, status }),
  );
  const { elsewhere } = parts.roles;
  const { configuration } = parts;
  return operationsApi({
    metrics: world.metrics,
    identity: { fspId: config.fspId, environment: config.environment, businessDay: config.businessDay, exemptions: exemptionsOf(config) },
    // who looks after this process must not end it because others do not run
    readiness: () => readinessNow(config, world, parts, elsewhere && (() => ({ ...elsewhere.part(), ok: true }))),
    connection: config.role === 'payments' ? () => 'elsewhere' : parts.connection,
    coreConnector,
    ...(configuration !== undefined && { configuration: elsewhere?.configuration(configuration) ?? configuration }),
    desk,
    prune: journalPruner(parts.journal, world.clock),
    restored,
    messages: messagesDoor(config, world, parts),
    // The token goes over the network as it is, so persons may act only on the machine itself.
    mayAct: isLoopback(config.operations.host),
    exceptions: (query) => parts.connector.exceptions(query),
    alarms: (query) => alarmsNow(parts, query),
  });
}

/** What changes payments: here, or by order of those that have them. */
export function actingParts(
  { connector, coreConnector, roles: { elsewhere } }: Pick<OperationsParts, 'connector' | 'coreConnector' | 'roles'>,
  refuse: Refuse,
): Pick<Connector, 'desk' | 'restored'> & Pick<OperationsParts, 'coreConnector'> {
  const { desk, restored } = connector;
  if (elsewhere === undefined) return { desk, restored, coreConnector };
  return {
    desk: elsewhere.desk(desk, refuse),
    restored: elsewhere.restored(restored, refuse),
    coreConnector: coreConnector && { reload: () => elsewhere.reloadConnector(refuse) },
  };
}

/** What a process that takes payments does for the one with the role `management`. */
export function paymentsSide(config: Config, world: World, parts: OperationsParts & Pick<PaymentsSide, 'connectorNow'>): PaymentsSide {
  const connectionNow = () => {
    const connection = parts.connection();
    return typeof connection === 'object' ? connection : undefined;
  };
  return {
    config,
    connector: parts.connector,
    environment: connectionNow()?.environment,
    coreConnector: parts.coreConnector,
    configuration: parts.configuration,
    connectorNow: parts.connectorNow,
    ready: async () => (await readinessNow(config, world, parts)).ready,
    alarms: () => [...parts.standing(), ...(connectionNow()?.alarms() ?? [])],
  };
}

/** Whether it can take payments now; `payments`: others do. */
export function readinessNow(
  config: Config,
  world: World,
  parts: OperationsParts,
  payments?: (() => ReadinessPart) | undefined,
): Promise<Readiness> {
  return readiness({
    clock: world.clock,
    dataFolder: config.dataFolder,
    minimumFreeBytes: config.operations.minimumFreeBytes,
    journal: parts.journal,
    engineReady: () => parts.connector.ready(),
    certificates: () => parts.keys.certificates(),
    missing: () => parts.keys.missing(),
    silent: parts.silent,
    coreBackEnds: parts.coreBackEnds,
    ...(payments !== undefined && { payments }),
    closing: parts.closing,
  });
}

/** The stored messages, with the keys that they are verified with. */
export function messagesDoor(config: Config, world: World, parts: Pick<OperationsParts, 'messages' | 'connector' | 'keys'>): MessagesDoor {
  return {
    messages: parts.messages,
    traces: (id) => parts.connector.traces(id),
    keys: {
      fspId: config.fspId,
      signatures: world.signatures,
      currencyDecimals: config.extraCurrencies,
      own: () => parts.keys.signingKey(),
      keysOf: (fspId) => parts.keys.peers.keysOf(fspId),
    },
    log: world.log,
  };
}

/** Everything that somebody should look at, of all parts of the process. */
export async function alarmsNow(
  parts: Pick<OperationsParts, 'connector' | 'standing' | 'connection'>,
  query: AlarmsQuery,
): Promise<Awaited<ReturnType<Connector['alarms']>>> {
  const connection = parts.connection();
  const ofConnection = typeof connection === 'object' ? connection.alarms() : [];
  const own = [...parts.standing(), ...ofConnection].filter(({ id }) => query.id === undefined || query.id === id);
  return [...own, ...(await parts.connector.alarms(query))].slice(0, query.limit);
}

type AlarmsQuery = Parameters<Connector['alarms']>[0];
