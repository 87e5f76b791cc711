import { type Config, exemptionsOf, hubNamesOf, type LoadedConfig } from '@payment-manager/configuration';
import { type HubCallers, hubCallers, keyFor, type LoadedKeys, loadKeys } from '@payment-manager/credentials';
import type { Messages } from '@payment-manager/messages';
import { type Connector, createConnector, httpCore } from '@payment-manager/mojaloop-connector';
import {
  countAlarms,
  watchAlarms,
  watchCertificates,
  watchExceptions,
  watchJournalPart,
  watchRates,
} from '@payment-manager/operations/alarms';
import type { ConfiguredAlerts } from '@payment-manager/operations/alerts';
import { type Anchoring, configuredAnchoring } from '@payment-manager/operations/anchor';
import { type JournalWatch, journalPart, type OperationsDoor, openOperationsDoor, watchJournal } from '@payment-manager/operations/api';
import type { BackingUp } from '@payment-manager/operations/backup';
import type { Connection } from '@payment-manager/operations/connection';
import { fileFindings } from '@payment-manager/operations/file-findings';
import {
  type AlarmEntry,
  createSealer,
  type HttpHandler,
  type HttpServer,
  type Sealer,
  type World,
  watchLoopDelay,
} from '@payment-manager/runtime';
import type { Vault } from '@payment-manager/vault';
import { configuredBackup } from './backup/configured-backup.ts';
import { connectorSettings } from './connector-settings.ts';
import { openCoreClients } from './core-clients.ts';
import { type Clients, openClients, watchPools } from './hub-and-core-clients.ts';
import { measuredTogether } from './measured-together.ts';
import { openAlerts } from './open-alerts.ts';
import { type ConnectorInUse, openCore } from './open-core.ts';
import { type OpenHistory, startHistory } from './open-history.ts';
import { journalKey, openJournal } from './open-journal.ts';
import { type OpenedManagement, openManagement } from './open-management.ts';
import { configuredMessages } from './open-messages.ts';
import { type RunningReadModel, startReadModel } from './open-read-model.ts';
import type { Opened } from './opened.ts';
import { type OperationsParts, operationsHandler, paymentsSide, readinessNow } from './operations-handler.ts';
import { startInbound, startOutbound } from './payment-servers.ts';
import { configurationReload, type Reloading } from './reload.ts';
import { openRoles, type Roles, serveRole, startPayments } from './roles/roles.ts';
import { Shutdown } from './shutdown.ts';
import { startVault, vaultParts } from './start-vault.ts';

/** A Payment Manager that takes payments. */
export interface RunningPaymentManager {
  /** The API that the hub calls, e.g. `https://0.0.0.0:4000`. */
  readonly inbound: HttpServer;
  /** The API that the DFSP calls. */
  readonly outbound: HttpServer;
  /** Of several workers none opens this by itself: then its URL is empty. */
  readonly operations: OperationsDoor;
  /** Where people open the portal; undefined where it is switched off. */
  readonly portal: string | undefined;
  /** Resolves with the error after which the process must end (the journal cannot be trusted any more, docs/money-rules.md, 8). */
  readonly failed: Promise<Error>;
  /** Reads the configuration anew, and takes over what needs no restart; what came of it is in the log. */
  reload(): Promise<void>;
  /** Takes nothing new, lets running requests finish, closes the journal. A second call joins the first. */
  stop(): Promise<void>;
}

/**
 * Wires all rooms together and starts them; the only place that does. Order matters: the sealing key before the journal,
 * the journal before anything that acts, and the API that the hub calls before the engine, because what the engine asks at
 * its start may be answered at once. The DFSP comes last. What keeps us connected to the scheme is not waited for: the vault remembers
 * what it got. `openOperations` replaces the server of the operations API; `source` says where the configuration came from, and `load` reads
 * it anew.
 *
 * @throws CredentialsInvalid, DataFolderUnusable, or what the journal and the servers say; what was opened is closed again.
 */
export async function startPaymentManager(
  config: Config,
  world: World,
  openOperations: OpenOperations = (handler) => openOperationsDoor(config, world, handler),
  source: Omit<LoadedConfig, 'config'> = { origins: new Map(), file: undefined, environments: [] },
  load?: Reloading['load'],
): Promise<RunningPaymentManager> {
  const shutdown = new Shutdown(config, world);
  try {
    const traced = await withTracing(config, world, shutdown.opened);
    return await start({ ...source, config }, traced, { openOperations, load }, shutdown);
  } catch (error) {
    await shutdown.closeAll();
    throw error;
  }
}

/** The world in which payments are traced, where that is switched on. Nothing of it is loaded otherwise. */
async function withTracing(config: Config, world: World, opened: Opened): Promise<World> {
  if (config.tracing.otlpUrl === undefined) return world;
  const [{ configuredTracing }, { versionNumber }] = await Promise.all([
    import('@payment-manager/operations/tracing'),
    import('./cli/version.ts'),
  ]);
  const tracing = await configuredTracing(config, world, versionNumber());
  opened.push('traces', () => tracing?.stop());
  return { ...world, ...(tracing !== undefined && { tracing }) };
}

type OpenOperations = (handler: HttpHandler) => Promise<OperationsDoor>;

async function start(
  loaded: LoadedConfig,
  world: World,
  { openOperations, load }: { readonly openOperations: OpenOperations; readonly load: Reloading['load'] | undefined },
  shutdown: Shutdown,
): Promise<RunningPaymentManager> {
  const { config } = loaded;
  const { opened } = shutdown;
  await tellOfFiles(config, world);
  const fatal = Promise.withResolvers<Error>();
  const stored = await openStored(config, world, fatal.resolve, opened);
  const started = await startVault(config, world, opened);
  const keys = await loadKeys(config, started.vault, world);
  opened.push('keys', () => keys.stop());
  const coreClients = openCoreClients(config.core, keys.core);
  const environment = started.vault?.environment(config.environment);
  const clients = await openClients(config, keys, world, environment, coreClients);
  opened.push('connections to hub and core', () => clients.close());
  const byConnector = await openCore(config, world, { ...stored, clients: coreClients, opened });
  watchPools(world.metrics, clients);
  const connector = openConnector(config, world, { ...stored, keys, clients, byConnector, opened });
  opened.pushInGrace('payments', () => connector.stop(shutdown.grace()));
  const roles = await openRoles(config, world, { ...stored, opened });
  const callers = hubCallers(hubNamesOf(config), keys.inbound?.issuers, world);
  let alerts: ConfiguredAlerts | undefined;
  let management: OpenedManagement | undefined;
  let history: OpenHistory | undefined;
  const standing = watchStanding(config, world, {
    ...stored,
    keys,
    clients,
    byConnector,
    connector,
    callers,
    vaultAlarms: started.alarms,
    history: () => history,
    laterAlarms: () => [...(alerts?.alarms() ?? []), ...(management?.alarms() ?? []), ...(roles.elsewhere?.missing() ?? [])],
    opened,
  });
  for (const { key, says } of exemptionsOf(config)) world.log.warn('a check is lifted', { key, says });
  let connection: Connection | undefined;
  const parts: OperationsParts = {
    ...{ journal: stored.journal, messages: stored.messages, connector, keys, standing, coreConnector: byConnector?.live, roles },
    silent: () =>
      [...clients.alarms(), ...(byConnector?.conditions.alarms() ?? [])].filter(
        ({ code }) => code === 'HUB_NOT_ANSWERING' || code === 'CORE_NOT_ANSWERING',
      ),
    coreBackEnds: () => (roles.elsewhere === undefined ? byConnector?.conditions.inWords() : undefined),
    closing: () => shutdown.closing,
    connection: () => (started.vault === undefined ? 'none' : connection),
  };
  let operations: OperationsDoor | undefined;
  const retargetAlarms = async (): Promise<void> => {
    await operations?.retargetAlarms?.();
    await alerts?.reopen();
  };
  const configuration =
    load === undefined ? undefined : configurationReload({ loaded, load, world, retargetAlarms, connector: byConnector?.live });
  const door = await openOperations(operationsHandler(config, world, { ...parts, configuration }));
  operations = door;
  opened.push('operations API', () => door.close(0));
  const servers = await startPayments(config, connector, {
    async inbound() {
      const inbound = await startInbound(config, world, connector, keys, callers);
      opened.pushInGrace('inbound API', () => inbound.close(shutdown.grace()));
      return inbound;
    },
    outbound: () => startOutbound(config, world, connector, keys, byConnector?.callbacks),
  });
  connection = await keepConnected(config, world, { vault: started.vault, keys, inboundPort: servers.inbound.port, roles, opened });
  alerts = await openAlerts(config, world, { ...parts, environment, portalUrl: () => management?.url, opened });
  history = await keptHistory(config, world, { ...parts, opened });
  management = await openManagement(loaded, world, { ...parts, ...stored, byConnector, alerts, history, onFatal: fatal.resolve, opened });
  const connectorNow = () => byConnector?.told();
  const side = paymentsSide(config, world, { ...parts, configuration, connectorNow });
  await serveRole(config, roles, { side, connection, opened }, world);
  const stop = (): Promise<void> => shutdown.stop(servers, connector);
  const reload = async (): Promise<void> => void (await configuration?.apply());
  return { ...servers, operations: door, portal: management?.url, failed: fatal.promise, reload, stop };
}

/** Latency and health of this process, kept from now on. */
function keptHistory(config: Config, world: World, parts: OperationsParts & { readonly opened: Opened }): Promise<OpenHistory | undefined> {
  return startHistory(config, world, {
    readiness: () => readinessNow(config, world, parts),
    standing: () => parts.standing(),
    vault: parts.connection() !== 'none',
    opened: parts.opened,
  });
}

/** What is on disk or in PostgreSQL, and what proves it. */
interface Stored {
  readonly journal: JournalWatch;
  readonly anchoring: Anchoring;
  readonly backingUp: BackingUp;
  /** Undefined: none are kept. */
  readonly messages: Messages | undefined;
  /** Undefined: there is none. */
  readonly readModel: RunningReadModel | undefined;
  /** Goes with the journal: what seals in it, and makes ids for it. */
  readonly sealingKeyBytes: Uint8Array;
  readonly sealer: Sealer;
}

async function openStored(config: Config, world: World, onFatal: (error: Error) => void, opened: Opened): Promise<Stored> {
  const sealingKeyBytes = await journalKey(config, world.random, world.log);
  const journal = watchJournal(await openJournal(config, { ...world, sealingKey: sealingKeyBytes, onFatal }), world.clock, world.metrics);
  opened.push('journal', () => journal.close());
  const messages = configuredMessages(config, world, sealingKeyBytes, journal);
  opened.push('kept messages', () => messages?.close());
  const readModel = config.role === 'payments' ? undefined : await startReadModel(config, world, journal);
  opened.push('read model', () => readModel?.stop());
  const anchoring = configuredAnchoring(config, world, journal);
  opened.push('anchors', () => anchoring.stop());
  const backingUp = configuredBackup(config, world, journal, sealingKeyBytes);
  opened.push('copies of the journal', () => backingUp.stop());
  return { journal, anchoring, backingUp, messages, readModel, sealingKeyBytes, sealer: createSealer(sealingKeyBytes, world.random) };
}

interface ConnectorParts extends Stored {
  readonly keys: LoadedKeys;
  readonly clients: Clients;
  readonly byConnector: ConnectorInUse | undefined;
  readonly opened: Opened;
}

/** Both sides of a payment, on what is stored, the keys and the clients. */
function openConnector(config: Config, world: World, parts: ConnectorParts): Connector {
  const { journal, sealingKeyBytes, sealer, messages, keys, clients, byConnector, opened } = parts;
  const settings = connectorSettings(config, byConnector?.capabilities);
  const loopDelay = watchLoopDelay();
  opened.push('loop delay', () => loopDelay.stop());
  return createConnector({
    ...world,
    loopDelay: () => loopDelay.read(),
    settings,
    journal,
    sealer,
    transferIdKey: keyFor('transferId', sealingKeyBytes),
    hubClient: clients.hub,
    core: byConnector?.core ?? httpCore(settings, clients.core, world.clock, world.metrics, world.log, messages),
    messages,
    signatures: keys.signatures,
    signingKey: () => keys.signingKey(),
    peerKeys: keys.peers,
  });
}

interface StandingParts extends ConnectorParts {
  readonly connector: Connector;
  readonly callers: HubCallers;
  vaultAlarms(): readonly AlarmEntry[];
  /** Undefined while it is not open, and where it is switched off. */
  history(): OpenHistory | undefined;
  /** Of what is opened last. */
  laterAlarms(): readonly AlarmEntry[];
}

/** Watches certificates and exceptions, counts alarms; answers all alarms but those of payments and of the connection. */
function watchStanding(config: Config, world: World, parts: StandingParts): () => readonly AlarmEntry[] {
  const {
    journal,
    keys,
    clients,
    byConnector,
    connector,
    callers,
    anchoring,
    backingUp,
    messages,
    readModel,
    vaultAlarms,
    laterAlarms,
    opened,
  } = parts;
  const certificates = watchCertificates(config, { ...world, certificates: () => keys.certificates() });
  opened.push('certificates', () => certificates.stop());
  const exceptions = watchExceptions({ ...world, exceptions: (query) => connector.exceptions(query) });
  opened.push('exceptions', () => exceptions.stop());
  const measurements = measuredTogether(config, world, parts.history);
  const rates = watchRates({ ...world, measurements, thresholds: () => config.alerts });
  opened.push('rates', () => rates.stop());
  const { dataFolder, operations } = config;
  const look = () => journalPart({ journal, dataFolder, minimumFreeBytes: operations.minimumFreeBytes });
  const journalAlarm = watchJournalPart({ ...world, look });
  opened.push('journal alarm', () => journalAlarm.stop());
  // Whoever raises these logs them; the others are counted where they are raised.
  const uncounted = () => [...vaultAlarms(), ...keys.alarms(), ...callers.alarms(), ...(readModel?.alarms() ?? []), ...laterAlarms()];
  const counting = countAlarms(uncounted, { metrics: world.metrics, timers: world.timers });
  opened.push('alarms', () => counting.stop());
  const all = () => [
    ...uncounted(),
    ...clients.alarms(),
    ...(byConnector?.conditions.alarms() ?? []),
    ...certificates.alarms(),
    ...anchoring.alarms(),
    ...backingUp.alarms(),
    ...(messages?.alarms() ?? []),
    ...rates.alarms(),
    ...journalAlarm.alarms(),
  ];
  watchAlarms(all, world);
  return all;
}

interface ConnectedParts {
  readonly vault: Vault | undefined;
  readonly keys: LoadedKeys;
  readonly inboundPort: number;
  readonly roles: Roles;
  readonly opened: Opened;
}

/** Keeps the DFSP connected to its scheme: only with a vault is there something to keep. */
async function keepConnected(config: Config, world: World, parts: ConnectedParts): Promise<Connection | undefined> {
  const { vault, keys, roles, opened } = parts;
  if (vault === undefined) return undefined;
  const { startConnection, startSdkControl } = await vaultParts();
  const inboundPort = config.role === 'management' ? undefined : parts.inboundPort;
  const connection = await startConnection(config, { ...world, vault, keys, inboundPort, seekPeers: roles.seekPeers });
  opened.push('connection to the scheme', () => connection.stop());
  if (config.role === 'payments') return connection;
  const control = await startSdkControl(config, vault, world);
  opened.push('SDK control', () => control?.stop());
  return connection;
}

/** Files that are not as they should be, all at once; one without which there is no start ends it later, by itself. */
async function tellOfFiles(config: Config, world: World): Promise<void> {
  for (const { check, state, message, remedy } of await fileFindings(config, world.clock.now()))
    if (state === 'failed' || state === 'warning')
      world.log.warn('a file of the configuration', { key: check, reason: message, advice: remedy ?? '' });
}
