import { bytesOf, type Characters, fromBytes, Iso8583Invalid, toBytes } from './characters.ts';
import { type FieldFormat, fitted, packField, unpackField } from './field-format.ts';

/** How the messages of a host look. Fields by their number, 2 to 128. */
export interface Packager {
  readonly mti: Characters;
  /** As 8 bytes, or as 16 hexadecimal digits in ASCII. */
  readonly bitmap: 'binary' | 'hex';
  readonly fields: ReadonlyMap<number, FieldFormat>;
}

/** A message: its type, four digits, and its fields by name (`DE37`). */
export interface Iso8583Message {
  readonly mti: string;
  readonly fields: Readonly<Record<string, string>>;
}

const HALF = 64;

/** The number of a field's name; undefined: it is none. */
export function fieldNumber(name: string): number | undefined {
  const number = Number(/^DE([1-9]\d{0,2})$/.exec(name)?.[1]);
  return number >= 2 && number <= 2 * HALF && number !== HALF + 1 ? number : undefined;
}

/** May the messages have this field? */
export function hasField({ fields }: Packager, name: string): boolean {
  const number = fieldNumber(name);
  return number !== undefined && fields.has(number);
}

/** A field's format. @throws Iso8583Invalid when the packager has none. */
export function formatOf({ fields }: Packager, name: string): FieldFormat {
  const number = fieldNumber(name);
  const format = number === undefined ? undefined : fields.get(number);
  if (format === undefined) throw new Iso8583Invalid(`${name} is no field of the messages`);
  return format;
}

/** The bytes of a message. @throws Iso8583Invalid for a value that cannot stand in its field. */
export function packMessage(packager: Packager, { mti, fields }: Iso8583Message): Buffer {
  if (!/^\d{4}$/.test(mti)) throw new Iso8583Invalid('a message type has four digits');
  const there = Object.keys(fields)
    .map((name) => ({ number: fieldNumber(name) as number, format: formatOf(packager, name), value: fields[name] as string }))
    .sort((one, other) => one.number - other.number);
  const numbers = there.map(({ number }) => number);
  const bitmap = Buffer.alloc((numbers.at(-1) ?? 0) > HALF ? HALF / 4 : HALF / 8);
  for (const number of bitmap.length > HALF / 8 ? [1, ...numbers] : numbers) {
    const index = (number - 1) >> 3;
    bitmap[index] = (bitmap[index] as number) | (0x80 >> ((number - 1) & 7));
  }
  return Buffer.concat([
    toBytes(mti, packager.mti),
    packager.bitmap === 'binary' ? bitmap : Buffer.from(bitmap.toString('hex').toUpperCase(), 'latin1'),
    ...there.map(({ format, value }) => packField(format, fitted(format, value))),
  ]);
}

/**
 * Reads a message to its end. Strict: what ends early, has something behind its last field, a field that is not in the packager or a
 * character that its field has not, is no message.
 *
 * @throws Iso8583Invalid
 */
export function unpackMessage(packager: Packager, message: Uint8Array): Iso8583Message {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  let at = bytesOf(packager.mti, 4);
  if (bytes.length < at) throw new Iso8583Invalid('the message ends within its type');
  const mti = fromBytes(bytes.subarray(0, at), packager.mti, 4, 'the message type');
  if (!/^\d{4}$/.test(mti)) throw new Iso8583Invalid('the message type is no number');
  const numbers: number[] = [];
  for (let base = 0; base === 0 || (base === HALF && numbers[0] === 1); base += HALF) {
    const half = readBitmap(packager, bytes, at);
    at += packager.bitmap === 'binary' ? HALF / 8 : HALF / 4;
    for (let bit = 0; bit < HALF; bit++) if (((half[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0) numbers.push(base + bit + 1);
  }
  const fields: Record<string, string> = Object.create(null);
  for (const number of numbers) {
    if (number === 1) continue;
    const format = packager.fields.get(number);
    if (format === undefined) throw new Iso8583Invalid(`the message has DE${number}, which is no field of the messages`);
    const { value, end } = unpackField(format, bytes, at);
    fields[format.name] = value;
    at = end;
  }
  if (at !== bytes.length) throw new Iso8583Invalid('the message has something behind its last field');
  return { mti, fields };
}

function readBitmap({ bitmap }: Packager, bytes: Buffer, at: number): Buffer {
  const size = bitmap === 'binary' ? HALF / 8 : HALF / 4;
  if (at + size > bytes.length) throw new Iso8583Invalid('the message ends within its bitmap');
  const taken = bytes.subarray(at, at + size);
  if (bitmap === 'binary') return taken;
  const digits = taken.toString('latin1');
  if (!/^[0-9A-Fa-f]{16}$/.test(digits)) throw new Iso8583Invalid('the bitmap is not in hexadecimal digits');
  return Buffer.from(digits, 'hex');
}
