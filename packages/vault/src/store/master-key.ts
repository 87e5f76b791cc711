import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { noFailpoints, type Random, Secret } from '@payment-manager/runtime';
import { childEnvironment } from '../child-environment.ts';
import { systemCode, VaultError } from '../vault-error.ts';
import { linkNew, makeFolder, syncFolder } from './file-steps.ts';

/** A key of 32 bytes, and the id by which envelopes name it; the id tells nothing of the key. */
export interface MasterKey {
  readonly id: string;
  readonly key: Secret<Uint8Array>;
}

/** The key that seals now, and those with which older entries may still be sealed (during a rotation). */
export interface MasterKeys {
  readonly current: MasterKey;
  readonly former?: readonly MasterKey[];
}

/** Where a master key comes from; each gives 64 hexadecimal digits or the base64 of 32 bytes, white space around it aside. */
export type MasterKeySource =
  /** A file that only this user may read. */
  | { readonly file: string }
  /** A variable of the environment. */
  | { readonly variable: string }
  /** A program and its arguments, run without a shell; its standard output counts. For keys that a KMS or a safe gives out. */
  | { readonly command: readonly string[] };

const KEY_BYTES = 32;
const LONGEST_TEXT = 4_096;

/**
 * Fetches a master key. `variables` is `process.env`.
 *
 * @throws VaultError `VAULT_MASTER_KEY_MISSING`, or `VAULT_PERMISSIONS` for a file that others may read. Never with what was read.
 */
export async function fetchMasterKey(
  source: MasterKeySource,
  variables: Readonly<Record<string, string | undefined>>,
  commandTimeoutMs = 10_000,
): Promise<MasterKey> {
  if ('file' in source) return masterKeyOf(await readKeyFile(source.file), `The file ${source.file}`);
  if ('variable' in source) {
    const text = variables[source.variable];
    if (text === undefined) throw missing(`The environment variable ${source.variable} is not set. It must hold the vault's master key.`);
    return masterKeyOf(text, `The environment variable ${source.variable}`);
  }
  const [program = '', ...args] = source.command;
  return masterKeyOf(await output(program, args, commandTimeoutMs), `The command ${program}`);
}

/** @throws VaultError `VAULT_MASTER_KEY_MISSING` when the text is no key. `what` names where it came from. */
export function masterKeyOf(text: string, what: string): MasterKey {
  const trimmed = text.trim();
  const key = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, 'hex') : fromBase64(trimmed);
  if (key?.length !== KEY_BYTES)
    throw missing(`${what} gives no master key: it must be 32 bytes as 64 hexadecimal digits or as base64, and nothing else.`);
  const id = createHmac('sha256', key).update('payment-manager vault master key id').digest('hex').slice(0, 16);
  return { id, key: new Secret<Uint8Array>(key) };
}

/**
 * Makes a master key in a file of its own (0600), durable when it resolves; a file that is there already stays as it is. Several
 * that try at once end with one key.
 *
 * @throws VaultError `VAULT_UNAVAILABLE`
 */
export async function makeMasterKeyFile(file: string, random: Pick<Random, 'bytes' | 'uuid'>): Promise<void> {
  await during(file, async () => {
    await makeFolder(dirname(file));
    await linkNew(`${file}.${random.uuid()}`, file, freshKey(random), noFailpoints);
    await syncFolder(dirname(file));
  });
}

/** Where the key is kept that a master key's file had before, while entries may still be sealed with it. */
export function formerKeyFile(file: string): string {
  return `${file}.former`;
}

/**
 * Puts a fresh master key into a file; what it had is in `formerKeyFile` first. Killed at any instant, the two files have every key that
 * seals anything.
 *
 * @throws VaultError `VAULT_CONFLICT` when a former key is still there, `VAULT_UNAVAILABLE`, and as `fetchMasterKey`
 */
export async function replaceMasterKeyFile(file: string, random: Pick<Random, 'bytes' | 'uuid'>): Promise<void> {
  const present = await readKeyFile(file);
  masterKeyOf(present, `The file ${file}`);
  const former = formerKeyFile(file);
  await during(file, async () => {
    if (!(await linkNew(`${former}.${random.uuid()}`, former, Buffer.from(present), noFailpoints)))
      throw new VaultError('VAULT_CONFLICT', `${former} is there: another rotation of the master key is under way. Try again later.`);
    await syncFolder(dirname(file));
    const temporary = `${file}.${random.uuid()}`;
    await linkNew(`${temporary}.new`, temporary, freshKey(random), noFailpoints);
    await rename(temporary, file);
    await syncFolder(dirname(file));
  });
}

/** Removes the key before, when nothing is sealed with it any more, and what a crash left of any. @throws VaultError `VAULT_UNAVAILABLE` */
export async function removeFormerKey(file: string): Promise<void> {
  await during(file, async () => {
    for (const name of await readdir(dirname(file)))
      if (name.startsWith(`${basename(file)}.`) && TEMPORARY_NAME.test(name)) await rm(join(dirname(file), name), { force: true });
    await rm(formerKeyFile(file), { force: true });
    await syncFolder(dirname(file));
  });
}

/** What a key is written under before it has its name. */
const TEMPORARY_NAME = /\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:\.new)?$/;

function freshKey(random: Pick<Random, 'bytes'>): Uint8Array {
  return Buffer.from(`${Buffer.from(random.bytes(KEY_BYTES)).toString('hex')}\n`, 'utf8');
}

async function during(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError(
      'VAULT_UNAVAILABLE',
      `The master key ${file} cannot be written (${systemCode(error)}). Check the folder's rights and free space.`,
    );
  }
}

/** Base64 or base64url of 32 bytes, padded or not. */
function fromBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

async function readKeyFile(file: string): Promise<string> {
  let facts: Stats;
  let text: string;
  try {
    const handle = await open(file, 'r');
    try {
      facts = await handle.stat();
      text = facts.size > LONGEST_TEXT ? '' : await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw missing(`The master key ${file} cannot be read (${systemCode(error)}). Restore it from where you keep it, or correct its path.`);
  }
  if ((facts.mode & openBits(facts)) !== 0) {
    const shown = (facts.mode & 0o777).toString(8);
    throw new VaultError(
      'VAULT_PERMISSIONS',
      `The master key ${file} is open to other users of this machine (mode ${shown}). Consider who may have read it, then: chmod 600 ${file}`,
    );
  }
  return text;
}

/**
 * What nobody may be let do with a key file. One that belongs to somebody else (a secret that Kubernetes mounts belongs to root) is
 * ours by our group: that may read it.
 */
function openBits({ uid }: Stats): number {
  return uid === process.geteuid?.() ? 0o077 : 0o037;
}

/** What it says on standard error is not told: nobody knows what it says there. */
function output(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      env: childEnvironment(),
      timeout: timeoutMs,
      maxBuffer: LONGEST_TEXT,
      killSignal: 'SIGKILL' as const,
      encoding: 'utf8' as const,
    };
    execFile(program, args, options, (error, stdout) => {
      if (!error) return resolve(stdout);
      const how = error.killed
        ? `gave no answer within ${timeoutMs} ms, or too long a one`
        : typeof error.code === 'number'
          ? `ended with exit code ${error.code}`
          : `could not be run (${systemCode(error)})`;
      reject(missing(`The command ${program}, which should give the vault's master key, ${how}. Run it by hand as this user.`));
    });
  });
}

function missing(message: string): VaultError {
  return new VaultError('VAULT_MASTER_KEY_MISSING', message);
}
