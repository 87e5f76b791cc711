import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { counted } from '@payment-manager/connection-manager-client/counted';
import {
  MAX_FILE_BYTES,
  type OfferedFile,
  offeredCas,
  readOffered,
  type Side,
  signHubRequest,
  takeCertificate,
  takeHubCas,
  takePeerKeys,
} from '@payment-manager/connection-manager-client/manual';
import { wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { HUB_SECRET_ID } from '@payment-manager/credentials';
import { CLIENT_SECRET_ID } from '@payment-manager/credentials/manager-api';
import { ALERT_SECRET_IDS } from '@payment-manager/operations/alerts';
import { Secret, systemClock } from '@payment-manager/runtime';
import { type Doing, oneLine } from '@payment-manager/vault';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { confirmed, operatorName } from '../operations/person.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { writeOut } from './output.ts';
import { type OpenedEnvironment, withEnvironment } from './with-environment.ts';

/** `./pm import certificate|hub-ca|peer-jws|hub-csr|client-secret FILE`: what the scheme gives us by hand. */
export const importFrom: Command = async ([what = '', file = ''], options, terminal) => {
  if (what === 'client-secret') return importClientSecret(resolve(terminal.workingFolder, file), options, terminal);
  const take = takings[what];
  if (take === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `'${what}' cannot be imported. ./pm import knows ${Object.keys(takings).join(', ')} and client-secret.`,
    );
  const path = resolve(terminal.workingFolder, file);
  return withEnvironment(options, terminal, async (opened) => {
    if (opened.config.connectionManager.url !== undefined)
      throw new CommandFailed(
        EXIT_CODES.usage,
        'The Connection Manager gives this environment its certificates and keys (connectionManager.url); an import by hand would conflict with them.',
      );
    const doing = { by: operatorName(options, terminal), why: `./pm import ${what}` };
    return take({ opened, file: await bytesOf(path), doing, options, terminal });
  });
};

interface Import {
  readonly opened: OpenedEnvironment;
  readonly file: Uint8Array;
  readonly doing: Doing;
  readonly options: CommandOptions;
  readonly terminal: Terminal;
}

const takings: Readonly<Record<string, (order: Import) => Promise<number>>> = Object.assign(Object.create(null), {
  certificate: importCertificate,
  'hub-ca': importHubCa,
  'peer-jws': importPeerKeys,
  'hub-csr': importHubRequest,
});

/** `--for`: which side of TLS; default the client's. @throws CommandFailed */
export function sideOf(options: CommandOptions): Side {
  const side = options['for'] ?? 'client';
  if (side !== 'client' && side !== 'server') throw new CommandFailed(EXIT_CODES.usage, '--for must be client or server.');
  return side;
}

async function offeredIn({ file, options, terminal }: Import): Promise<OfferedFile> {
  return readOffered(file, await passphraseOf(options, terminal));
}

async function importCertificate(order: Import): Promise<number> {
  const { opened, doing, options, terminal } = order;
  const offered = await offeredIn(order);
  const side = sideOf(options);
  const key = await takeCertificate(side, { environment: opened.environment, offered, doing, now: systemClock.now() });
  terminal.out(style.good(`The ${side} certificate is in use (key ${key.id}). A running product uses it within seconds.`));
  return EXIT_CODES.ok;
}

async function importHubCa(order: Import): Promise<number> {
  const { opened, doing, options, terminal } = order;
  const offered = await offeredIn(order);
  const now = systemClock.now();
  for (const { subject, fingerprint256, validToDate } of offeredCas(offered, now)) {
    terminal.out(`${style.bold(printable(oneLine(subject)))}, until ${validToDate.toISOString()}`);
    terminal.out(`  SHA-256 ${fingerprint256}`);
  }
  const only = options['only'] === true;
  const rest = only ? ' All others are distrusted immediately.' : '';
  if (
    !(await confirmed(
      options,
      terminal,
      `Has the hub’s operator confirmed these fingerprints by another channel than the one by which the file came? Trust them?${rest}`,
    ))
  ) {
    terminal.out('Nothing was changed.');
    return EXIT_CODES.failed;
  }
  await takeHubCas({ environment: opened.environment, offered, doing, only, now });
  const former = only
    ? ''
    : ` The CAs trusted so far stay trusted until ${overlapEnd(opened)}, or longer while a server of the hub presents a certificate of them.`;
  terminal.out(style.good(`Trusted.${former}`));
  return EXIT_CODES.ok;
}

/** When the running product ends the overlap of what was replaced just now. */
function overlapEnd({ config }: OpenedEnvironment): string {
  return `${new Date(systemClock.now() + config.connectionManager.overlapMs).toISOString().slice(0, 16)}Z (connectionManager.overlapMs)`;
}

async function importPeerKeys(order: Import): Promise<number> {
  const { opened, doing, options, terminal } = order;
  const { peer } = options;
  const only = options['only'] === true;
  if (typeof peer !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(peer) || peer === opened.config.fspId)
    throw new CommandFailed(EXIT_CODES.usage, 'Add --peer with the owner of these keys: the FSP id of a peer, or of the hub.');
  const offered = await offeredIn(order);
  const count = await takePeerKeys({ environment: opened.environment, offered, doing, peer, only });
  const former = only
    ? 'all others are distrusted'
    : `the keys trusted so far stay trusted until ${overlapEnd(opened)}, or until this is imported with --only`;
  terminal.out(style.good(`${counted(count, 'key')} of ${peer} ${count === 1 ? 'is' : 'are'} trusted; ${former}.`));
  return EXIT_CODES.ok;
}

/** The certificate with which the hub calls us goes back to it; nothing of it is kept. */
async function importHubRequest({ opened, file, doing, options, terminal }: Import): Promise<number> {
  return writeOut(await signHubRequest(opened.environment, wantedOf(opened.config), file, doing), options, terminal);
}

/** `--for`: whose secret. */
function secretIdOf(options: CommandOptions): string {
  const whose = options['for'] ?? 'connection-manager';
  if (whose === 'connection-manager') return CLIENT_SECRET_ID;
  if (whose === 'hub') return HUB_SECRET_ID;
  if (isOneOf(Object.values(ALERT_SECRET_IDS), whose)) return whose;
  throw new CommandFailed(EXIT_CODES.usage, '--for must be connection-manager, hub, alert-webhook or alert-email.');
}

const isOneOf = <T extends string>(all: readonly T[], one: unknown): one is T => (all as readonly unknown[]).includes(one);

/** Of our client at the token server, or of alerts. A running product uses it at its next log-in, or its next message. */
async function importClientSecret(path: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  return withEnvironment(options, terminal, async ({ environment }) => {
    const secret = Buffer.from(await bytesOf(path))
      .toString('utf8')
      .trim();
    const id = secretIdOf(options);
    const least = id === ALERT_SECRET_IDS.webhook ? 32 : 1;
    if (!/^[\x21-\x7e]{1,512}$/.test(secret) || secret.length < least)
      throw new CommandFailed(
        EXIT_CODES.failed,
        `${path} does not hold such a secret: that is one line of ${least} to 512 visible characters.`,
      );
    await environment.secrets.put(id, new Secret(secret), {
      by: operatorName(options, terminal),
      why: './pm import client-secret',
    });
    terminal.out(style.good('The secret is in the vault. The file is no longer needed: delete it.'));
    return EXIT_CODES.ok;
  });
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw new CommandFailed(EXIT_CODES.failed, `${path} has ${size} bytes; ${MAX_FILE_BYTES} is the limit.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    );
  }
}

/** Never on the command line, where everybody on the machine could read it. */
async function passphraseOf(options: CommandOptions, terminal: Terminal): Promise<Secret<string> | undefined> {
  const file = options['passphraseFile'];
  const given =
    typeof file === 'string'
      ? Buffer.from(await bytesOf(resolve(terminal.workingFolder, file)))
          .toString('utf8')
          .replace(/\r?\n$/, '')
      : terminal.environment['PM_PASSPHRASE'];
  return given === undefined ? undefined : new Secret(given);
}
