import { readFileSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

/** Of this installation, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL('../../../../', import.meta.url));
/** Where it is made. */
export const ROOMS_FOLDER: string = join(ROOT, '.pm', 'built', 'rooms');

/** What was made of the rooms. */
export interface MadeRooms {
  /** Of the rooms below this folder. */
  readonly root: string;
  /** The folder of the newest build. */
  readonly build: string;
  /** Where a module that others load by itself (URL) is now (URL). */
  readonly files: Readonly<Record<string, string>>;
  /** Libraries that are loaded, and the `package.json` of the room from which they are looked for. */
  readonly outside: Readonly<Record<string, string>>;
  /** The sources of which it was made, by their path below the root. */
  readonly sources: Readonly<Record<string, Source>>;
}

/** By what a changed file is known: time of its last change (whole seconds, as images keep it), bytes, CRC-32 of what is in it. */
export type Source = readonly [changedAt: number, bytes: number, content: number];

/** In the folder of what was made. */
export const MADE_ROOMS_FILE = 'rooms.json';
/** In the environment of a process whose modules are to be seen one by one. */
export const AS_WRITTEN = 'ROOMS_AS_WRITTEN';
const FOR_THREADS = 'payment-manager: rooms in few files';

/** What was made, if it was made of the sources as they are now. */
export function isMade(folder: string, root: string = ROOT): MadeRooms | undefined {
  const made = madeIn(folder, root);
  return made !== undefined && isCurrent(made) ? made : undefined;
}

/** What was made of the rooms below this root, whatever has become of them. */
function madeIn(folder: string, root: string): MadeRooms | undefined {
  try {
    const made = JSON.parse(readFileSync(join(folder, MADE_ROOMS_FILE), 'utf8')) as MadeRooms;
    return made.root === root ? made : undefined;
  } catch {
    return undefined;
  }
}

/** Whether no source has changed: a look at each of more than a thousand files. */
function isCurrent({ root, sources }: MadeRooms): boolean {
  try {
    return Object.entries(sources).every(([file, source]) => isUnchanged(join(root, file), source));
  } catch {
    return false;
  }
}

/** The file as it is. @throws Error it cannot be read */
export function sourceOf(file: string): Source {
  return [...seenOf(file), crc32(readFileSync(file))];
}

function seenOf(file: string): readonly [changedAt: number, bytes: number] {
  const { mtimeMs, size } = statSync(file);
  return [Math.floor(mtimeMs / 1000), size];
}

/** Files that are copied may get another time: what is in them says more, and takes longer. */
function isUnchanged(file: string, [changedAt, bytes, content]: Source): boolean {
  const seen = seenOf(file);
  return seen[1] === bytes && (seen[0] === changedAt || crc32(readFileSync(file)) === content);
}

/**
 * From now on this thread, and those that it starts, load rooms from there, where what is run is one of the programs that were put there. After
 * a change of a source: as they are written, which only takes longer.
 *
 * @param runs whether what is run here is such a program
 */
export function useRoomsIn(
  folder: string = ROOMS_FOLDER,
  { root = ROOT, runs = isRun }: { readonly root?: string; readonly runs?: (made: MadeRooms, place: string) => boolean } = {},
): void {
  if (process.env[AS_WRITTEN] !== undefined) return;
  const made = isMainThread ? madeIn(folder, root) : (getEnvironmentData(FOR_THREADS) as unknown as MadeRooms | undefined);
  if (made === undefined) return;
  const { files, outside } = made;
  const place = pathToFileURL(join(folder, made.build)).href;
  // who loads nothing from there need not look whether it could
  if (!runs(made, place) || (isMainThread && !isCurrent(made))) return;
  // threads begin with what their process began with
  if (isMainThread) setEnvironmentData(FOR_THREADS, { ...made, sources: {} } as unknown as NodeJS.Dict<string>);
  registerHooks({
    resolve(specifier, context, next) {
      const room = context.parentURL?.startsWith(place) ? outside[specifier] : undefined;
      const found = next(specifier, room === undefined ? context : { ...context, parentURL: pathToFileURL(join(root, room)).href });
      const url = files[found.url];
      return url === undefined ? found : { ...found, url, format: 'module' };
    },
  });
}

/**
 * Whoever runs a module of this installation by itself, such as a test, must find the rest of its room in the same modules. A program from
 * elsewhere comes in by the doors.
 */
function isRun(made: MadeRooms, place: string): boolean {
  if (!isMainThread) return true;
  const main = process.argv[1] === undefined ? '' : pathToFileURL(process.argv[1]).href;
  return made.files[main] !== undefined || main.startsWith(place) || !main.startsWith(pathToFileURL(made.root).href);
}
