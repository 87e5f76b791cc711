import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Whose copies these are: a folder may hold those of several products, and none removes another's. */
export interface CopyOwner {
  readonly fspId: string;
  /** Tells which `journal.key` opens them (`keyFingerprint`). */
  readonly keyFingerprint: string;
}

/** A copy of the journal in the folder. */
export interface KeptCopy {
  readonly file: string;
  /** It holds what was committed until then; milliseconds since the epoch. */
  readonly asOf: number;
}

const SUFFIX = '.db';
/** Beside it, where there is a portal: its users and its audit log. */
const PORTAL = '.portal';

/** `greenbank-d1f6918a-2026-11-30T07-28-42.216Z.db`: by their names the copies of an owner are in the order of time. */
export function copyName(owner: CopyOwner, asOf: number): string {
  return `${prefixOf(owner)}${new Date(asOf).toISOString().replaceAll(':', '-')}${SUFFIX}`;
}

/** The whole copies of an owner, the oldest first. Rejects with the system's error. */
export async function keptCopies(folder: string, owner: CopyOwner): Promise<readonly KeptCopy[]> {
  const copies = (await namesIn(folder)).flatMap((name) => {
    const asOf = asOfName(owner, name);
    return asOf === undefined ? [] : [{ file: join(folder, name), asOf }];
  });
  return copies.sort((a, b) => a.asOf - b.asOf);
}

/** What is left of a copy of this owner that was not finished is removed, with the portal's that was made for it. Rejects with the system's error. */
export async function removeUnfinished(folder: string, owner: CopyOwner): Promise<void> {
  const own = (await namesIn(folder)).filter((name) => name.startsWith(prefixOf(owner)));
  const unfinished = (name: string): boolean =>
    /\.partial(-journal|-wal|-shm)?$/.test(name) || (name.endsWith(PORTAL) && !own.includes(name.slice(0, -PORTAL.length)));
  for (const name of own.filter(unfinished)) await rm(join(folder, name), { force: true });
}

/** Leaves the newest `keep` copies of an owner, each with the portal's beside it; never removes `made`. Rejects with the system's error. */
export async function removeOldCopies(folder: string, owner: CopyOwner, keep: number, made: string): Promise<void> {
  const old = (await keptCopies(folder, owner)).slice(0, -keep).filter(({ file }) => file !== made);
  // the portal's first: what stands there without the journal's would never be removed
  for (const { file } of old) for (const suffix of [PORTAL, '']) await rm(`${file}${suffix}`, { force: true });
}

function prefixOf({ fspId, keyFingerprint }: CopyOwner): string {
  return `${fspId.replaceAll(/[^\w-]/g, '_')}-${keyFingerprint.slice(0, 8)}-`;
}

function asOfName(owner: CopyOwner, name: string): number | undefined {
  const prefix = prefixOf(owner);
  if (!name.startsWith(prefix)) return undefined;
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.db$/.exec(name.slice(prefix.length)) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${hours}:${minutes}:${seconds}`);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return readdir(folder);
}
