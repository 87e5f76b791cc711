import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Credentials, createHttpClient, type HttpOutcome, systemClock, systemRandom } from '@payment-manager/runtime';
import { type Authority, type CertificateFiles, openAuthority, openSigningKey } from '@payment-manager/sandbox';
import { startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { nodeOptions } from '../../packages/payment-manager/src/cli/node-options.ts';
import { authorizationBy } from '../../packages/payment-manager/src/cli/operations/operations-token.ts';
import { until } from '../scheme/waiting.ts';

/** The id of the hub, and the name in its client certificate. */
export const HUB = 'switch';
export const DFSP = 'greenbank';

/** A configuration of production as a tree; a test changes what it is about. */
export interface AttackedConfiguration {
  [group: string]: unknown;
}

/** Files and certificates of one DFSP in a scheme whose CA signs for everybody, as many schemes have it. */
export interface AttackedFolder {
  readonly folder: string;
  readonly authority: Authority;
  /** A file in the folder. */
  path(name: string): string;
  /** Certificate files for a name, made when they are not there. */
  certificate(name: string): Promise<{ readonly files: CertificateFiles; readonly credentials: Credentials }>;
  /** A whole configuration of production: mutual TLS, signatures, loopback; `changes` replace top-level groups. */
  configuration(changes?: AttackedConfiguration): AttackedConfiguration;
  /** Writes it, and resolves with its path. */
  write(name: string, configuration: AttackedConfiguration): Promise<string>;
  remove(): Promise<void>;
}

export async function attackedFolder(): Promise<AttackedFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-attack-'));
  const path = (name: string): string => join(folder, name);
  const authority = await openAuthority({ folder: path('ca'), clock: systemClock, random: systemRandom });
  const certificate = async (name: string) => ({ credentials: await authority.issue({ name }), files: authority.files(name) });
  const own = (await certificate(DFSP)).files;
  await certificate(HUB);
  const signing = await openSigningKey(path('jws'), DFSP);
  await mkdir(path('peers'));
  const tls = { enabled: true, certificateFile: own.certificate, keyFile: own.privateKey, caFile: own.ca };
  const serverTls = { ...tls, hubNames: [HUB] };
  return {
    folder,
    authority,
    path,
    certificate,
    configuration: (changes = {}) => ({
      fspId: DFSP,
      dataFolder: path('data'),
      inbound: { host: '127.0.0.1', port: 0, tls: serverTls },
      outbound: { host: '127.0.0.1', port: 0 },
      operations: { host: '127.0.0.1', port: 0 },
      hub: { id: HUB, baseUrl: 'https://127.0.0.1:9', tls },
      core: { baseUrl: 'http://127.0.0.1:9' },
      jws: { signingKeyFile: signing.privateKeyFile, peerKeysFolder: path('peers') },
      files: { pollMs: 100 },
      ...changes,
    }),
    async write(name, configuration) {
      // it may hold a secret
      await writeFile(path(`${name}.yaml`), JSON.stringify(configuration), { mode: 0o600 });
      return path(`${name}.yaml`);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

const main = fileURLToPath(new URL('../../packages/payment-manager/src/cli/main.ts', import.meta.url));

/** `./pm run` that is expected to end by itself; what it said, and its exit code. It is killed when it becomes ready. */
export async function runToItsEnd(configFile: string): Promise<{ readonly exitCode: number | string; readonly text: string }> {
  const child = spawn(process.execPath, [...nodeOptions, main, 'run', '--config', configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('"msg":"ready"')) child.kill('SIGKILL');
    });
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ exitCode: code ?? signal ?? 'unknown', text })));
}

/** A product that runs, as `./pm run` starts it, and is attacked. */
export interface AttackedProduct {
  readonly pid: number;
  readonly inbound: string;
  readonly outbound: string;
  readonly operations: string;
  /** Resolves with the codes of its alarms. */
  alarms(): Promise<readonly { readonly payment: string; readonly code: string; readonly reason: string }[]>;
  /** Resolves when an alarm with this code stands. */
  alarmed(code: string): Promise<void>;
  /** Resolves when none with this code stands. */
  calmed(code: string): Promise<void>;
  /** The lines of its log. */
  log(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  stop(): Promise<void>;
}

export async function startAttacked(configFile: string): Promise<AttackedProduct> {
  const { dataFolder } = JSON.parse(await readFile(configFile, 'utf8')) as { dataFolder: string };
  const running = await startManagerProcess(configFile, `${configFile}.log`);
  const { inbound, outbound, operations } = running.urls;
  const alarms = async () => {
    const outcome = await send({ url: `${operations}/alarms`, headers: await authorizationBy(join(dataFolder, 'operations.token')) });
    if (outcome.kind === 'failed' || outcome.status !== 200) throw new Error('the operations API does not answer');
    return (JSON.parse(Buffer.from(outcome.body).toString()) as { alarms: { payment: string; code: string; reason: string }[] }).alarms;
  };
  return {
    pid: running.pid,
    inbound,
    outbound,
    operations,
    alarms,
    alarmed: async (code) => {
      await until(`the alarm ${code}`, async () => (await alarms()).some((alarm) => alarm.code === code));
    },
    calmed: async (code) => {
      await until(`the end of ${code}`, async () => !(await alarms()).some((alarm) => alarm.code === code));
    },
    async log() {
      const text = await readFile(`${configFile}.log`, 'utf8');
      return text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    stop: () => running.stop(5_000),
  };
}

export interface Sent {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly as?: Credentials;
}

/** One request by a connection of its own. */
export async function send({ url, method = 'GET', headers = {}, body, as }: Sent): Promise<HttpOutcome> {
  const client = createHttpClient(as === undefined ? {} : { credentials: as });
  const outcome = await client.request({ method, url, headers, timeoutMs: 30_000, ...(body !== undefined && { body }) });
  await client.close();
  return outcome;
}

/** The word of somebody who says to be the hub: an unsigned notification that a transfer is committed. */
export function unsignedNotification(
  inbound: string,
  as: Credentials | undefined,
  more: Readonly<Record<string, string>> = {},
): Promise<HttpOutcome> {
  return send({
    url: `${inbound}/transfers/7c23e80c-d078-4077-8263-2c047876fcf6`,
    method: 'PATCH',
    ...(as !== undefined && { as }),
    headers: {
      'content-type': 'application/vnd.interoperability.transfers+json;version=1.1',
      date: new Date(systemClock.now()).toUTCString(),
      'fspiop-source': HUB,
      'fspiop-destination': DFSP,
      ...more,
    },
    body: JSON.stringify({ completedTimestamp: '2026-11-24T09:30:00.000Z', transferState: 'COMMITTED' }),
  });
}

/** What became of a request, in short. */
export function fate(outcome: HttpOutcome): number | string {
  return outcome.kind === 'answer' ? outcome.status : outcome.code;
}
