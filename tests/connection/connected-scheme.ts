import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
} from '@payment-manager/runtime';
import { type ConnectionManagerServer, type Core, type Scheme, startScheme } from '@payment-manager/sandbox';
import { type RunningPaymentManager, startPaymentManager, type World } from '../../packages/payment-manager/src/compose.ts';
import { loadConfig } from '../../packages/payment-manager/src/config/load.ts';
import type { Config } from '../../packages/payment-manager/src/config/schema.ts';
import { type Overrides, QUICK_TIMES } from '../scheme/configuration.ts';
import { dfspsWith, PAYEE, PAYER, QUICK_DELIVERY } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

/** A DFSP that got its keys and certificates through the scheme's Connection Manager. */
export interface ConnectedSide {
  readonly fspId: string;
  readonly core: Core;
  readonly coreUrl: string;
  readonly config: Config;
  readonly inbound: string;
  readonly operations: string;
  readonly log: RecordedLog;
  /** Public keys (SPKI, base64) with which this side has verified signatures that hold. */
  readonly verifiedWith: ReadonlySet<string>;
}

/** Hub, Connection Manager, cores, and two Payment Managers in this process that were given nothing but a client secret. */
export interface ConnectedScheme {
  readonly scheme: Scheme;
  readonly connectionManager: ConnectionManagerServer;
  readonly payer: ConnectedSide;
  readonly payee: ConnectedSide;
  stop(): Promise<void>;
}

/** What `GET /connection` answers, as far as tests look. */
export interface ShownConnection {
  readonly missing: readonly string[];
  readonly leads: boolean;
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

/** Starts it and waits until both are connected. */
export async function startConnectedScheme(folder: string, overrides: Overrides = {}): Promise<ConnectedScheme> {
  const scheme = await startScheme({
    folder,
    log: recordedLog(),
    dfsps: dfspsWith(),
    hub: { delivery: QUICK_DELIVERY },
    connectionManager: {},
  });
  const connectionManager = scheme.connectionManager as ConnectionManagerServer;
  const managers: RunningPaymentManager[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(managers.map((manager) => manager.stop()));
    await scheme.stop();
  };
  try {
    const sides = await Promise.all(
      [PAYER, PAYEE].map(async (fspId) => {
        const { manager, side } = await startSide(folder, scheme, fspId, overrides);
        managers.push(manager);
        return side;
      }),
    );
    const [payer, payee] = sides as [ConnectedSide, ConnectedSide];
    await Promise.all(sides.map(connected));
    return { scheme, connectionManager, payer, payee, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSide(folder: string, scheme: Scheme, fspId: string, overrides: Overrides) {
  const file = await writeConnectedConfiguration(folder, scheme, fspId, overrides);
  const { oauth, core, coreUrl } = scheme.dfsp(fspId);
  const secret = oauth?.clientSecret.reveal() ?? '';
  const { config } = await loadConfig(file, { PM_CONNECTION_MANAGER_CLIENT_SECRET: secret }, dirname(file));
  const verifiedWith = new Set<string>();
  const log = recordedLog(100_000);
  const manager = await startPaymentManager(config, watchedWorld(log, verifiedWith));
  await scheme.connect(fspId, { inbound: manager.inbound.url, outbound: manager.outbound.url });
  const side: ConnectedSide = {
    fspId,
    core,
    coreUrl,
    config,
    inbound: manager.inbound.url,
    operations: manager.operations.url,
    log,
    verifiedWith,
  };
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
    vault: { store: 'file', environment: 'sandbox', pollMs: 200 },
    inbound: { host: '127.0.0.1', port, tls },
    outbound: { host: '127.0.0.1', port: 0 },
    operations: { host: '127.0.0.1', port: 0 },
    hub: { id: scheme.hubId, baseUrl: scheme.hubUrl, tls },
    core: { minimumMs: 100, quietMs: 300, transferAskable: true, baseUrl: coreUrl, atPrepare: core.settings.atPrepare },
    acceptance: { party: true, quote: true },
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

/** The scheme must be told a port before anybody listens there. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

function watchedWorld(log: RecordedLog, verifiedWith: Set<string>): World {
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: {
      sign: threadPoolSignatures.sign,
      async verify(algorithm, key, data, signature) {
        const holds = await threadPoolSignatures.verify(algorithm, key, data, signature);
        if (holds) verifiedWith.add(key.export({ type: 'spki', format: 'der' }).toString('base64'));
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
export async function connected(side: ConnectedSide): Promise<void> {
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

/** Asks for a renewal, as an operator does. */
export async function renew({ operations }: ConnectedSide, artefact: string): Promise<void> {
  const response = await fetch(`${operations}/connection/renew`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ artefact, by: 'a test' }),
  });
  if (response.status !== 202) throw new Error(`${artefact}: ${response.status} ${await response.text()}`);
}
