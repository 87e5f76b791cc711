import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@payment-manager/local-scheme';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { AS_WRITTEN } from '@payment-manager/payment-manager/few-files';
import { createHttpClient, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { type InspectorDoor, openInspectorDoor } from './inspector.ts';

/** What can be followed: one payment at its payer's Payment Manager, one at its payee's, or the renewal of a certificate. */
export const OCCASIONS = ['payer', 'payee', 'renewal'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** A scheme in which one Payment Manager can be followed. */
export interface FollowedScheme {
  /** To the inspector of that Payment Manager. */
  readonly door: InspectorDoor;
  /** Lets it happen once; resolves a little after its end, when nothing of it is under way. */
  happen(): Promise<void>;
  stop(): Promise<void>;
}

const hook = new URL('./mark-inputs.ts', import.meta.url).href;
const [payer, payee] = ['greenbank', 'bluewallet'] as const;
/** What a connector does at its core is a walk of its own: followed are payments between a core that calls us and the hub. */
const PLAIN_CORES = new Map([
  [payer, 'none'],
  [payee, 'none'],
]);
const PATIENCE_MS = 60_000;
/** What follows from the last message, and is not waited for by anybody. */
const SETTLE_MS = 1_000;

/** Starts a sandbox of its own in a folder that is removed again. */
export async function startFollowed(occasion: Occasion): Promise<FollowedScheme> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-walk-'));
  const sandbox = await startSandbox({ folder, basePort: '0', connectors: PLAIN_CORES });
  const client = createHttpClient({});
  const path = join(folder, 'walk');
  const door = await openInspectorDoor(path);
  const stop = async (): Promise<void> => {
    door.close();
    await client.close();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const fspId = occasion === 'payee' ? payee : payer;
    await sandbox.managers.get(fspId)?.stop(PATIENCE_MS);
    await sandbox.restartManager(fspId, {
      NODE_OPTIONS: `--import=${hook}`,
      WALK_SOCKET: path,
      [AS_WRITTEN]: '1',
      // what is heard from the Connection Manager meanwhile is no part of a payment
      ...(occasion === 'renewal' ? {} : { PM_CONNECTION_MANAGER_POLL_MS: '600000' }),
    });
    const once = occasion === 'renewal' ? () => renew(folder) : () => pay(sandbox, client);
    const happen = async (): Promise<void> => {
      await once();
      await pause(SETTLE_MS);
    };
    return { door, happen, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing happens, for so long. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(ms, resolve));
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = systemClock.monotonic() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (systemClock.monotonic() > deadline) throw new Error(`it was not so in time: ${what}`);
    await pause(100);
  }
}

/** One dollar from a customer of the one to a customer of the other, who accept everything. */
async function pay({ running }: Sandbox, client: ReturnType<typeof createHttpClient>): Promise<void> {
  const [from, to] = [payer, payee].map((fspId) => running.dfsps.find((dfsp) => dfsp.fspId === fspId));
  const core = `${from?.coreUrl}/payments`;
  const headers = { 'content-type': 'application/json', 'idempotency-key': systemRandom.uuid() };
  const identifier = to?.customers[0]?.identifiers[0];
  const order = { to: identifier, amount: '1', currency: 'USD', from: from?.customers[0]?.id };
  const ask = async (method: string, url: string, body?: object) => {
    const outcome = await client.request({ method, url, headers, ...(body && { body: JSON.stringify(body) }), timeoutMs: PATIENCE_MS });
    if (outcome.kind === 'failed' || outcome.status >= 300)
      throw new Error(`the core: ${outcome.kind === 'failed' ? outcome.message : Buffer.from(outcome.body)}`);
    return JSON.parse(Buffer.from(outcome.body).toString('utf8')) as { paymentId: string; state: string };
  };
  const { paymentId } = await ask('POST', `${core}?wait=no`, order);
  await until('the payment is COMPLETED', async () => {
    const { state } = await ask('GET', `${core}/${paymentId}`);
    if (state === 'ABORTED' || state === 'ERROR_OCCURRED') throw new Error(`the payment is ${state}`);
    return state === 'COMPLETED' ? state : undefined;
  });
}

/** A person asks for another client certificate; the running product gets it. */
async function renew(folder: string): Promise<void> {
  const pm = async (...args: string[]): Promise<string> => {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const terminal = { out: say, err: say, workingFolder: folder, environment: {}, interactive: false };
    const code = await runCommandLine([...args, '--fsp', payer, '--folder', folder], terminal);
    if (code !== 0) throw new Error(lines.join('\n'));
    return lines.join('\n');
  };
  const inUse = async (): Promise<string> => {
    const { certificates } = JSON.parse(await pm('cert', 'list', '--json')) as { certificates: readonly Listed[] };
    return certificates.find(({ certificate, state }) => certificate === 'client' && state === 'active')?.serial ?? '';
  };
  const before = await inUse();
  await pm('cert', 'renew', 'client', '--yes');
  await until('another client certificate is in use', async () => ((await inUse()) === before ? undefined : true));
}

interface Listed {
  readonly certificate: string;
  readonly state: string;
  readonly serial: string;
}
