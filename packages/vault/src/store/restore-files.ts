import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VaultError } from '../vault-error.ts';
import { decodePath, encodePath, revisionsIn } from './file-names.ts';
import { syncFolder } from './file-steps.ts';
import { type CopiedEntry, onDisk, unusable } from './vault-copy.ts';

export interface RestoreOrder {
  readonly folder: string;
  /** What stands there is moved to this name. */
  readonly aside: string;
  readonly entries: readonly CopiedEntry[];
}

/** Where a restore stands that was interrupted; while it is there, the folder is not opened. */
export function unfinishedRestore(folder: string): string {
  return `${folder}.restoring`;
}

/** @throws VaultError `VAULT_DAMAGED` when a restore of this folder was interrupted */
export async function refuseUnfinished(folder: string): Promise<void> {
  const left = unfinishedRestore(folder);
  if (await isThere(left))
    throw new VaultError(
      'VAULT_DAMAGED',
      `A restore of the vault ${folder} was interrupted (${left} is there). Run ./pm restore --vault again.`,
    );
}

/**
 * Puts a copy in the place of a vault's folder, which no process may use. What stands there is moved aside as a whole. Interrupted, it is
 * run again; until then the folder is not opened.
 *
 * @returns Whether anything was moved aside.
 * @throws VaultError `VAULT_UNAVAILABLE`
 */
export async function restoreFiles({ folder, aside, entries }: RestoreOrder): Promise<boolean> {
  const ready = unfinishedRestore(folder);
  const partial = `${ready}.partial`;
  return onDisk('restored', folder, async () => {
    await rm(partial, { recursive: true, force: true });
    await rm(ready, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o700 });
    for (const entry of entries) await writeEntry(partial, entry);
    await syncTree(partial);
    // From here on, and until the last step, the folder is not opened: it may be away.
    await rename(partial, ready);
    await syncFolder(dirname(folder));
    const moved = await isThere(folder);
    if (moved) await rename(folder, aside);
    await rename(ready, folder);
    await syncFolder(dirname(folder));
    return moved;
  });
}

/**
 * An old copy would take back what has happened to keys since.
 *
 * @throws VaultError `VAULT_COPY_UNUSABLE` when what stands there is newer, or another vault
 */
export async function refuseNewer(folder: string, entries: readonly CopiedEntry[]): Promise<void> {
  const copied = new Map(entries.map(({ path, revision }) => [path, revision]));
  const newer = (await onDisk('read', folder, () => present(folder)))
    .filter(([path, revision]) => revision > (copied.get(path) ?? 0))
    .map(([path]) => path);
  if (newer.length === 0) return;
  const named = newer.slice(0, 5).join(', ');
  throw unusable(
    `The vault ${folder} is newer than the copy, or another one: ${newer.length} of its entries are not in it, or were changed since (${named}). Keep it; or, where it is damaged, restore with --force: what it is now is moved aside.`,
  );
}

async function present(folder: string): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for (const environment of await foldersIn(folder)) {
    for (const purpose of await foldersIn(join(folder, environment))) {
      const place = `${environment}/${purpose}`;
      for (const [file, revisions] of revisionsIn(await readdir(join(folder, place))))
        found.push([decodePath({ folder: place, file }), Math.max(...revisions)]);
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  if (!(await isThere(folder))) return [];
  return (await readdir(folder, { withFileTypes: true })).filter((one) => one.isDirectory()).map(({ name }) => name);
}

async function writeEntry(root: string, { path, revision, body }: CopiedEntry): Promise<void> {
  const { folder, file } = encodePath(path);
  await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
  const handle = await open(join(root, folder, `${file}.${revision}.json`), 'wx', 0o600);
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncTree(folder: string): Promise<void> {
  for (const name of await foldersIn(folder)) await syncTree(join(folder, name));
  await syncFolder(folder);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
