import { createHmac, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { noFailpoints, type Random, type World } from '@payment-manager/runtime';
import { systemCode, VaultError } from '../vault-error.ts';
import { openEnvelope } from './envelope.ts';
import { encodePath } from './file-names.ts';
import { linkNew, syncFolder } from './file-steps.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';
import { MAX_SEALED_BYTES, type VaultStore } from './vault-store.ts';

/** An entry as it lies in a store: still sealed. */
export interface CopiedEntry {
  readonly path: string;
  readonly revision: number;
  /** Its envelope. */
  readonly body: Uint8Array;
}

/** All entries of a vault as of one instant, sealed. Whoever has it needs the master key as well. */
export interface VaultCopy {
  readonly fspId: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly madeAt: number;
  /** Id of the master key that sealed every entry. */
  readonly masterKey: string;
  readonly entries: readonly CopiedEntry[];
}

export interface CopyOptions extends Pick<World, 'random' | 'timers'> {
  readonly fetchKeys: () => Promise<MasterKeys>;
}

const FORMAT = 'payment-manager-vault-copy-2';
/** Of versions before: its last line is a SHA-256, which anybody can make. */
const UNSIGNED_FORMAT = 'payment-manager-vault-copy-1';
const TRIES = 20;
/** A running product looks for another master key every two seconds, then seals everything with it. */
const PAUSE_MS = 250;
/** Some thousand peers have a tenth of it. */
const MAX_COPY_BYTES = 268_435_456;

/**
 * Reads all entries of a store that others may be writing, as of one instant, and opens each with the master key: a copy that nobody can
 * open is none. Meanwhile changes, and a rotation of the master key, are waited for.
 *
 * @param store What is sealed, not what is opened.
 * @throws VaultError `VAULT_DAMAGED`, `VAULT_CONFLICT` while it changes all the time, `VAULT_MASTER_KEY_WRONG`, what the store throws
 */
export async function copyEntries(
  store: VaultStore,
  { fetchKeys, random, timers }: CopyOptions,
): Promise<Pick<VaultCopy, 'masterKey' | 'entries'> & { readonly key: MasterKey }> {
  for (let n = 1; ; n++) {
    const { current } = await fetchKeys();
    try {
      const entries = await unchanged(store);
      for (const entry of entries ?? []) openEnvelope(entry.body, entry, [current], random);
      if (entries) return { masterKey: current.id, entries, key: current };
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== 'VAULT_MASTER_KEY_WRONG' || n === TRIES) throw error;
    }
    if (n === TRIES)
      throw new VaultError('VAULT_CONFLICT', 'The vault changes all the time, so that no copy can be made. Try again later.');
    await new Promise<void>((resolve) => void timers.after(PAUSE_MS, resolve));
  }
}

/** Undefined when anything was written meanwhile: revisions only grow, so the same list before and after is one instant. */
async function unchanged(store: VaultStore): Promise<CopiedEntry[] | undefined> {
  const before = await store.list();
  const entries: CopiedEntry[] = [];
  for (const [path, listed] of [...before].sort()) {
    const { revision, body } = await store.read(path);
    if (revision !== listed) return undefined;
    entries.push({ path, revision, body });
  }
  const after = await store.list();
  const same = after.size === before.size && [...after].every(([path, revision]) => before.get(path) === revision);
  return same ? entries : undefined;
}

/**
 * Writes a copy into a new file (0600), durable when it resolves. Lines of JSON: a header, an entry each, and the MAC of all before,
 * made with the master key: each entry is sealed, but whoever leaves one out, or puts an older one in its place, needs no key for that.
 *
 * @throws VaultError `VAULT_COPY_UNUSABLE` when the file is there already, `VAULT_UNAVAILABLE`
 */
export async function writeCopy(
  file: string,
  { entries, ...facts }: VaultCopy,
  key: MasterKey,
  random: Pick<Random, 'uuid'>,
): Promise<void> {
  const lines = [
    JSON.stringify({ format: FORMAT, ...facts, entries: entries.length }),
    ...entries.map(({ path, revision, body }) => JSON.stringify({ path, revision, body: Buffer.from(body).toString('base64') })),
  ];
  const text = `${lines.join('\n')}\n`;
  const body = Buffer.from(`${text}${JSON.stringify({ mac: macOf(text, key) })}\n`, 'utf8');
  const made = await onDisk('written', file, async () => {
    const isNew = await linkNew(`${file}.${random.uuid()}`, file, body, noFailpoints);
    await syncFolder(dirname(file));
    return isNew;
  });
  if (!made) throw unusable(`${file} exists already. Choose another name: a copy is never overwritten.`);
}

export interface ReadOptions {
  /** The key of that id; throws what it wants for one that is not there. */
  readonly keyOf: (masterKey: string) => Promise<MasterKey>;
  /** A copy of a version that made no MAC is taken. */
  readonly mayBeUnsigned?: boolean;
}

/** Reads a copy, whether it is whole, and whether who made it had the master key. @throws VaultError `VAULT_COPY_UNUSABLE`, `VAULT_UNAVAILABLE` */
export async function readCopy(file: string, { keyOf, mayBeUnsigned = false }: ReadOptions): Promise<VaultCopy & { key: MasterKey }> {
  const text = await onDisk('read', file, () => readText(file));
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const seal = parsed(text.slice(end), file);
  const [first = '', ...rest] = text.slice(0, end - 1).split('\n');
  const header = parsed(first, file);
  const { fspId, madeAt, masterKey } = header;
  const isUnsigned = header['format'] === UNSIGNED_FORMAT;
  if (
    (header['format'] !== FORMAT && !isUnsigned) ||
    typeof fspId !== 'string' ||
    typeof madeAt !== 'number' ||
    typeof masterKey !== 'string'
  )
    throw unusable(`${file} is not a copy that ./pm backup --vault made, or one of another version of this program.`);
  if (isUnsigned && !mayBeUnsigned)
    throw unusable(
      `${file} has no MAC: a version before there was one made it, or somebody altered it. Take another, or, when you know where it was kept since it was made: --unsigned`,
    );
  const key = await keyOf(masterKey);
  if (!isUnsigned && !isMac(seal['mac'], macOf(text.slice(0, end), key)))
    throw unusable(`${file} is damaged, or was altered since ./pm backup --vault made it. Take another.`);
  if (header['entries'] !== rest.length) throw unusable(`${file} is not whole: it holds ${rest.length} entries of ${header['entries']}.`);
  return { fspId, madeAt, masterKey, key, entries: rest.map((line) => entryOf(parsed(line, file), file)) };
}

function entryOf({ path, revision, body }: Readonly<Record<string, unknown>>, file: string): CopiedEntry {
  const isEntry = typeof path === 'string' && Number.isSafeInteger(revision) && Number(revision) > 0 && typeof body === 'string';
  if (!isEntry || body.length > MAX_SEALED_BYTES * 1.4)
    throw unusable(`${file} holds something that is not an entry of a vault. Use another copy.`);
  encodePath(path); // nothing is written outside of the folder
  return { path, revision: Number(revision), body: Buffer.from(body, 'base64') };
}

async function readText(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    if ((await handle.stat()).size > MAX_COPY_BYTES) throw unusable(`${file} is larger than any copy of a vault.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function parsed(line: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw unusable(`${file} is not a copy that ./pm backup --vault made, or not the whole of it. Take another.`);
  }
}

function macOf(text: string, { key }: MasterKey): string {
  const own = createHmac('sha256', key.reveal()).update('payment-manager vault copy').digest();
  return createHmac('sha256', own).update(text).digest('hex');
}

function isMac(told: unknown, right: string): boolean {
  return typeof told === 'string' && told.length === right.length && timingSafeEqual(Buffer.from(told), Buffer.from(right));
}

/** @throws VaultError `VAULT_UNAVAILABLE` for whatever the disk says */
export async function onDisk<T>(what: string, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError(
      'VAULT_UNAVAILABLE',
      `${file} cannot be ${what} (${systemCode(error)}). Check the path, the disk and your rights.`,
    );
  }
}

/** @param why A whole sentence. */
export function unusable(why: string): VaultError {
  return new VaultError('VAULT_COPY_UNUSABLE', why);
}
