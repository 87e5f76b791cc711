import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  createMetrics,
  noFailpoints,
  type RecordedLog,
  recordedLog,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
  type World,
} from '@payment-manager/runtime';
import {
  type ConnectionManagerServer,
  type ConnectionManagerSettings,
  type Core,
  type Scheme,
  startScheme,
} from '@payment-manager/sandbox';
import { freePort } from '../../lab/local-scheme/src/sandbox-ports.ts';
import { loadConfig } from '../../packages/configuration/src/load.ts';
import type { Config } from '../../packages/configuration/src/schema.ts';
import { authorizationBy } from '../../packages/payment-manager/src/cli/operations/operations-token.ts';
import { type RunningPaymentManager, startPaymentManager } from '../../packages/payment-manager/src/compose.ts';
import { type Overrides, QUICK_TIMES } from '../scheme/configuration.ts';
import { dfspsWith, PAYEE, PAYER, QUICK_DELIVERY } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

/** A DFSP that got its keys and certificates through the scheme's Connection Manager. */
export interface ConnectedSide {
  readonly fspId: string;
  readonly core: Core;
  readonly coreUrl: string;
  /** Its configuration. */
  readonly file: string;
  readonly config: Config;
  readonly inbound: string;
  readonly operations: string;
  readonly log: RecordedLog;
  /** Public keys (SPKI, base64) with which this side has verified signatures that hold, each with the times. */
  readonly verifiedWith: ReadonlyMap<string, readonly number[]>;
}

/** Hub, Connection Manager, cores, and two Payment Managers in this process that were given nothing but a client secret. */
export interface ConnectedScheme {
  readonly scheme: Scheme;
  readonly connectionManager: ConnectionManagerServer;
  readonly payer: ConnectedSide;
  readonly payee: ConnectedSide;
  /** Ends a Payment Manager and starts it anew. */
  again(side: ConnectedSide): Promise<ConnectedSide>;
  stop(): Promise<void>;
}

/** What `GET /connection` answers, as far as tests look. */
export interface ShownConnection {
  readonly missing: readonly string[];
  readonly leads: boolean;
  readonly connected: boolean;
  readonly readinessTest?: { readonly outcome: string; readonly changed: readonly string[] };
  readonly conditions: readonly { readonly artefact: string; readonly state: string; readonly reason: string; readonly message: string }[];
  readonly served: readonly {
    readonly where: string;
    readonly state: string;
    readonly reason: string;
    readonly certificate?: { readonly fingerprint: string };
  }[];
  readonly keys: readonly ShownKey[];
  readonly hubCa: readonly ShownKey[];
  readonly peers: readonly { readonly fspId: string; readonly keys: readonly ShownKey[] }[];
}

export interface ShownKey {
  readonly purpose: string;
  readonly id: string;
  readonly state: string;
  readonly inHsm: boolean;
  readonly certificate?: { readonly fingerprint: string };
}

/** Short times, and small keys: making them costs more than everything else here. */
const CONNECTION: Partial<Config['connectionManager']> = {
  pollMs: 250,
  propagationMs: 1_000,
  overlapMs: 60_000,
  keyAlgorithm: 'RSA-2048',
  dnsNames: ['localhost'],
  ips: ['127.0.0.1'],
  egress: ['127.0.0.1:443'],
};

/** A scheme with its Connection Manager, into which nobody has come yet. */
export function startUnconnectedScheme(folder: string, settings?: Partial<ConnectionManagerSettings>): Promise<Scheme> {
  return startScheme({
    folder,
    forgets: true,
    log: recordedLog(),
    dfsps: dfspsWith(),
    hub: { delivery: QUICK_DELIVERY },
    connectionManager: { ...(settings && { settings }) },
  });
}

/** Starts it and waits until both are connected; with `settings` of the Connection Manager it waits for nothing. */
export async function startConnectedScheme(
  folder: string,
  overrides: Overrides = {},
  settings?: Partial<ConnectionManagerSettings>,
): Promise<ConnectedScheme> {
  const scheme = await startUnconnectedScheme(folder, settings);
  const connectionManager = scheme.connectionManager as ConnectionManagerServer;
  const managers = new Map<string, RunningPaymentManager>();
  const start = async (fspId: string, file: string): Promise<ConnectedSide> => {
    const { manager, side } = await startSide(scheme, fspId, file);
    managers.set(fspId, manager);
    return side;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...managers.values()].map((manager) => manager.stop()));
    await scheme.stop();
  };
  try {
    const files = await Promise.all([PAYER, PAYEE].map((fspId) => writeConnectedConfiguration(folder, scheme, fspId, overrides)));
    const [payer, payee] = (await Promise.all([PAYER, PAYEE].map((fspId, n) => start(fspId, files[n] ?? '')))) as [
      ConnectedSide,
      ConnectedSide,
    ];
    if (settings === undefined) await Promise.all([payer, payee].map(connected));
    const again = async ({ fspId, file }: ConnectedSide): Promise<ConnectedSide> => {
      await managers.get(fspId)?.stop();
      return start(fspId, file);
    };
    return { scheme, connectionManager, payer, payee, again, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the Payment Manager of a DFSP in this process. */
export async function startSide(scheme: Scheme, fspId: string, file: string) {
  const { oauth, core, coreUrl } = scheme.dfsp(fspId);
  const secret = oauth?.clientSecret.reveal() ?? '';
  const { config } = await loadConfig(file, { PM_CONNECTION_MANAGER_CLIENT_SECRET: secret }, dirname(file));
  const verifiedWith = new Map<string, number[]>();
  const log = recordedLog(100_000);
  const manager = await startPaymentManager(config, watchedWorld(log, verifiedWith));
  await scheme.connect(fspId, { inbound: manager.inbound.url, outbound: manager.outbound.url });
  const { inbound, operations } = manager;
  const side: ConnectedSide = { fspId, core, coreUrl, file, config, inbound: inbound.url, operations: operations.url, log, verifiedWith };
  return { manager, side };
}

/** Writes the configuration of a DFSP that has a vault in files and a way to the Connection Manager. Answers its path. */
export async function writeConnectedConfiguration(
  folder: string,
  scheme: Scheme,
  fspId: string,
  overrides: Overrides = {},
): Promise<string> {
  const { core, coreUrl } = scheme.dfsp(fspId);
  const server = scheme.connectionManager as ConnectionManagerServer;
  const port = await freePort();
  const tls = { enabled: true };
  const own = join(folder, fspId);
  mkdirSync(own, { recursive: true });
  const file = join(own, 'payment-manager.yaml');
  const configuration = {
    ...QUICK_TIMES,
    fspId,
    sandbox: true,
    dataFolder: 'data',
    environment: 'sandbox',
    vault: { store: 'file', pollMs: 200 },
    inbound: { host: '127.0.0.1', port, tls },
    outbound: { host: '127.0.0.1', port: 0 },
    operations: { host: '127.0.0.1', port: 0 },
    hub: { id: scheme.hubId, baseUrl: scheme.hubUrl, tls },
    core: { minimumMs: 100, quietMs: 300, transferAskable: true, baseUrl: coreUrl, atPrepare: core.settings.atPrepare },
    acceptance: { party: true, quote: true, maxFee: { USD: '5', XOF: '500' } },
    ...overrides,
    connectionManager: {
      ...CONNECTION,
      url: server.url,
      tokenUrl: server.tokenUrl,
      subject: { organization: fspId, country: 'KE' },
      ingressUrl: `https://127.0.0.1:${port}`,
      ...overrides.connectionManager,
    },
  };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}

function watchedWorld(log: RecordedLog, verifiedWith: Map<string, number[]>): World {
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: {
      sign: threadPoolSignatures.sign,
      async verify(algorithm, key, data, signature) {
        const holds = await threadPoolSignatures.verify(algorithm, key, data, signature);
        const spki = key.export({ type: 'spki', format: 'der' }).toString('base64');
        if (holds) verifiedWith.set(spki, [...(verifiedWith.get(spki) ?? []), systemClock.now()]);
        return holds;
      },
    },
    log,
    metrics: createMetrics(),
    failpoints: noFailpoints,
  };
}

/** What the operations API says of the connection. */
export async function connectionOf({ operations }: Pick<ConnectedSide, 'operations'>): Promise<ShownConnection> {
  return (await (await fetch(`${operations}/connection`)).json()) as ShownConnection;
}

/** Waits until everything is in order, towards every peer. */
export async function connected(side: Pick<ConnectedSide, 'fspId' | 'operations'>): Promise<void> {
  let seen: ShownConnection | undefined;
  const ready = async (): Promise<boolean> => {
    seen = await connectionOf(side);
    const { ok } = await fetch(`${side.operations}/health/ready`);
    return ok && seen.conditions.every(({ state }) => state === 'Ready') && seen.peers.length >= 2;
  };
  await until(`${side.fspId} connected`, ready, 30_000).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(seen, undefined, 1)}`);
  });
}

/** Where an operator asks for a renewal: the token is in the data folder. */
export interface RenewableSide {
  readonly operations: string;
  readonly config: { readonly dataFolder: string };
}

/** Asks for a renewal, as an operator does. */
export async function renew(side: RenewableSide, artefact: string): Promise<void> {
  const response = await askForRenewal(side, artefact);
  if (response.status !== 202) throw new Error(`${artefact}: ${response.status} ${await response.text()}`);
}

/** The answer to an operator who asks for a renewal. */
export async function askForRenewal({ operations, config }: RenewableSide, artefact: string): Promise<Response> {
  return fetch(`${operations}/connection/renew`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await authorizationBy(join(config.dataFolder, 'operations.token'))) },
    body: JSON.stringify({ artefact, by: 'a test' }),
  });
}
