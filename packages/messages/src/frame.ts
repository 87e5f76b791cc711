import { createCipheriv, createDecipheriv, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { Random } from '@payment-manager/runtime';
import { decodeMessages, type MessageBatch } from './encode.ts';
import type { KeptMessage } from './message.ts';
import { zstdPacker } from './packer.ts';

export const MAGIC = 'PMM1';
export const HEADER_BYTES = 64;
const SALT_BYTES = 16;
const KEY_ID_BYTES = 8;
const TAG_BYTES = 16;
const ID_BYTES = 8;
/** Above it what is read is no frame. */
export const FRAME_BYTES_MAX = 16_777_216;
const RAW_BYTES_MAX = 67_108_864;

const decompress = promisify(zstdDecompress);
/** One turn of the thread pool instead of one for each 16 KiB. */
const DECOMPRESSED = { maxOutputLength: RAW_BYTES_MAX, chunkSize: 1_048_576 };

/** A batch as it is stored. */
export interface Frame {
  readonly fromMs: number;
  readonly toMs: number;
  /** Header, ids and messages: what is kept. */
  readonly bytes: Buffer;
  /** How much of it is header and ids: what a look-up reads first. */
  readonly headBytes: number;
}

/** What the header of a frame says. */
export interface FrameHeader {
  readonly bytes: number;
  readonly headBytes: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stored frame cannot be opened: it was altered, or it is of another key. */
export class MessagesUnreadable extends Error {
  readonly code = 'MESSAGES_UNREADABLE';
  constructor(why: string, options?: ErrorOptions) {
    super(`Stored messages cannot be read: ${why}.`, options);
    this.name = 'MessagesUnreadable';
  }
}

/** Seals batches of this process, and opens those of any that has the same root key. */
export interface Frames {
  /** Once this has resolved the batch's memory may be used again. */
  seal(batch: MessageBatch): Promise<Frame>;
  /** Whether any of these may occur in it, by header and ids alone. @throws MessagesUnreadable */
  mayHave(head: Buffer, ids: ReadonlySet<string>): boolean;
  /** @throws MessagesUnreadable */
  open(frame: Buffer): Promise<readonly KeptMessage[]>;
}

/** @param root 32 bytes from which every key is made */
export function frames(root: Uint8Array, random: Random): Frames {
  const keyId = derive(root, Buffer.alloc(SALT_BYTES), 'id').subarray(0, KEY_ID_BYTES);
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  const key = derive(root, salt, 'frames');
  const keys = new Map<string, Buffer>();
  const packer = zstdPacker();
  let counter = 0;

  const keyOf = (head: Buffer): Buffer => {
    if (!timingSafeEqual(head.subarray(24, 32), keyId))
      throw new MessagesUnreadable('they were sealed with another journal.key; put that one back beside the data that belongs to it');
    const of = head.subarray(32, 48);
    const name = of.toString('latin1');
    const known = keys.get(name) ?? derive(root, of, 'frames');
    keys.set(name, known);
    return known;
  };

  return {
    async seal(batch) {
      const { fromMs, toMs } = batch;
      const packed = await packer.pack(batch.content());
      const packedBytes = packed.reduce((sum, { length }) => sum + length, 0);
      const ids = Buffer.from([...batch.ids].map(shortened).join(''), 'latin1');
      const header = Buffer.alloc(HEADER_BYTES);
      header.write(MAGIC, 0, 'latin1');
      header.writeUInt32LE(HEADER_BYTES + ids.length + packedBytes + 2 * TAG_BYTES, 4);
      header.writeUInt32LE(ids.length + TAG_BYTES, 8);
      header.writeUIntLE(fromMs, 12, 6);
      header.writeUIntLE(toMs, 18, 6);
      keyId.copy(header, 24);
      salt.copy(header, 32);
      header.writeBigUInt64LE(BigInt(counter++), 48);
      header.writeUInt32LE(batch.bytes, 56);
      header.writeUInt32LE(batch.count, 60);
      const bytes = Buffer.concat([header, ...sealed(key, header, 0, [ids]), ...sealed(key, header, 1, packed)]);
      return { fromMs, toMs, bytes, headBytes: HEADER_BYTES + ids.length + TAG_BYTES };
    },
    mayHave(head, wanted) {
      if (readHeader(head) === undefined) throw new MessagesUnreadable('a frame was altered');
      const ids = opened(keyOf(head), head.subarray(0, HEADER_BYTES), 0, head.subarray(HEADER_BYTES));
      const known = new Set<string>();
      for (let at = 0; at < ids.length; at += ID_BYTES) known.add(ids.toString('latin1', at, at + ID_BYTES));
      return [...wanted].some((id) => known.has(shortened(id)));
    },
    async open(frame) {
      const header = readHeader(frame);
      if (header === undefined || frame.length !== header.bytes) throw new MessagesUnreadable('a frame is cut off');
      const packed = opened(keyOf(frame), frame.subarray(0, HEADER_BYTES), 1, frame.subarray(header.headBytes));
      try {
        return decodeMessages(await decompress(packed, DECOMPRESSED));
      } catch (cause) {
        throw new MessagesUnreadable('a frame has another form than this version reads', { cause });
      }
    },
  };
}

/** Undefined: it is no frame, or less than the header of one. */
export function readHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC) return undefined;
  const [length, ids] = [bytes.readUInt32LE(4), bytes.readUInt32LE(8)];
  const headBytes = HEADER_BYTES + ids;
  if (length > FRAME_BYTES_MAX || ids < TAG_BYTES || headBytes + TAG_BYTES > length) return undefined;
  return { bytes: length, headBytes, fromMs: bytes.readUIntLE(12, 6), toMs: bytes.readUIntLE(18, 6) };
}

function derive(root: Uint8Array, salt: Uint8Array, what: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, salt, `payment-manager messages ${what}`, 32));
}

/** A short hash of an id. These are sealed, so that nobody can look whether a number is among them. */
function shortened(id: string): string {
  return hash('sha256', id, 'buffer').toString('latin1', 0, ID_BYTES);
}

/** A key seals each (counter, part) once. */
function nonceOf(header: Buffer, part: number): Buffer {
  const nonce = Buffer.alloc(12);
  header.copy(nonce, 0, 48, 56);
  nonce.writeUInt32LE(part, 8);
  return nonce;
}

function sealed(key: Buffer, header: Buffer, part: number, plain: readonly Buffer[]): readonly Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(header, part), { authTagLength: TAG_BYTES });
  cipher.setAAD(header);
  return [...plain.map((piece) => cipher.update(piece)), cipher.final(), cipher.getAuthTag()];
}

function opened(key: Buffer, header: Buffer, part: number, bytes: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(header, part), { authTagLength: TAG_BYTES });
    decipher.setAAD(header);
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new MessagesUnreadable('a frame was altered', { cause });
  }
}
