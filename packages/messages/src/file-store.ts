import { type FileHandle, mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '@payment-manager/runtime';
import { FRAME_BYTES_MAX, type Frame, HEADER_BYTES, MAGIC, readHeader } from './frame.ts';
import { type Change, daysOf, type FrameStore, type StoredFrame, type Stretch } from './frame-store.ts';

export interface FileStoreOptions extends Pick<World, 'random'> {
  /** Made when the first frame is written. */
  readonly folder: string;
  /** Nothing is written while the file system has less free space. */
  readonly leaveFreeBytes: number;
}

const FILE = /^(\d{4}-\d\d-\d\d)\.[0-9a-f]{8}\.pmm$/;
/** Also what a rewriting has left that was interrupted. */
const REMOVABLE = /^(\d{4}-\d\d-\d\d)\.[0-9a-f]{8}\.pmm(?:\.new)?$/;

/** Frames in files: each is written by one process in one life, and removed with its day. */
export function fileStore({ folder, random, leaveFreeBytes }: FileStoreOptions): FrameStore {
  /** What this process writes now; undefined: the next frame begins a file. */
  let writing: { readonly day: string; readonly file: FileHandle } | undefined;

  /** Appends, and the ends of files, one after the other: of a file that is being begun nobody knows yet that it is there. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const acted = turn.then(act);
    turn = acted.catch(() => {});
    return acted;
  }

  async function begin(day: string): Promise<FileHandle> {
    await end();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = `${day}.${Buffer.from(random.bytes(4)).toString('hex')}.pmm`;
    const file = await open(join(folder, name), 'ax', 0o600);
    writing = { day, file };
    return file;
  }

  async function end(): Promise<void> {
    const before = writing?.file;
    writing = undefined;
    await before?.close();
  }

  async function write(day: string, { bytes }: Frame): Promise<void> {
    const file = writing?.day === day ? writing.file : await begin(day);
    try {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < leaveFreeBytes + bytes.length) throw new Error('what is left of the disk is kept for the journal');
      await file.appendFile(bytes);
    } catch (error) {
      // Part of the frame may stand at the end: nothing may follow it.
      await end().catch(() => {});
      throw error;
    }
  }

  const files = async (days?: { readonly first: string; readonly last: string }): Promise<readonly string[]> => {
    const names = await readdir(folder).catch(ifMissing([] as string[]));
    const wanted = names.filter((name) => {
      const day = FILE.exec(name)?.[1];
      return day !== undefined && (days === undefined || (day >= days.first && day <= days.last));
    });
    return wanted.sort();
  };

  return {
    shared: false,
    append: (day, frame) => inTurn(() => write(day, frame)),
    async *frames(stretch) {
      for (const name of await files(daysOf(stretch))) yield* framesOf(join(folder, name), stretch);
    },
    async rewrite(change) {
      // What is appended from now on goes to a file that is not among these.
      const before = await inTurn(async () => {
        await end();
        return files();
      });
      let removed = 0;
      for (const name of before) removed += await rewritten(join(folder, name), change);
      return removed;
    },
    async removeBefore(day) {
      const names = await readdir(folder).catch(ifMissing([] as string[]));
      const old = names.filter((name) => (REMOVABLE.exec(name)?.[1] ?? day) < day);
      for (const name of old) await unlink(join(folder, name)).catch(ifMissing(undefined));
      return new Set(old.map((name) => name.slice(0, 10))).size;
    },
    close: () => inTurn(end),
  };
}

/** A folder or file that is not there is an empty one. */
function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}

/**
 * The frames of one file that fall into the stretch, by their headers. Where a header was altered, what lies before the next one is given as a
 * frame, which nobody can open; without a next one the file's end was cut off, or is being written, and is none.
 */
async function* framesOf(path: string, { fromMs, toMs }: Stretch): AsyncIterable<StoredFrame> {
  const file = await open(path, 'r').catch(ifMissing(undefined));
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    const headerAt = async (place: number) => readHeader(await piece(file, place, HEADER_BYTES));
    let header = await headerAt(0);
    for (let at = 0; at < size; ) {
      const place = at;
      const end = header === undefined ? Number.POSITIVE_INFINITY : place + header.bytes;
      const following = end < size ? await headerAt(end) : undefined;
      const next = end === size || following !== undefined ? end : await nextHeader(file, place, size);
      const isWhole = end <= size && (next ?? size) >= end;
      if (isWhole && header !== undefined && header.toMs >= fromMs && header.fromMs <= toMs) {
        const { bytes, headBytes } = header;
        yield { head: await piece(file, place, headBytes), whole: () => piece(file, place, bytes) };
      }
      if (next === undefined) return;
      const gap = isWhole ? end : place;
      if (gap < next) yield { head: Buffer.alloc(0), whole: () => piece(file, gap, next - gap) };
      header = following ?? (next < size ? await headerAt(next) : undefined);
      at = next;
    }
  } finally {
    await file.close();
  }
}

/** Where the next header stands, as far as a frame is long. */
async function nextHeader(file: FileHandle, from: number, size: number): Promise<number | undefined> {
  const after = await piece(file, from + 1, Math.min(2 * FRAME_BYTES_MAX, size - from - 1));
  for (let at = after.indexOf(MAGIC); at >= 0; at = after.indexOf(MAGIC, at + 1)) {
    const header = readHeader(after.subarray(at));
    if (header !== undefined && from + 1 + at + header.bytes <= size) return from + 1 + at;
  }
  return undefined;
}

async function piece(file: FileHandle, place: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, place);
  return buffer.subarray(0, bytesRead);
}

/** Under its name stands the former file or the new one, whenever it is interrupted. An end that was cut off, which nobody can read, goes with it. */
async function rewritten(path: string, change: (frame: Buffer) => Promise<Change>): Promise<number> {
  let [removed, bytesLeft] = [0, 0];
  const fresh = await open(`${path}.new`, 'w', 0o600);
  try {
    for await (const { whole } of framesOf(path, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })) {
      const bytes = await whole();
      if (bytes === undefined) continue;
      const made = await change(bytes);
      if (made !== 'same') removed += made.removed;
      const left = made === 'same' ? bytes : made.frame?.bytes;
      if (left === undefined) continue;
      await fresh.appendFile(left);
      bytesLeft += left.length;
    }
    await fresh.sync();
  } finally {
    await fresh.close();
  }
  const { size } = await stat(path).catch(ifMissing({ size: bytesLeft }));
  // it is gone where its day was removed meanwhile
  if (removed > 0 || bytesLeft !== size) await rename(`${path}.new`, path).catch(ifMissing(undefined));
  else await unlink(`${path}.new`).catch(ifMissing(undefined));
  return removed;
}
