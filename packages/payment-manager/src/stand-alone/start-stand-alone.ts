import { isLoopback, type StandAloneConfig } from '@payment-manager/configuration';
import { loadTlsCredentials, readTokenFile } from '@payment-manager/configuration/files';
import { backendApi, type ConnectorCapabilities, isCallback, isNewWork, refuseBackend, sdkPayments } from '@payment-manager/core-connector';
import type { Messages } from '@payment-manager/messages';
import { alarmList, amongReplicas, type CoreRecordsDoor, sendMoneyApi } from '@payment-manager/mojaloop-connector';
import { restoredOf } from '@payment-manager/mojaloop-connector/core-client';
import { watchExceptions } from '@payment-manager/operations/alarms';
import { configuredAnchoring } from '@payment-manager/operations/anchor';
import { type JournalWatch, openOperationsDoor, readiness, standAloneOperations, watchJournal } from '@payment-manager/operations/api';
import { createHttpClient, createSealer, type HttpServer, startHttpServer, type World } from '@payment-manager/runtime';
import { configuredBackup } from '../backup/configured-backup.ts';
import { openCoreClients } from '../core-clients.ts';
import { type ConnectorInUse, openCore } from '../open-core.ts';
import { journalKey, openJournal } from '../open-journal.ts';
import { configuredMessages } from '../open-messages.ts';
import { Opened } from '../opened.ts';
import { strangersTurnedAway } from './callers.ts';
import { recordsDesk } from './desk.ts';

/** A core connector that runs by itself. */
export interface RunningStandAlone {
  /** The backend API, e.g. `http://127.0.0.1:3100`. */
  readonly backend: HttpServer;
  readonly operations: { readonly url: string };
  /** Resolves with the error after which the process must end. */
  readonly failed: Promise<Error>;
  /** Takes nothing new, lets what runs finish, closes the journal. A second call joins the first. */
  stop(): Promise<void>;
}

/**
 * Starts a core connector in a process of its own: the same engine, journal and recovery as within a Payment Manager, with the SDK's backend API in place
 * of the door. Records are loaded, and what they owe is begun, before the API opens.
 *
 * @throws ConnectorInvalid, CredentialsInvalid, DataFolderUnusable, or what the journal and the servers say; what was opened is closed again.
 */
export async function startStandAlone(config: StandAloneConfig, world: World): Promise<RunningStandAlone> {
  const opened = new Opened();
  try {
    return await start(config, world, opened);
  } catch (error) {
    await opened.close(world);
    throw error;
  }
}

async function start(config: StandAloneConfig, world: World, opened: Opened): Promise<RunningStandAlone> {
  const fatal = Promise.withResolvers<Error>();
  const key = await journalKey(config, world.random, world.log);
  const journal = watchJournal(
    await openJournal(config, { ...world, sealingKey: key, onFatal: fatal.resolve }),
    world.clock,
    world.metrics,
  );
  opened.push('journal', () => journal.close());
  const messages = configuredMessages(config, world, key, journal);
  opened.push('kept messages', () => messages?.close());
  const anchoring = configuredAnchoring(config, world, journal);
  opened.push('anchors', () => anchoring.stop());
  const backingUp = configuredBackup(config, world, journal, key);
  opened.push('copies of the journal', () => backingUp.stop());
  const clients = openCoreClients(config.core, await coreTls(config));
  opened.push('connections to hub and core', () => clients.close());
  const connector = await openCore(config, world, {
    ...{ journal, sealer: createSealer(key, world.random), clients, opened },
    messages,
  });
  if (connector === undefined) throw new TypeError('the configuration names no connector');
  const alarms = alarmList(world, world.log, world.metrics);
  const restored = restoredOf(journal);
  const { door, records, termsOf, sendsOver } = connector.core.open({ alarm: alarms.raise, restored });
  const over = await overSdk(config, world, opened);
  const sends = over && sendsOver?.({ ...over, admit: () => restored()?.standing !== true });
  const life = lifeOf(world, journal, sends === undefined ? [records] : [records, sends.records]);
  opened.pushInGrace('payments', () => life.stop());
  let closing = false;
  const standing = () => [...connector.conditions.alarms(), ...anchoring.alarms(), ...backingUp.alarms(), ...(messages?.alarms() ?? [])];
  const operations = await openOperations(config, world, {
    journal,
    connector,
    messages,
    desk: sends?.desk ?? records.desk,
    life,
    standing,
    alarms,
    closing: () => closing,
    opened,
  });
  await life.start();
  const api = backendApi({ ...world, core: door, termsOf, callMs: config.backend.callMs });
  const sendMoney = sends && sendMoneyApi({ ...world, settings: { extraCurrencies: [] }, sends: sends.door });
  const backend = await openBackend(config, world, (request) => {
    if (isCallback(request.target)) return connector.callbacks(request);
    return sendMoney !== undefined && request.target.startsWith('/sendmoney') ? sendMoney(request) : api(request);
  });
  tellCapabilities(config, world, connector.capabilities);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    closing = true;
    const { drainMs, graceMs } = config.shutdown;
    if (drainMs > 0) {
      backend.drain();
      await new Promise<void>((resolve) => void world.timers.after(drainMs, resolve));
    }
    world.log.info('stopping: nothing new is taken');
    const graceEndsMs = world.clock.monotonic() + graceMs;
    const waitsEnd = world.timers.after(graceMs, () => life.endWaits());
    await backend.close(graceMs + ANSWERING_MS);
    waitsEnd.cancel();
    await life.finish(Math.max(0, graceEndsMs - world.clock.monotonic()));
    await opened.close(world);
    world.log.info('stopped');
  };
  return {
    backend,
    operations,
    failed: fatal.promise,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Time in which those whose wait was ended get their answers. */
const ANSWERING_MS = 1_000;

async function coreTls({ core: { tls } }: StandAloneConfig) {
  if (!tls.enabled) return undefined;
  const { credentials } = await loadTlsCredentials('core', tls);
  return { credentials, onChange: () => {} };
}

/** How payments of our own customers are made: over the SDK that is configured; undefined: there is none. */
async function overSdk({ sdk }: StandAloneConfig, world: World, opened: Opened) {
  if (sdk.baseUrl === undefined) return undefined;
  const files = Object.values(sdk.tls).some((file) => file !== undefined);
  const client = createHttpClient(files ? { credentials: (await loadTlsCredentials('sdk', sdk.tls)).credentials } : {});
  opened.push('connections to the SDK', () => client.close());
  const token = sdk.tokenFile === undefined ? undefined : await readTokenFile(sdk.tokenFile, 'sdk.tokenFile');
  const payments = sdkPayments({ ...world, client, baseUrl: sdk.baseUrl.replace(/\/+$/, ''), token });
  return { payments, clockSkewMs: sdk.clockSkewMs, deduplicateHomeTransactionId: true, waitMs: PRICE_MS };
}

/** How long a customer's request waits for a price, and for an end. */
const PRICE_MS = 60_000;

type Lived = Omit<CoreRecordsDoor, 'desk'>;

/** The records, alone or among other processes on one PostgreSQL. */
function lifeOf({ timers, log, metrics }: World, journal: JournalWatch, all: readonly Lived[]) {
  const replicas = journal.replica && amongReplicas(journal.replica, all, timers, log);
  metrics.readGauge('pm_open_records', 'Payments and quotes that are not finished, by flow', ['flow'], () =>
    all.map(({ openCount }, index) => ({ labels: { flow: index === 0 ? 'core' : 'send' }, value: openCount })),
  );
  let started = false;
  return {
    ready: () => started,
    async start() {
      for (const one of all) await one.start();
      await replicas?.start();
      started = true;
    },
    endWaits() {
      for (const one of all) one.endWaits();
    },
    async finish(graceMs: number) {
      await Promise.all(all.map((one) => one.finish(graceMs)));
    },
    async stop() {
      started = false;
      replicas?.stop();
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

interface OperationsParts {
  readonly journal: JournalWatch;
  readonly connector: ConnectorInUse;
  readonly messages: Messages | undefined;
  readonly desk: CoreRecordsDoor['desk'];
  readonly life: ReturnType<typeof lifeOf>;
  readonly standing: () => ReturnType<ConnectorInUse['conditions']['alarms']>;
  readonly alarms: ReturnType<typeof alarmList>;
  readonly closing: () => boolean;
  readonly opened: Opened;
}

async function openOperations(config: StandAloneConfig, world: World, parts: OperationsParts) {
  const { journal, connector, messages, desk, life, standing, alarms, closing, opened } = parts;
  const rows = async (query: { readonly id?: string; readonly limit: number }) =>
    (await journal.attention({ level: 'exception', limit: query.limit, ...(query.id !== undefined && { label: query.id }) })).map(
      ({ label, kind, level, code, reason, since }) => ({ id: label, flow: kind, level, code, reason, since }),
    );
  const exceptions = watchExceptions({ ...world, exceptions: rows });
  opened.push('exceptions', () => exceptions.stop());
  const silent = () => connector.conditions.alarms();
  const handler = standAloneOperations({
    metrics: world.metrics,
    identity: { fspId: config.fspId, environment: config.environment },
    exceptions: rows,
    alarms: async (query) =>
      [...standing().filter(({ id }) => query.id === undefined || query.id === id), ...(await rows(query)), ...alarms.list(query)].slice(
        0,
        query.limit,
      ),
    desk: recordsDesk(desk),
    coreConnector: connector.live,
    // payments themselves are known where this process is called from: what names one is found
    messages: { messages, log: world.log, traces: async () => [] },
    mayAct: isLoopback(config.operations.host),
    readiness: () =>
      readiness({
        clock: world.clock,
        dataFolder: config.dataFolder,
        minimumFreeBytes: config.operations.minimumFreeBytes,
        journal,
        engineReady: life.ready,
        certificates: () => [],
        missing: () => [],
        silent,
        coreBackEnds: () => connector.conditions.inWords(),
        closing,
      }),
  });
  const operations = await openOperationsDoor(config, world, handler);
  opened.push('operations API', () => operations.close(0));
  return operations;
}

async function openBackend({ backend }: StandAloneConfig, world: World, handler: ReturnType<typeof backendApi>): Promise<HttpServer> {
  const { tls, tokenFile: _file, tokenHeader: _header, callMs: _callMs, ...limits } = backend;
  const turnAway = await strangersTurnedAway(backend);
  const credentials = tls.enabled ? (await loadTlsCredentials('backend', tls)).credentials : undefined;
  return startHttpServer(
    {
      ...limits,
      handler,
      refuse: refuseBackend,
      admit: (head) => ({ isNew: isNewWork(head), leave: () => {} }),
      // the core shows who it is in its own way
      turnAway: (head) => (isCallback(head.target) ? undefined : turnAway(head)),
      ...(credentials && { tls: { credentials, requireClientCertificate: tls.requireClientCertificate } }),
    },
    world.log.child({ api: 'backend' }),
  );
}

/** What a Payment Manager that calls this declares of its core: it follows from the connector. */
function tellCapabilities({ backend }: StandAloneConfig, { log }: World, capabilities: ConnectorCapabilities): void {
  const { quietMs, ...can } = capabilities;
  log.info('the core as a Payment Manager that calls this declares it (`core` in payment-manager.yaml)', {
    ...can,
    quietMs: Math.max(quietMs, backend.callMs),
  });
}
