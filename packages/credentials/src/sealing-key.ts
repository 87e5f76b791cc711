import { createHash, createHmac } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lookAtRights, processUser, secretRights } from '@payment-manager/configuration/files';
import type { Log, Random } from '@payment-manager/runtime';

/** The data folder cannot be used as it is. Do what the message says; nothing was started (exit code 78). */
export class DataFolderUnusable extends Error {
  readonly code = 'DATA_FOLDER_UNUSABLE';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataFolderUnusable';
  }
}

const KEY_BYTES = 32;

/**
 * The key that seals fulfilments in the journal (docs/money-rules.md, 3): `journal.key` in the data folder, 32 bytes as
 * hexadecimal text, mode 0600. Made at the first start, before anything else, and durable before it is used. A journal
 * without its key is not opened: what is sealed in it could never be sent. So no key is made beside a journal that is there, wherever it is.
 *
 * @param begun what is known of the journal that is there, undefined: there is none. Where it says of which key it is (`keyFingerprint`),
 *   another one is refused.
 * @throws DataFolderUnusable
 */
export async function sealingKey(
  dataFolder: string,
  begun: { readonly where: string; readonly fingerprint: string | undefined } | undefined,
  random: Random,
  log: Log,
): Promise<Uint8Array> {
  const file = keyFile(dataFolder);
  const present = await readSealingKey(dataFolder);
  if (begun?.fingerprint !== undefined && (present === undefined || keyFingerprint(present) !== begun.fingerprint))
    throw new DataFolderUnusable(
      `${begun.where} was begun with another journal.key (its fingerprint is ${begun.fingerprint}); ${present === undefined ? `there is none in ${dataFolder}` : `that in ${dataFolder} has ${keyFingerprint(present)}`}. Copy journal.key from another replica, or from the backup that belongs to this journal, to ${file} (mode 0600) and start again. Nothing was written.`,
    );
  if (present !== undefined) {
    await complainWhenOpen(file, log);
    return present;
  }
  if (begun !== undefined) {
    throw new DataFolderUnusable(
      `${begun.where} is there, but its key ${file} is not. Restore journal.key from the backup that belongs to this journal; without it the fulfilments of open payments are lost.`,
    );
  }
  await mkdir(dataFolder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new DataFolderUnusable(
      `The data folder ${dataFolder} cannot be made (${cause.code}). Check \`dataFolder\` and that this user may write there.`,
      { cause },
    );
  });
  return make(file, random);
}

function keyFile(dataFolder: string): string {
  return join(dataFolder, 'journal.key');
}

/** Tells keys apart, and nothing else about them. */
export function keyFingerprint(key: Uint8Array): string {
  return createHash('sha256').update('payment-manager journal.key').update(key).digest('hex').slice(0, 16);
}

/** A key of 32 bytes for one purpose alone, made from `journal.key`; nothing of that follows from it. */
export function keyFor(
  purpose: 'backup' | 'management' | 'messages' | 'orders' | 'portal backup' | 'transferId',
  key: Uint8Array,
): Uint8Array {
  return createHmac('sha256', key).update(`payment-manager ${purpose}`).digest();
}

/** The key in the data folder; undefined when there is none. @throws DataFolderUnusable when it cannot be read or is damaged */
export async function readSealingKey(dataFolder: string): Promise<Uint8Array | undefined> {
  const file = keyFile(dataFolder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    throw new DataFolderUnusable(`${file} cannot be read (${code}). This user must be able to read it.`, { cause });
  }
  if (!/^[0-9a-f]{64}\n?$/.test(text))
    throw new DataFolderUnusable(`${file} is damaged: it must hold 64 hexadecimal digits. Restore it from a backup.`);
  return Buffer.from(text.trim(), 'hex');
}

/** Written under another name, synced, then linked to its own: a crash leaves either no key or a whole one, and two first starts agree on one. */
async function make(file: string, random: Random): Promise<Uint8Array> {
  const temporary = `${file}.${random.uuid()}`;
  const key = random.bytes(KEY_BYTES);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${Buffer.from(key).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST')
      throw new DataFolderUnusable(`${file} cannot be written (${code}). Check the folder’s permissions and free space.`, { cause });
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  const stored = await readSealingKey(dirname(file));
  if (stored === undefined) throw new DataFolderUnusable(`${file} vanished while it was made. Another process works in this folder.`);
  return stored;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A secret that a cluster mounts belongs to root and is read by our group (mode 0440): that is as it should be. */
async function complainWhenOpen(file: string, log: Log): Promise<void> {
  const open = await lookAtRights(file, secretRights, processUser());
  if (open !== undefined) log.warn('journal.key is open to others; its mode should be 0600', { open });
}
