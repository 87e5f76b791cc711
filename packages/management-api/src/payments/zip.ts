import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A file in an archive; its text comes in pieces of any size. */
export interface ZipEntry {
  readonly name: string;
  readonly pieces: AsyncIterable<string> | Iterable<string>;
}

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/** Names in UTF-8; sizes and sum stand after the content, where they are known. */
const FLAGS = 0x0808;
const DEFLATE = 8;
const VERSION = 20;
/** 1 January 1980: the same content gives the same bytes. */
const DAY = 0x0021;

/**
 * An archive (ZIP, APPNOTE 6.3) as it is made: nothing of it is held but what is being packed. At most 4 GiB, and 65,535 files. Rejects with what a
 * file's pieces reject with, or a RangeError above that size.
 */
export async function* zipPieces(entries: Iterable<ZipEntry>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let at = 0;
  for (const { name, pieces } of entries) {
    const head = localHead(Buffer.from(name));
    yield head;
    const sums = { crc: 0, size: 0 };
    let packed = 0;
    const deflate = createDeflateRaw({ level: 5 });
    // an error of the pieces comes out of the loop below
    pipeline(Readable.from(summed(pieces, sums)), deflate, () => {});
    for await (const part of deflate as AsyncIterable<Buffer>) {
      packed += part.length;
      yield part;
    }
    yield numbers([0x08074b50, 4], [sums.crc, 4], [packed, 4], [sums.size, 4]);
    written.push({ name: Buffer.from(name), ...sums, packed, at });
    at += head.length + packed + 16;
    if (at > 0xffffffff || sums.size > 0xffffffff) throw new RangeError('an archive has at most 4 GiB');
  }
  const directory = Buffer.concat(written.map(directoryLine));
  yield directory;
  yield numbers([0x06054b50, 4], [0, 4], [written.length, 2], [written.length, 2], [directory.length, 4], [at, 4], [0, 2]);
}

async function* summed(pieces: ZipEntry['pieces'], sums: { crc: number; size: number }): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece);
    sums.crc = crc32(bytes, sums.crc);
    sums.size += bytes.length;
    yield bytes;
  }
}

function localHead(name: Buffer): Buffer {
  const head = numbers(
    [0x04034b50, 4],
    [VERSION, 2],
    [FLAGS, 2],
    [DEFLATE, 2],
    [0, 2],
    [DAY, 2],
    [0, 4],
    [0, 4],
    [0, 4],
    [name.length, 2],
    [0, 2],
  );
  return Buffer.concat([head, name]);
}

function directoryLine({ name, crc, packed, size, at }: Written): Buffer {
  const versions = [
    [0x02014b50, 4],
    [VERSION, 2],
    [VERSION, 2],
    [FLAGS, 2],
    [DEFLATE, 2],
    [0, 2],
    [DAY, 2],
  ] as const;
  const sizes = [
    [crc, 4],
    [packed, 4],
    [size, 4],
    [name.length, 2],
  ] as const;
  // no extra field, no comment, first disk, no attributes
  return Buffer.concat([numbers(...versions, ...sizes, [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), name]);
}

/** Numbers of so many bytes each, the lowest byte first. */
function numbers(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  const made = Buffer.alloc(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) at = bytes === 2 ? made.writeUInt16LE(value, at) : made.writeUInt32LE(value, at);
  return made;
}
