import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { type Anchor, readAnchor } from '@payment-manager/journal';

/**
 * Adds an anchor to the end of a file, as a line of JSON, and makes it durable. What stands there is never touched; a line
 * that was cut off by a crash is ended first. Rejects with the system's error.
 */
export async function appendAnchor(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+', 0o600);
  try {
    await handle.appendFile(`${(await endsWithin(handle)) ? '\n' : ''}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function endsWithin(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

/** The anchors of a file, in its order. */
export interface AnchorFile {
  readonly count: number;
  /** The one that reaches furthest. */
  readonly last: Anchor | undefined;
  /** Lines that are no anchor: cut off by a crash, or damaged. */
  readonly unreadable: number;
  all(): AsyncIterable<Anchor>;
}

/** Reads a file of anchors, line by line. Rejects with the system's error. */
export async function readAnchorFile(file: string): Promise<AnchorFile> {
  let [count, unreadable] = [0, 0];
  let last: Anchor | undefined;
  for await (const anchor of lines(file)) {
    if (!anchor) unreadable += 1;
    else {
      count += 1;
      if (anchor.position >= (last?.position ?? 0)) last = anchor;
    }
  }
  return {
    count,
    last,
    unreadable,
    async *all() {
      for await (const anchor of lines(file)) if (anchor) yield anchor;
    },
  };
}

async function* lines(file: string): AsyncIterable<Anchor | undefined> {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) if (line !== '') yield readAnchor(line);
}
