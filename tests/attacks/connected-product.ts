import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionManagerServer, Scheme } from '@payment-manager/sandbox';
import { startManagerProcess } from '../../packages/payment-manager/src/cli/sandbox/manager-process.ts';
import { startUnconnectedScheme, writeConnectedConfiguration } from '../connection/connected-scheme.ts';
import type { Overrides } from '../scheme/configuration.ts';
import { PAYER } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

/** A product that runs (`./pm run`) and gets all that it needs from a Connection Manager, which is attacked, or attacks. */
export interface ConnectedProduct {
  readonly scheme: Scheme;
  readonly connectionManager: ConnectionManagerServer;
  readonly fspId: string;
  readonly configFile: string;
  readonly inbound: string;
  readonly operations: string;
  /** Asks the operations API; the body of the answer. */
  ask(path: string, method?: 'GET' | 'POST'): Promise<string>;
  /** The codes of the alarms that stand. */
  alarms(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Starts one, and resolves when it is connected. */
export async function startConnectedProduct(
  overrides: (manager: ConnectionManagerServer) => Promise<Overrides> | Overrides = () => ({}),
): Promise<ConnectedProduct> {
  const folder = mkdtempSync(join(tmpdir(), 'pm-attack-'));
  const scheme = await startUnconnectedScheme(folder);
  const connectionManager = scheme.connectionManager as ConnectionManagerServer;
  const configFile = await writeConnectedConfiguration(folder, scheme, PAYER, await overrides(connectionManager));
  const { oauth } = scheme.dfsp(PAYER);
  const secret = oauth?.clientSecret.reveal() ?? '';
  const running = await startManagerProcess(configFile, `${configFile}.log`, { PM_CONNECTION_MANAGER_CLIENT_SECRET: secret });
  const { inbound, outbound, operations } = running.urls;
  const stop = async (): Promise<void> => {
    await running.stop(5_000);
    await scheme.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  await scheme.connect(PAYER, { inbound, outbound });
  const ask = async (path: string, method = 'GET'): Promise<string> =>
    (
      await fetch(`${operations}${path}`, {
        method,
        ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
      })
    ).text();
  const conditions = async () =>
    (JSON.parse(await ask('/connection')) as { conditions: readonly { artefact: string; state: string; reason: string }[] }).conditions;
  let seen: unknown;
  await until(
    'the product is connected',
    async () => {
      seen = await conditions();
      return (seen as Awaited<ReturnType<typeof conditions>>).every(({ artefact, state }) => state === 'Ready' || artefact === 'PEER_JWS');
    },
    60_000,
  ).catch(async (error: Error) => {
    await stop();
    throw new Error(`${error.message}: ${JSON.stringify(seen)}`);
  });
  return {
    scheme,
    connectionManager,
    fspId: PAYER,
    configFile,
    inbound,
    operations,
    ask,
    alarms: async () => (JSON.parse(await ask('/alarms')) as { alarms: { code: string }[] }).alarms.map(({ code }) => code),
    stop,
  };
}
