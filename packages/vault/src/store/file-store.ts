import { access, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failpoints, noFailpoints, type World } from '@payment-manager/runtime';
import { systemCode, VaultError } from '../vault-error.ts';
import { decodePath, encodePath, type FilePlace, revisionsIn, revisionsOf, type StoredFile, temporaryFile } from './file-names.ts';
import { linkNew, makeFolder, syncFolder } from './file-steps.ts';
import { refuseUnfinished } from './restore-files.ts';
import { checkSize, MAX_SEALED_BYTES, type StoredEntry, type VaultStore } from './vault-store.ts';

export interface FileStoreOptions extends Pick<World, 'clock' | 'random'> {
  /** Made (0700) when it is not there. */
  readonly folder: string;
  readonly failpoints?: Failpoints;
}

const nothing: StoredEntry = { revision: 0, body: new Uint8Array() };
/** A temporary file of a writer that is at work is younger than this. */
const LEFTOVER_AFTER_MS = 3_600_000;
/** A reader finds its file gone only when a writer went on meanwhile. */
const READ_TRIES = 50;

/** What this process has read of a path: the revision, and which file that was (its name may be taken again, see `writeNext`). */
interface Seen {
  readonly revision: number;
  readonly inode: bigint;
  readonly madeNs: bigint;
}

/** By path, as `FilePlace` has it. */
type SeenFiles = Map<string, Seen>;

/**
 * One file per revision, `<environment>/<purpose>/<id>.<revision>.json`; the highest counts. A write makes a temporary file,
 * syncs it, gives it its name by a hard link, which fails if somebody else took that revision (so files compare and set,
 * between processes too), syncs the folder and removes the revisions before. A crash leaves the old revision, or both, and never
 * half of one. It must be wrapped by `openSealedStore`: here nothing is encrypted.
 *
 * To read what was read before costs no listing of its folder, which may hold thousands of peers: revisions are removed in ascending order, so
 * that the very file that was seen before, still there while the next revision is not, is the latest.
 *
 * @throws VaultError `VAULT_PERMISSIONS` when folder or files are open to others, `VAULT_UNAVAILABLE` otherwise.
 */
export async function openFileStore(options: FileStoreOptions): Promise<VaultStore> {
  const { folder, clock, random, failpoints = noFailpoints } = options;
  await during('opened', folder, async () => {
    await refuseUnfinished(folder);
    await makeFolder(folder);
    await checkPrivate(folder);
    for (const place of await places(folder)) await tidy(join(folder, place), clock.now());
  });
  const seen: SeenFiles = new Map();
  let writing: Promise<unknown> = Promise.resolve();
  return {
    comparesAndSets: true,
    async read(path) {
      const place = encodePath(path);
      return during('read', join(folder, place.folder), () => readLatest(folder, place, seen));
    },
    async write(path, before, body) {
      checkSize(body, MAX_SEALED_BYTES);
      const place = encodePath(path);
      const write = () =>
        during('written', join(folder, place.folder), () => writeNext(folder, place, before, body, random.uuid(), failpoints));
      // One write at a time in this process; between processes the names of the files decide.
      const written = writing.then(write, write);
      writing = written.catch(() => {});
      return written;
    },
    async list() {
      return during('read', folder, async () => {
        const found = new Map<string, number>();
        for (const place of await places(folder)) {
          for (const [file, revisions] of revisionsIn(await readdir(join(folder, place)))) {
            found.set(decodePath({ folder: place, file }), Math.max(...revisions));
          }
        }
        return found;
      });
    },
    async close() {},
  };
}

async function readLatest(folder: string, place: FilePlace, seen: SeenFiles): Promise<StoredEntry> {
  const name = join(folder, place.folder, place.file);
  const known = seen.get(name);
  const again = known && (await readSeen(name, known));
  if (again) return again;
  seen.delete(name);
  for (let tries = 0; tries < READ_TRIES; tries++) {
    const revision = await latest(folder, place);
    if (revision === 0) return nothing;
    try {
      const { body, file } = await readPrivate(`${name}.${revision}.json`);
      seen.set(name, { revision, ...file });
      return { revision, body };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  throw new VaultError(
    'VAULT_UNAVAILABLE',
    `The vault's folder ${folder} changes faster than it can be read. See which processes work in it.`,
  );
}

/** What was seen before, if it is the latest still. First the next revision is looked for: the other way round it could come in between. */
async function readSeen(name: string, { revision, inode, madeNs }: Seen): Promise<StoredEntry | undefined> {
  const gone = await access(`${name}.${revision + 1}.json`).then(() => false, isMissing);
  if (!gone) return undefined;
  try {
    const { body, file } = await readPrivate(`${name}.${revision}.json`);
    return file.inode === inode && file.madeNs === madeNs ? { revision, body } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function writeNext(
  folder: string,
  place: FilePlace,
  seen: number,
  body: Uint8Array,
  uuid: string,
  failpoints: Failpoints,
): Promise<boolean> {
  if ((await latest(folder, place)) !== seen) return false;
  const own = join(folder, place.folder);
  if (seen === 0) await makeFolders(folder, place.folder);
  const target = join(own, `${place.file}.${seen + 1}.json`);
  if (!(await linkNew(join(own, temporaryFile(uuid)), target, body, failpoints))) return false;
  // While this process was held up, another may have stored this revision and the next one and removed the first, so that its name
  // was free again; or the other has gone on from ours. Both are so rare that nobody tells them apart: look again.
  if ((await latest(folder, place)) !== seen + 1) {
    await unlink(target).catch(() => {});
    throw new VaultError('VAULT_UNAVAILABLE', `Others write ${target} at the same time; whether it is stored is not known. Look again.`);
  }
  await syncFolder(own);
  failpoints.hit('vault.file.folder-synced');
  await removeBefore(own, place.file, seen + 1);
  failpoints.hit('vault.file.cleaned');
  return true;
}

async function latest(folder: string, place: FilePlace): Promise<number> {
  // A large folder is read in parts: of an entry that is written meanwhile the old name may be gone already and the new one passed. Twice
  // that does not happen.
  return (await latestListed(folder, place)) || latestListed(folder, place);
}

async function latestListed(folder: string, place: FilePlace): Promise<number> {
  const files = await readdir(join(folder, place.folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return Math.max(0, ...revisionsOf(files, place.file));
}

/** In ascending order, and no further than the first that cannot be removed: `readSeen` relies on it. */
async function removeBefore(own: string, file: string, revision: number): Promise<void> {
  const old = revisionsOf(await readdir(own), file).filter((one) => one < revision);
  for (const one of old.toSorted((a, b) => a - b)) {
    const removed = await unlink(join(own, `${file}.${one}.json`)).then(() => true, isMissing);
    if (!removed) return;
  }
}

/** Each level is synced, whoever made it: the process that did may have died before it could. */
async function makeFolders(root: string, below: StoredFile): Promise<void> {
  await mkdir(join(root, below), { recursive: true, mode: 0o700 });
  const [environment = ''] = below.split('/');
  await syncFolder(root);
  await syncFolder(join(root, environment));
}

async function places(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const environment of await readdir(folder, { withFileTypes: true })) {
    if (!environment.isDirectory()) continue;
    for (const purpose of await readdir(join(folder, environment.name), { withFileTypes: true })) {
      if (purpose.isDirectory()) found.push(`${environment.name}/${purpose.name}`);
    }
  }
  return found;
}

/** What a crash left: revisions that a later one replaced, and temporary files that nobody can be writing any more. */
async function tidy(own: string, now: number): Promise<void> {
  const files = await readdir(own);
  for (const [file, revisions] of revisionsIn(files)) if (revisions.length > 1) await removeBefore(own, file, Math.max(...revisions));
  for (const file of files.filter((name) => name.startsWith('.'))) {
    const { mtimeMs } = await stat(join(own, file)).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > LEFTOVER_AFTER_MS) await unlink(join(own, file)).catch(() => {});
  }
}

async function readPrivate(file: string): Promise<{ readonly body: Uint8Array; readonly file: Omit<Seen, 'revision'> }> {
  const handle = await open(file, 'r');
  try {
    const { mode, size, ino, mtimeNs } = await handle.stat({ bigint: true });
    refuseOpen(file, Number(mode), '600');
    if (size > MAX_SEALED_BYTES) throw new VaultError('VAULT_DAMAGED', `${file} is larger than any entry. Restore it from a backup.`);
    return { body: await handle.readFile(), file: { inode: ino, madeNs: mtimeNs } };
  } finally {
    await handle.close();
  }
}

async function checkPrivate(folder: string): Promise<void> {
  refuseOpen(folder, (await stat(folder)).mode, '700');
}

function refuseOpen(path: string, mode: number, wanted: string): void {
  if ((mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8);
  throw new VaultError(
    'VAULT_PERMISSIONS',
    `${path} is open to other users of this machine (mode ${shown}). Consider who may have read it, then: chmod ${wanted} ${path}`,
  );
}

async function during<T>(what: string, where: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError(
      'VAULT_UNAVAILABLE',
      `The vault cannot be ${what} in ${where} (${systemCode(error)}). Check the disk and this user's rights.`,
    );
  }
}
