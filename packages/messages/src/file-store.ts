import { type FileHandle, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '@payment-manager/runtime';
import { type Frame, HEADER_BYTES, readHeader } from './frame.ts';
import { daysOf, type FrameStore, type StoredFrame, type Stretch } from './frame-store.ts';

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

  /** The frame that is being written. */
  let appending: Promise<void> = Promise.resolve();

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
    return names.filter((name) => {
      const day = FILE.exec(name)?.[1];
      return day !== undefined && (days === undefined || (day >= days.first && day <= days.last));
    });
  };

  return {
    append(day, frame) {
      appending = write(day, frame);
      return appending;
    },
    async *frames(stretch) {
      for (const name of await files(daysOf(stretch))) yield* framesOf(join(folder, name), stretch);
    },
    async rewrite(change) {
      const { file } = writing ?? {};
      writing = undefined;
      await appending.catch(() => {});
      await file?.close();
      let changed = 0;
      for (const name of await files()) changed += await rewritten(join(folder, name), change);
      return changed;
    },
    async removeBefore(day) {
      const names = await readdir(folder).catch(ifMissing([] as string[]));
      const old = names.filter((name) => (REMOVABLE.exec(name)?.[1] ?? day) < day);
      for (const name of old) await unlink(join(folder, name)).catch(ifMissing(undefined));
      return new Set(old.map((name) => name.slice(0, 10))).size;
    },
    close: end,
  };
}

/** A folder or file that is not there is an empty one. */
function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}

/** The frames of one file that fall into the stretch, by their headers; ends at the first that is not whole. */
async function* framesOf(path: string, { fromMs, toMs }: Stretch): AsyncIterable<StoredFrame> {
  const file = await open(path, 'r').catch(ifMissing(undefined));
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    for (let place = 0; ; ) {
      const header = readHeader(await piece(file, place, HEADER_BYTES));
      if (header === undefined || place + header.bytes > size) return;
      const at = place;
      place += header.bytes;
      if (header.toMs < fromMs || header.fromMs > toMs) continue;
      yield { head: await piece(file, at, header.headBytes), whole: () => piece(file, at, header.bytes) };
    }
  } finally {
    await file.close();
  }
}

async function piece(file: FileHandle, place: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, place);
  return buffer.subarray(0, bytesRead);
}

/** Under its name stands the former file or the new one, whenever it is interrupted. */
async function rewritten(path: string, change: (frame: Buffer) => Promise<Frame | undefined | 'same'>): Promise<number> {
  let changed = 0;
  const fresh = await open(`${path}.new`, 'w', 0o600);
  try {
    for await (const { whole } of framesOf(path, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })) {
      const bytes = await whole();
      if (bytes === undefined) continue;
      const made = await change(bytes);
      if (made !== 'same') changed++;
      if (made !== undefined) await fresh.appendFile(made === 'same' ? bytes : made.bytes);
    }
    await fresh.sync();
  } finally {
    await fresh.close();
  }
  if (changed > 0) await rename(`${path}.new`, path);
  else await unlink(`${path}.new`);
  return changed;
}
