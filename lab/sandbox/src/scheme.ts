import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import {
  type Clock,
  type Credentials,
  createHttpClient,
  type HttpClient,
  type Log,
  type Random,
  type RefusalReason,
  type Signatures,
  systemClock,
  systemRandom,
  systemTimers,
  type Timers,
  threadPoolSignatures,
  type World,
} from '@payment-manager/runtime';
import { type Authority, type CertificateFiles, openAuthority } from './ca/authority.ts';
import { openSigningKey, type SigningKey } from './ca/signing-key.ts';
import {
  type ConnectionManagerOptions,
  type ConnectionManagerServer,
  startConnectionManagerServer,
} from './connection-manager/connection-manager-server.ts';
import { hubFollows } from './connection-manager/hub-follows.ts';
import { memberClient } from './connection-manager/member-client.ts';
import type { DfspCredentials } from './connection-manager/operator.ts';
import { type Core, openCore } from './core/core.ts';
import { coreError, toResponse } from './core/core-answer.ts';
import type { CoreSettings } from './core/settings.ts';
import { DEMO_CAPS, DEMO_DFSPS, LOST_PARTY } from './demo-dfsps.ts';
import { DEFAULT_HUB_SETTINGS, type Hub, type HubSettings, openHub } from './hub/hub.ts';
import { memoryHubStore, openHubStore } from './hub/hub-store.ts';
import { refuseFspiop } from './hub/switch-api.ts';
import { type Listener, type ListenerOptions, openListener } from './listener.ts';

export interface SchemeOptions extends Pick<World, 'log'> {
  /** Where everything is kept: CA, keys, the hub's and the cores' databases. A second start with it goes on where the first ended. */
  readonly folder: string;
  /** Hub and cores keep what they know in memory alone, for tests: a second start knows CA and keys only. Default false. */
  readonly forgets?: boolean;
  /** FSP id of the hub. Default `switch`. */
  readonly hubId?: string;
  /** Default: greenbank and bluewallet. */
  readonly dfsps?: readonly CoreSettings[];
  /** Net debit cap per currency for all participants. */
  readonly netDebitCap?: Readonly<Record<string, string>>;
  readonly hub?: Partial<HubSettings>;
  /** Mutual TLS between hub and DFSPs. Default true. */
  readonly tls?: boolean;
  /**
   * With it the DFSPs make their own keys and certificates and come into the scheme through its Connection Manager, and the hub
   * follows that, while it runs; the scheme makes none for them. Needs TLS.
   */
  readonly connectionManager?: Pick<ConnectionManagerOptions, 'port' | 'operatorPort' | 'settings' | 'keyBits'>;
  /** What is absent takes any free port. */
  readonly ports?: { readonly hub?: number; readonly hubAdmin?: number; readonly cores?: Readonly<Record<string, number>> };
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly random?: Random;
  readonly signatures?: Signatures;
}

/** A DFSP of the scheme: what its Payment Manager has to be told, and its core. */
export interface SchemeDfsp {
  readonly fspId: string;
  /** For TLS to the hub and from it. With a Connection Manager asking for it throws: the DFSP makes its own. */
  readonly credentials: Credentials;
  /** As `credentials`. */
  readonly certificateFiles: CertificateFiles;
  /** JWS. As `credentials`. */
  readonly signingKey: SigningKey;
  /** For the Connection Manager's token endpoint, when there is one. */
  readonly oauth?: DfspCredentials;
  readonly core: Core;
  /** Base URL of the core: backend API, payments and admin. */
  readonly coreUrl: string;
  readonly coreListener: Listener;
}

export interface Scheme {
  readonly hubId: string;
  /** Base URL of the hub's FSPIOP API. */
  readonly hubUrl: string;
  /** Base URL of the hub's admin API (HTTP, local). */
  readonly hubAdminUrl: string;
  readonly hub: Hub;
  readonly hubListener: Listener;
  readonly hubSigningKey: SigningKey;
  /** With a Connection Manager, which has CAs of its own, asking for it throws. */
  readonly authority: Authority;
  readonly connectionManager?: ConnectionManagerServer;
  /** A folder with the JWS public keys of all, `<fspId>.pem`, the hub's included; with a Connection Manager of the hub alone. */
  readonly publicKeysFolder: string;
  dfsp(fspId: string): SchemeDfsp;
  readonly dfsps: readonly SchemeDfsp[];
  /**
   * Tells the hub where a Payment Manager listens (with a Connection Manager that does it), and the core where its outbound API is, and whether it
   * serves `/sendmoney`. Base URLs.
   */
  connect(fspId: string, urls: { readonly inbound: string; readonly outbound: string }, sendsMoney?: boolean): Promise<void>;
  /** Ends everything that the scheme started; folders and ports are free afterwards. May be called twice. */
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 5_242_880;
const STOP_GRACE_MS = 2_000;

/** Starts a whole scheme, but for the Payment Managers: CA, hub, and a demo core for each DFSP. All on 127.0.0.1. */
export async function startScheme(options: SchemeOptions): Promise<Scheme> {
  const world: Surroundings = {
    clock: options.clock ?? systemClock,
    timers: options.timers ?? systemTimers,
    random: options.random ?? systemRandom,
    signatures: options.signatures ?? threadPoolSignatures,
    closers: [],
  };
  try {
    return await startParts(options, world);
  } catch (error) {
    await closeAll(world.closers);
    throw error;
  }
}

/** The surroundings of a scheme, and what must be closed at its end, in the order of opening. */
interface Surroundings extends Pick<World, 'clock' | 'timers' | 'random' | 'signatures'> {
  readonly closers: (() => Promise<void>)[];
}

/** Last opened, first closed: sockets before what stands behind them. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
}

async function startParts(options: SchemeOptions, world: Surroundings): Promise<Scheme> {
  const hubId = options.hubId ?? 'switch';
  const keysFolder = join(options.folder, 'jws');
  const hubSigningKey = await openSigningKey(keysFolder, hubId);
  const connectionManager = await startConnectionManager(options, world, hubId, hubSigningKey);
  const authority = connectionManager ? undefined : await openAuthority({ folder: join(options.folder, 'ca'), ...world });
  const keysOf = (fspId: string): Promise<DfspKeys> =>
    authority ? readyKeys(fspId, authority, keysFolder) : ownKeys(fspId, connectionManager as ConnectionManagerServer);
  const parties = { options, world, hubId, authority, hubSigningKey, connectionManager };
  const { hub, hubListener, adminListener } = await startHub(parties);
  const client = createHttpClient({});
  world.closers.push(() => client.close());
  const dfsps: SchemeDfsp[] = [];
  for (const settings of options.dfsps ?? DEMO_DFSPS) {
    dfsps.push(await startDfsp(settings, await keysOf(settings.fspId), { options, world, client, hub, connectionManager }));
  }
  if (dfsps.some(({ fspId }) => fspId === LOST_PARTY.fspId)) await hub.putParty({ ...LOST_PARTY });
  const dfsp = (fspId: string): SchemeDfsp => {
    const found = dfsps.find((one) => one.fspId === fspId);
    if (found === undefined) throw new RangeError(`no DFSP ${fspId} in this scheme`);
    return found;
  };
  let stopping: Promise<void> | undefined;
  return {
    hubId,
    hubUrl: hubListener.url,
    hubAdminUrl: adminListener.url,
    hub,
    hubListener,
    hubSigningKey,
    get authority() {
      if (authority) return authority;
      throw new TypeError('this scheme has a Connection Manager, and no other CA');
    },
    ...(connectionManager && { connectionManager }),
    publicKeysFolder: join(keysFolder, 'public'),
    dfsp,
    dfsps,
    async connect(fspId, urls, sendsMoney) {
      if (!connectionManager) await hub.putParticipant({ fspId, endpoint: urls.inbound });
      dfsp(fspId).core.setPaymentManagerUrl(urls.outbound.replace(/\/+$/, ''), sendsMoney);
    },
    stop() {
      stopping ??= closeAll(world.closers);
      return stopping;
    },
  };
}

/** Its host name is what the hub's base URL says; certificates name it and the addresses of this machine. */
async function startConnectionManager(
  options: SchemeOptions,
  world: Surroundings,
  hubId: string,
  hubSigningKey: SigningKey,
): Promise<ConnectionManagerServer | undefined> {
  if (!options.connectionManager) return undefined;
  if (options.tls === false) throw new TypeError('a Connection Manager is of no use without TLS');
  const server = await startConnectionManagerServer({
    ...options.connectionManager,
    ...world,
    folder: options.folder,
    hubId,
    hubJwsPublicKey: hubSigningKey.publicKey,
    log: options.log.child({ part: 'connection manager' }),
  });
  world.closers.push(() => server.stop());
  return server;
}

interface HubParts {
  readonly options: SchemeOptions;
  readonly world: Surroundings;
  readonly hubId: string;
  readonly authority: Authority | undefined;
  readonly hubSigningKey: SigningKey;
  readonly connectionManager: ConnectionManagerServer | undefined;
}

async function startHub({ options, world, hubId, authority, hubSigningKey, connectionManager }: HubParts) {
  const withTls = options.tls !== false;
  const credentials = authority ? await authority.issue({ name: hubId }) : connectionManager?.hubCredentials();
  if (!credentials) throw new TypeError('the hub has no certificate to listen with');
  const log = options.log.child({ part: 'hub' });
  const members = memberClient(log);
  const client = connectionManager ? members : createHttpClient(withTls ? { credentials } : {});
  world.closers.push(async () => {
    await Promise.all([client.close(), members.close()]);
  });
  const hub = await openHub({
    ...world,
    identity: { hubId, signingKey: createPrivateKey(hubSigningKey.privateKey.reveal()) },
    settings: { ...DEFAULT_HUB_SETTINGS, requireClientCertificate: withTls, ...options.hub },
    store: options.forgets ? memoryHubStore() : await openHubStore({ file: join(options.folder, 'hub.db'), log }),
    client,
    log,
  });
  world.closers.push(() => hub.stop());
  const hubListener = await listen(world, log, {
    port: options.ports?.hub ?? 0,
    handler: hub.handler,
    refuse: refuseFspiop,
    ...(withTls && { tls: { credentials, requireClientCertificate: true } }),
  });
  const adminListener = await listen(world, log, { port: options.ports?.hubAdmin ?? 0, handler: hub.admin, refuse: refuseJson });
  if (connectionManager) {
    const end = hubFollows({ server: connectionManager, hub, client: members, listener: hubListener, log });
    world.closers.push(async () => end());
  }
  return { hub, hubListener, adminListener };
}

async function listen(world: Surroundings, log: Log, options: Omit<ListenerOptions, 'maxBodyBytes'>): Promise<Listener> {
  const listener = await openListener({ ...options, maxBodyBytes: MAX_BODY_BYTES }, log);
  world.closers.push(() => listener.close(STOP_GRACE_MS));
  return listener;
}

interface DfspParts {
  readonly options: SchemeOptions;
  readonly world: Surroundings;
  readonly client: HttpClient;
  readonly hub: Hub;
  readonly connectionManager: ConnectionManagerServer | undefined;
}

/** The DFSP's core and its accounts with the hub; its parties go into the oracle. */
async function startDfsp(settings: CoreSettings, keys: DfspKeys, parts: DfspParts): Promise<SchemeDfsp> {
  const { options, hub } = parts;
  const { fspId } = settings;
  const log = options.log.child({ part: `core ${fspId}` });
  const file = options.forgets ? ':memory:' : join(options.folder, 'cores', `${fspId}.db`);
  const core = openCore({ settings, file, client: parts.client, ...parts.world, log });
  parts.world.closers.push(async () => core.stop());
  const coreListener = await listen(parts.world, log, {
    port: options.ports?.cores?.[fspId] ?? 0,
    handler: core.handler,
    refuse: refuseJson,
  });
  const currencies = [...new Set(settings.customers.flatMap(({ accounts }) => Object.keys(accounts)))];
  await hub.putParticipant({
    fspId,
    ...(!parts.connectionManager && { jwsPublicKeys: [keys.signingKey.publicKey] }),
    currencies,
    ...(isNew(hub, fspId) && { netDebitCap: options.netDebitCap ?? DEMO_CAPS }),
  });
  for (const { identifiers } of settings.customers) {
    for (const identifier of identifiers) await hub.putParty({ ...identifier, fspId });
  }
  // Not spread: the keys of who makes them himself are getters that throw.
  return Object.assign(keys, { fspId, core, coreUrl: coreListener.url, coreListener });
}

type DfspKeys = Pick<SchemeDfsp, 'credentials' | 'certificateFiles' | 'signingKey' | 'oauth'>;

/** Without a Connection Manager the scheme makes them. */
async function readyKeys(fspId: string, authority: Authority, keysFolder: string): Promise<DfspKeys> {
  const [credentials, signingKey] = await Promise.all([authority.issue({ name: fspId }), openSigningKey(keysFolder, fspId)]);
  return { credentials, signingKey, certificateFiles: authority.files(fspId) };
}

/** With one, the DFSP makes its own; all that it is given is a way to the Connection Manager. */
async function ownKeys(fspId: string, connectionManager: ConnectionManagerServer): Promise<DfspKeys> {
  const oauth = await connectionManager.operator.register(fspId);
  const none = (): never => {
    throw new TypeError(`${fspId} makes its own keys and certificates, and nobody else has them: this scheme has a Connection Manager`);
  };
  return {
    oauth,
    get credentials() {
      return none();
    },
    get certificateFiles() {
      return none();
    },
    get signingKey() {
      return none();
    },
  };
}

/** A cap that was changed at run time survives the next start. */
function isNew(hub: Hub, fspId: string): boolean {
  return hub.directory.positions().every((position) => position.fspId !== fspId);
}

function refuseJson(reason: RefusalReason): ReturnType<typeof toResponse> {
  const status = reason === 'overloaded' || reason === 'closing' ? 503 : reason === 'handler-failed' ? 500 : 400;
  return toResponse(coreError(status, status === 400 ? '3100' : '2001', reason));
}
