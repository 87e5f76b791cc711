import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedLog } from '@payment-manager/runtime';
import { type ConnectionManagerServer, startConnectionManagerServer } from '@payment-manager/sandbox';
import { startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { until } from '../scheme/waiting.ts';

/** A product that runs (`./pm run`) and gets all that it needs from a Connection Manager, which is attacked, or attacks. There is no hub. */
export interface ConnectedProduct {
  readonly connectionManager: ConnectionManagerServer;
  readonly fspId: string;
  readonly configFile: string;
  /** Another configuration of the same vault, without the Connection Manager: for a person who signs by hand. */
  readonly byHandFile: string;
  readonly inbound: string;
  readonly operations: string;
  /** Asks the operations API; the body of the answer. */
  ask(path: string, method?: 'GET' | 'POST'): Promise<string>;
  /** The codes of the alarms that stand. */
  alarms(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const fspId = 'greenbank';

/** Starts one, and resolves when it is connected. */
export async function startConnectedProduct(): Promise<ConnectedProduct> {
  const folder = mkdtempSync(join(tmpdir(), 'pm-attack-'));
  // Tokens that soon end, so that a log-in comes soon.
  const connectionManager = await startConnectionManagerServer({ log: recordedLog(), settings: { tokenSeconds: 20 } });
  const { clientSecret } = await connectionManager.operator.register(fspId);
  const configFile = join(folder, 'payment-manager.yaml');
  const tls = { enabled: true };
  const configuration = {
    fspId,
    sandbox: true,
    dataFolder: 'data',
    environment: 'sandbox',
    vault: { store: 'file', pollMs: 200 },
    inbound: { host: '127.0.0.1', port: 0, tls },
    outbound: { host: '127.0.0.1', port: 0 },
    operations: { host: '127.0.0.1', port: 0 },
    hub: { baseUrl: 'https://127.0.0.1:9', tls },
    core: { baseUrl: 'http://127.0.0.1:9' },
    connectionManager: {
      pollMs: 250,
      propagationMs: 500,
      keyAlgorithm: 'RSA-2048',
      dnsNames: ['localhost'],
      ips: ['127.0.0.1'],
      egress: ['127.0.0.1:443'],
      url: connectionManager.url,
      tokenUrl: connectionManager.tokenUrl,
      subject: { organization: fspId, country: 'KE' },
      ingressUrl: 'https://127.0.0.1:4000',
    },
  };
  writeFileSync(configFile, JSON.stringify(configuration), { mode: 0o600 });
  const byHandFile = join(folder, 'by-hand.yaml');
  const { url, tokenUrl, ...rest } = configuration.connectionManager;
  writeFileSync(byHandFile, JSON.stringify({ ...configuration, connectionManager: rest }), { mode: 0o600 });
  const environment = { PM_CONNECTION_MANAGER_CLIENT_SECRET: clientSecret.reveal() };
  const running = await startManagerProcess(configFile, `${configFile}.log`, environment);
  const { inbound, operations } = running.urls;
  const stop = async (): Promise<void> => {
    await running.stop(5_000);
    await connectionManager.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const ask = async (path: string, method = 'GET'): Promise<string> => {
    const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {};
    return (await fetch(`${operations}${path}`, { method, ...body })).text();
  };
  let seen = '';
  const connected = async (): Promise<boolean> => {
    seen = await ask('/connection');
    const { conditions } = JSON.parse(seen) as { conditions: readonly { artefact: string; state: string }[] };
    return conditions.every(({ artefact, state }) => state === 'Ready' || artefact === 'PEER_JWS');
  };
  await until('the product is connected', connected, 60_000).catch(async (error: Error) => {
    await stop();
    throw new Error(`${error.message}: ${seen}`);
  });
  return {
    connectionManager,
    fspId,
    configFile,
    byHandFile,
    inbound,
    operations,
    ask,
    alarms: async () => (JSON.parse(await ask('/alarms')) as { alarms: { code: string }[] }).alarms.map(({ code }) => code),
    stop,
  };
}
