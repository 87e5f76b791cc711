import { Iso8583Invalid } from './characters.ts';

/** What stands before each message on a connection. */
export interface Frame {
  /** The length: two or four bytes, four digits in ASCII, or four digits in two bytes. */
  readonly length: 'binary-2' | 'binary-4' | 'ascii-4' | 'bcd-2';
  /** Does the length count itself, too? */
  readonly countsItself: boolean;
  /** What stands between length and message, e.g. a TPDU, in hexadecimal digits. So many bytes are left out of what comes. */
  readonly header: string;
  /** The longest message, bytes, without what stands before it. */
  readonly most: number;
}

const SIZE = { 'binary-2': 2, 'binary-4': 4, 'ascii-4': 4, 'bcd-2': 2 } as const;
const MOST = { 'binary-2': 0xffff, 'binary-4': 0xffffffff, 'ascii-4': 9_999, 'bcd-2': 9_999 } as const;

/** A message as it is written. @throws Iso8583Invalid when it is longer than messages may be. */
export function framed(frame: Frame, message: Uint8Array): Buffer {
  const header = Buffer.from(frame.header, 'hex');
  const size = SIZE[frame.length];
  const count = header.length + message.length + (frame.countsItself ? size : 0);
  if (message.length > frame.most || count > MOST[frame.length]) throw new Iso8583Invalid(`the message has more than ${frame.most} bytes`);
  return Buffer.concat([lengthBytes(frame, count), header, message]);
}

function lengthBytes({ length }: Frame, count: number): Buffer {
  if (length === 'ascii-4') return Buffer.from(String(count).padStart(4, '0'), 'latin1');
  if (length === 'bcd-2') return Buffer.from(String(count).padStart(4, '0'), 'hex');
  const bytes = Buffer.alloc(SIZE[length]);
  bytes.writeUIntBE(count, 0, bytes.length);
  return bytes;
}

/** Cuts what comes into messages. A length that is none, or too great, is the end: where the next message begins is not known any more. */
export class Unframing {
  readonly #frame: Frame;
  #rest: Buffer = Buffer.alloc(0);

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** The messages that are there to their ends. @throws Iso8583Invalid */
  take(bytes: Uint8Array): readonly Buffer[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const messages: Buffer[] = [];
    const size = SIZE[this.#frame.length];
    while (this.#rest.length >= size) {
      const count = this.#count(this.#rest.subarray(0, size));
      if (this.#rest.length < size + count) break;
      messages.push(this.#rest.subarray(size + this.#frame.header.length / 2, size + count));
      this.#rest = this.#rest.subarray(size + count);
    }
    return messages;
  }

  /** Bytes behind the length. */
  #count(bytes: Buffer): number {
    const { length, countsItself, header, most } = this.#frame;
    const text = length === 'ascii-4' ? bytes.toString('latin1') : bytes.toString('hex');
    const digits = length === 'ascii-4' || length === 'bcd-2';
    if (digits && !/^\d{4}$/.test(text)) throw new Iso8583Invalid('the length of a message is no number');
    const count = (digits ? Number(text) : bytes.readUIntBE(0, bytes.length)) - (countsItself ? bytes.length : 0);
    const least = header.length / 2;
    // nothing but the length: some hosts keep a connection alive with it
    if (count === 0 && least === 0) return 0;
    if (count < least || count > most + least)
      throw new Iso8583Invalid(`a message says that it has ${count} bytes, and may have ${least} to ${most + least}`);
    return count;
  }
}
