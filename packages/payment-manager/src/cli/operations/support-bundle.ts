import { open, readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem, uptime } from 'node:os';
import { join, resolve } from 'node:path';
import { configSchema, type LoadedConfig, listKeys, lookUp } from '@payment-manager/configuration';
import type { Authorization } from '@payment-manager/operations/api';
import { supportBundle } from '@payment-manager/operations/support';
import { createHttpClient, type HttpClient, systemClock } from '@payment-manager/runtime';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { operationsUrl } from '../connection/connection-client.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { sandboxFolder } from '../running-sandbox.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { versionText } from '../version.ts';
import { authorizationFor } from './operations-token.ts';
import { confirmed } from './person.ts';

/** So much of the end of a log is read. */
const LOG_BYTES = 20_000_000;
const TIMEOUT_MS = 10_000;

/** Keys that name files with secrets: `core.secretFiles`, `outbound.tokenFile`, `vault.masterKey.file`, `jws.signingKeyFile`, ... */
const HOLDS_SECRETS = /(?:secret|token|credential|pin|key)\.?files?$/i;

/** `./pm support-bundle`: what somebody who helps must know, shown first, then written into one file that only its owner reads. */
export const supportBundleCommand: Command = async ([target], options, terminal) => {
  const loaded = await loadConfiguration(configurationFile(options, terminal), terminal);
  const at = new Date(systemClock.now()).toISOString();
  const { fspId } = loaded.config;
  const file = resolve(terminal.workingFolder, target ?? `support-${fspId}-${at.slice(0, 16).replaceAll(/[-:]/g, '')}.txt`);
  const text = await stayAlive(() => gathered(loaded, at, options, terminal));
  for (const line of text.split('\n')) terminal.out(printable(line));
  if (!(await confirmed(options, terminal, `This is all of it. Write it into ${file}?`))) {
    terminal.out('Nothing was written.');
    return EXIT_CODES.failed;
  }
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new CommandFailed(EXIT_CODES.usage, `${file} cannot be written: ${(error as Error).message}. Name another file.`);
  }
  terminal.out(style.good(`Written: ${file}`));
  return EXIT_CODES.ok;
};

async function gathered(loaded: LoadedConfig, at: string, options: CommandOptions, terminal: Terminal): Promise<string> {
  const client = createHttpClient({ maxConnectionsPerOrigin: 2 });
  const url = operationsUrl(loaded.config);
  try {
    const authorization = await authorizationFor(loaded.config).catch(() => ({}));
    const ask = (path: string) => askFor(client, url, path, authorization);
    const json = async (path: string): Promise<unknown> => readJson(await ask(path));
    const [ready, connection, alarms, exceptions, metrics] = await Promise.all([
      json('/health/ready'),
      json('/connection'),
      json('/alarms?limit=200'),
      json('/exceptions?limit=200'),
      ask('/metrics'),
    ]);
    return supportBundle({
      at,
      versions: versions(),
      loaded,
      secrets: await secretsInFiles(loaded),
      answers: { ready, connection, alarms, exceptions },
      metrics,
      log: await logText(options, terminal),
    });
  } finally {
    await client.close();
  }
}

/** Undefined: it does not run, or refuses. */
async function askFor(
  client: HttpClient,
  url: string | undefined,
  path: string,
  authorization: Authorization,
): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const headers = { accept: '*/*', ...authorization };
  const outcome = await client.request({ method: 'GET', url: `${url}${path}`, headers, timeoutMs: TIMEOUT_MS });
  return outcome.kind === 'answer' && [200, 503].includes(outcome.status) ? Buffer.from(outcome.body).toString('utf8') : undefined;
}

function readJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function versions(): readonly string[] {
  const gigabytes = (totalmem() / 1_073_741_824).toFixed(1);
  return [
    versionText(),
    `${platform()} ${release()}, ${arch()}, ${cpus().length} processors, ${gigabytes} GiB of memory, up for ${Math.round(uptime() / 3_600)} h`,
  ];
}

/** What stands in files of secrets, each line of them: a core's password, the operations API's token, the secret of a client. */
async function secretsInFiles(loaded: LoadedConfig): Promise<readonly string[]> {
  const { config } = loaded;
  const places = listKeys(configSchema)
    .filter(({ path }) => HOLDS_SECRETS.test(path))
    .flatMap((key) => Object.values(asObject(lookUp(config, key))));
  const files = [...places, join(config.dataFolder, 'operations.token'), join(config.dataFolder, 'journal.key')];
  const texts = await Promise.all(files.map((file) => readFile(String(file), 'utf8').catch(() => '')));
  return texts.flatMap((text) => text.split('\n').map((line) => line.trim())).filter((line) => line !== '');
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : value === undefined ? {} : { value };
}

/** The end of the log that is named, or of the sandbox’s. */
async function logText(options: CommandOptions, terminal: Terminal): Promise<string | undefined> {
  const { log, fsp } = options;
  if (typeof log === 'string') return tailOf(resolve(terminal.workingFolder, log));
  if (typeof fsp !== 'string') return undefined;
  return tailOf(join(sandboxFolder(options, terminal), fsp, 'payment-manager.log')).catch(() => undefined);
}

async function tailOf(file: string): Promise<string> {
  const handle = await open(file).catch((error: Error) => {
    throw new CommandFailed(EXIT_CODES.usage, `The log cannot be read: ${error.message}`);
  });
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, LOG_BYTES));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
