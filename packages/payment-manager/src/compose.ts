import { type Config, exemptionsOf, hubNamesOf, isLoopback } from '@payment-manager/configuration';
import { hubCallers, keyFor, type LoadedKeys, loadKeys } from '@payment-manager/credentials';
import { type Connector, createConnector, httpCore } from '@payment-manager/mojaloop-connector';
import { countAlarms, watchCertificates, watchExceptions } from '@payment-manager/operations/alarms';
import { configuredAnchoring } from '@payment-manager/operations/anchor';
import {
  type JournalWatch,
  type OperationsDoor,
  openOperationsDoor,
  operationsApi,
  readiness,
  watchJournal,
} from '@payment-manager/operations/api';
import type { Connection } from '@payment-manager/operations/connection';
import { fileFindings } from '@payment-manager/operations/file-findings';
import { journalPruner } from '@payment-manager/operations/retention';
import { type AlarmEntry, createSealer, type HttpHandler, type HttpServer, type World, watchLoopDelay } from '@payment-manager/runtime';
import type { Vault } from '@payment-manager/vault';
import { connectorSettings } from './connector-settings.ts';
import { openClients, watchPools } from './hub-and-core-clients.ts';
import { journalKey, openJournal } from './open-journal.ts';
import { startInbound, startOutbound } from './payment-servers.ts';

/** A Payment Manager that takes payments. */
export interface RunningPaymentManager {
  /** The API that the hub calls, e.g. `https://0.0.0.0:4000`. */
  readonly inbound: HttpServer;
  /** The API that the DFSP calls. */
  readonly outbound: HttpServer;
  /** Of several workers none opens this by itself: then its URL is empty. */
  readonly operations: OperationsDoor;
  /** Resolves with the error after which the process must end (the journal cannot be trusted any more, docs/money-rules.md, 8). */
  readonly failed: Promise<Error>;
  /** Takes nothing new, lets running requests finish, closes the journal. A second call joins the first. */
  stop(): Promise<void>;
}

/**
 * Wires all rooms together and starts them; the only place that does. Order matters: the sealing key before the journal,
 * the journal before anything that acts, and the API that the hub calls before the engine, because what the engine asks at
 * its start may be answered at once. The DFSP comes last. What keeps us connected to the scheme is not waited for: the vault remembers
 * what it got. `openOperations` replaces the server of the operations API.
 *
 * @throws CredentialsInvalid, DataFolderUnusable, or what the journal and the servers say; what was opened is closed again.
 */
export async function startPaymentManager(
  config: Config,
  world: World,
  openOperations: OpenOperations = (handler) => openOperationsDoor(config, world, handler),
): Promise<RunningPaymentManager> {
  const opened: (() => Promise<void> | void)[] = [];
  try {
    return await start(config, world, openOperations, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

type OpenOperations = (handler: HttpHandler) => Promise<OperationsDoor>;

async function start(
  config: Config,
  world: World,
  openOperations: OpenOperations,
  opened: (() => Promise<void> | void)[],
): Promise<RunningPaymentManager> {
  await tellOfFiles(config, world);
  const fatal = Promise.withResolvers<Error>();
  const sealingKeyBytes = await journalKey(config, world.random, world.log);
  const sealer = createSealer(sealingKeyBytes, world.random);
  const opening = openJournal(config, { ...world, sealingKey: sealingKeyBytes, onFatal: fatal.resolve });
  const journal = watchJournal(await opening, world.clock, world.metrics);
  opened.push(() => journal.close());
  const anchoring = configuredAnchoring(config, world, journal);
  opened.push(() => anchoring.stop());
  const { vault, alarms: vaultAlarms } = await startVault(config, world, opened);
  const keys = await loadKeys(config, vault, world);
  opened.push(() => keys.stop());
  const certificates = watchCertificates(config, { ...world, certificates: () => keys.certificates() });
  opened.push(() => certificates.stop());
  const clients = await openClients(config, keys, world, vault?.environment(config.environment));
  opened.push(() => clients.close());
  watchPools(world.metrics, clients);
  const settings = connectorSettings(config);
  const loopDelay = watchLoopDelay();
  opened.push(() => loopDelay.stop());
  const connector = createConnector({
    ...world,
    loopDelay: () => loopDelay.read(),
    settings,
    journal,
    sealer,
    transferIdKey: keyFor('transferId', sealingKeyBytes),
    hubClient: clients.hub,
    core: httpCore(settings, clients.core, world.clock, world.metrics, world.log),
    signatures: keys.signatures,
    signingKey: () => keys.signingKey(),
    peerKeys: keys.peers,
  });
  let closing = false;
  let connection: Connection | undefined;
  /** One time for all that must finish; a start that failed has nothing to wait for. */
  let graceEndsMs = 0;
  const grace = (): number => Math.max(0, graceEndsMs - world.clock.monotonic());
  opened.push(() => connector.stop(grace()));
  const exceptions = watchExceptions({ ...world, exceptions: (query) => connector.exceptions(query) });
  opened.push(() => exceptions.stop());
  const callers = hubCallers(hubNamesOf(config), keys.inbound?.issuers, world);
  // Whoever raises these logs them; the others are counted where they are raised.
  const counting = countAlarms(() => [...vaultAlarms(), ...keys.alarms(), ...callers.alarms()], {
    metrics: world.metrics,
    timers: world.timers,
  });
  opened.push(() => counting.stop());
  for (const { key, says } of exemptionsOf(config)) world.log.warn('a check is lifted', { key, says });
  const operations = await openOperations(
    operationsHandler(config, world, {
      journal,
      connector,
      keys,
      silent: () => clients.alarms().filter(({ code }) => code === 'HUB_NOT_ANSWERING' || code === 'CORE_NOT_ANSWERING'),
      standing: () => [
        ...vaultAlarms(),
        ...clients.alarms(),
        ...keys.alarms(),
        ...callers.alarms(),
        ...certificates.alarms(),
        ...anchoring.alarms(),
      ],
      closing: () => closing,
      connection: () => (vault === undefined ? 'none' : connection),
    }),
  );
  opened.push(() => operations.close(0));
  const inbound = await startInbound(config, world, connector, keys, callers);
  opened.push(() => inbound.close(grace()));
  await connector.start();
  const outbound = await startOutbound(config, world, connector, keys);
  if (vault !== undefined) {
    const { startConnection, startSdkControl } = await vaultParts();
    const started = await startConnection(config, { ...world, vault, keys, inboundPort: inbound.port });
    opened.push(() => started.stop());
    connection = started;
    const control = await startSdkControl(config, vault, world);
    opened.push(() => control?.stop());
  }
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    closing = true;
    await drain(config, world, [inbound, outbound]);
    world.log.info('stopping: nothing new is taken');
    graceEndsMs = world.clock.monotonic() + config.shutdown.graceMs;
    const waitsEnd = world.timers.after(grace(), () => connector.endWaits());
    await outbound.close(grace() + ANSWERING_MS);
    waitsEnd.cancel();
    for (const close of opened.reverse()) await close();
    world.log.info('stopped');
  };
  return {
    inbound,
    outbound,
    operations,
    failed: fatal.promise,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Files that are not as they should be, all at once; one without which there is no start ends it later, by itself. */
async function tellOfFiles(config: Config, world: World): Promise<void> {
  for (const { check, state, message, remedy } of await fileFindings(config, world.clock.now()))
    if (state === 'failed' || state === 'warning')
      world.log.warn('a file of the configuration', { key: check, reason: message, advice: remedy ?? '' });
}

/** What only a product with a vault needs is loaded with it. */
async function vaultParts() {
  const [{ watchVault }, { openConfiguredVault, configuredOneVault }, { startConnection, startSdkControl }] = await Promise.all([
    import('@payment-manager/vault'),
    import('@payment-manager/vault/configured'),
    import('@payment-manager/operations/connection'),
  ]);
  return { watchVault, openConfiguredVault, configuredOneVault, startConnection, startSdkControl };
}

interface StartedVault {
  readonly vault: Vault | undefined;
  alarms(): readonly AlarmEntry[];
}

/** Opens the vault, where there is one, and looks again and again what others changed in it. */
async function startVault(config: Config, world: World, opened: (() => Promise<void> | void)[]): Promise<StartedVault> {
  const none: StartedVault = { vault: undefined, alarms: () => [] };
  if (config.vault.store === 'none') return none;
  const { openConfiguredVault, watchVault, configuredOneVault } = await vaultParts();
  const found = await openConfiguredVault(config, world);
  if (found === undefined) return none;
  opened.push(() => found.vault.close());
  const oneVault = await configuredOneVault(config, found.id, world);
  opened.push(() => oneVault?.stop());
  const watching = watchVault({ ...found.vault, refresh: () => found.look() }, config.vault.pollMs, world.timers, world.log);
  opened.push(() => watching.stop());
  return { vault: found.vault, alarms: () => oneVault?.alarms() ?? [] };
}

/** Time in which those whose wait was ended get their answers. */
const ANSWERING_MS = 1_000;

/** Readiness says no; until a load balancer has seen it, everything is taken as before, and clients are moved on. */
async function drain(config: Config, world: World, servers: readonly HttpServer[]): Promise<void> {
  const { drainMs } = config.shutdown;
  if (drainMs === 0) return;
  world.log.info('leaving: not ready any more, so that a load balancer sends nothing more here', { drainMs });
  for (const server of servers) server.drain();
  await new Promise<void>((resolve) => void world.timers.after(drainMs, resolve));
}

interface OperationsParts {
  readonly journal: JournalWatch;
  readonly connector: Connector;
  readonly keys: LoadedKeys;
  /** Alarms of everything but payments and the connection. */
  standing(): readonly AlarmEntry[];
  /** Hub and core that do not answer. */
  silent(): readonly AlarmEntry[];
  closing(): boolean;
  /** Undefined while it starts. */
  readonly connection: () => Connection | 'none' | undefined;
}

function operationsHandler(config: Config, world: World, parts: OperationsParts): HttpHandler {
  return operationsApi({
    metrics: world.metrics,
    identity: { fspId: config.fspId, environment: config.environment, exemptions: exemptionsOf(config) },
    readiness: () =>
      readiness({
        clock: world.clock,
        dataFolder: config.dataFolder,
        minimumFreeBytes: config.operations.minimumFreeBytes,
        journal: parts.journal,
        engineReady: () => parts.connector.ready(),
        certificates: () => parts.keys.certificates(),
        missing: () => parts.keys.missing(),
        silent: parts.silent,
        closing: parts.closing,
      }),
    connection: parts.connection,
    desk: parts.connector.desk,
    prune: journalPruner(parts.journal, world.clock),
    restored: parts.connector.restored,
    // The token goes over the network as it is, so persons may act only on the machine itself.
    mayAct: isLoopback(config.operations.host),
    exceptions: (query) => parts.connector.exceptions(query),
    alarms: async (query) => {
      const connection = parts.connection();
      const ofConnection = typeof connection === 'object' ? connection.alarms() : [];
      const own = [...parts.standing(), ...ofConnection].filter(({ id }) => query.id === undefined || query.id === id);
      return [...own, ...(await parts.connector.alarms(query))].slice(0, query.limit);
    },
  });
}
