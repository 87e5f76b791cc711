import { bytesOf, type Characters, fromBytes, Iso8583Invalid, toBytes } from './characters.ts';

/** How a field stands in a message. */
export interface FieldFormat {
  /** `DE37` */
  readonly name: string;
  readonly content: Content;
  /** Of a fixed field its length, else the longest: characters, of `b` bytes. */
  readonly length: number;
  /** Digits of the length that stands before it; 0: it is fixed. */
  readonly lengthDigits: number;
  readonly lengthIn: LengthIn;
  readonly characters: Characters;
  /** Of `b`: as they are, or two hexadecimal digits each. */
  readonly binary: 'raw' | 'hex';
}

type Content = 'a' | 'n' | 's' | 'an' | 'as' | 'ns' | 'ans' | 'x+n' | 'z' | 'b';
export type LengthIn = Characters | 'binary';

/** What a packager says of all its fields. */
export interface Usual {
  readonly numbers: Characters;
  readonly texts: Exclude<Characters, 'bcd'>;
  readonly lengths: LengthIn;
  readonly binary: 'raw' | 'hex';
}

const NOTATION = /^(a|n|s|an|as|ns|ans|x\+n|z|b)(?: ?(\.{2,4}) ?| )(\d{1,4})((?:, [a-z-]+)*)$/;
const OPTIONS = ['ascii', 'ebcdic', 'bcd', 'raw', 'hex', 'length-ascii', 'length-ebcdic', 'length-bcd', 'length-binary'] as const;
const CONTENT: Readonly<Record<Content, RegExp>> = {
  a: /^[A-Za-z ]*$/,
  n: /^\d*$/,
  s: /^[!-/:-@[-`{-~ ]*$/,
  an: /^[A-Za-z0-9 ]*$/,
  as: /^[!-/:-~ ]*$/,
  ns: /^[!-@[-`{-~ ]*$/,
  ans: /^[ -~]*$/,
  'x+n': /^[CD]\d*$/,
  z: /^[0-9=D]*$/,
  b: /^(?:[0-9A-F]{2})*$/,
};

/**
 * Reads the notation of the standard: `n 12` (fixed), `n..19` (a length of two digits before it), `ans...999` (of three), `b 8` (bytes),
 * with what is otherwise than usual behind: `z..37, bcd`, `ans...999, ebcdic, length-bcd`.
 *
 * @throws Iso8583Invalid
 */
export function readFieldFormat(name: string, notation: string, usual: Usual): FieldFormat {
  const [, content, dots = '', size = '', more = ''] = NOTATION.exec(notation) ?? [];
  if (content === undefined)
    throw new Iso8583Invalid(`${name}: a field is written as the standard does: n 12, n..19, ans...999, b 8, with options behind a comma`);
  const options = more === '' ? [] : more.slice(2).split(', ');
  const other = options.find((option) => !OPTIONS.some((one) => one === option));
  if (other !== undefined) throw new Iso8583Invalid(`${name}: ${other} is no option: ${OPTIONS.join(', ')}`);
  const has = (option: (typeof OPTIONS)[number]): boolean => options.includes(option);
  const length = Number(size);
  const lengthDigits = dots.length;
  const most = lengthDigits === 0 ? 9_999 : 10 ** lengthDigits - 1;
  if (length < 1 || length > most) throw new Iso8583Invalid(`${name}: its length is 1 to ${most}`);
  const usually = content === 'n' || content === 'z' || content === 'x+n' ? usual.numbers : usual.texts;
  const said = (['ascii', 'ebcdic', 'bcd'] as const).find(has);
  // tracks have a separator, and signed amounts a letter: only digits are packed two in a byte
  const characters = said ?? (usually === 'bcd' && content !== 'n' ? 'ascii' : usually);
  if (characters === 'bcd' && content !== 'n') throw new Iso8583Invalid(`${name}: only digits (n) are packed two in a byte`);
  const lengthIn = (['ascii', 'ebcdic', 'bcd', 'binary'] as const).find((one) => has(`length-${one}`)) ?? usual.lengths;
  const binary = has('hex') ? 'hex' : has('raw') ? 'raw' : usual.binary;
  return { name, content: content as Content, length, lengthDigits, lengthIn, characters, binary };
}

/**
 * A value as it stands in its field: digits of a fixed field with zeros before them, texts with spaces behind. Bytes (`b`) are written as
 * hexadecimal digits.
 *
 * @throws Iso8583Invalid for what cannot stand there: other characters, or too many.
 */
export function fitted(format: FieldFormat, value: string): string {
  const { name, content, length, lengthDigits } = format;
  const text = content === 'b' ? value.toUpperCase() : value;
  if (!CONTENT[content].test(text)) throw new Iso8583Invalid(`${name} has a character that ${content} has not`);
  const long = content === 'b' ? text.length / 2 : text.length;
  if (long > length) throw new Iso8583Invalid(`${name} has more than ${length} ${content === 'b' ? 'bytes' : 'characters'}`);
  if (lengthDigits > 0 || long === length) return text;
  if (content === 'n') return text.padStart(length, '0');
  if (content === 'x+n') return `${text.slice(0, 1)}${text.slice(1).padStart(length - 1, '0')}`;
  if (content === 'b' || content === 'z')
    throw new Iso8583Invalid(`${name} has fewer than ${length} ${content === 'b' ? 'bytes' : 'characters'}`);
  return text.padEnd(length, ' ');
}

/** The bytes of a field, its length before them. `value` is `fitted`. */
export function packField(format: FieldFormat, value: string): Buffer {
  const { content, characters, binary, lengthDigits, lengthIn } = format;
  const body = content !== 'b' ? toBytes(value, characters) : binary === 'raw' ? Buffer.from(value, 'hex') : Buffer.from(value, 'latin1');
  if (lengthDigits === 0) return body;
  const count = content === 'b' ? value.length / 2 : value.length;
  return Buffer.concat([lengthBytes(count, lengthDigits, lengthIn), body]);
}

function lengthBytes(count: number, digits: number, lengthIn: LengthIn): Buffer {
  if (lengthIn !== 'binary') return toBytes(String(count).padStart(digits, '0'), lengthIn);
  return digits === 2 ? Buffer.from([count]) : Buffer.from([count >> 8, count & 0xff]);
}

/** Reads a field from the place where it begins. @throws Iso8583Invalid */
export function unpackField(format: FieldFormat, bytes: Buffer, start: number): { readonly value: string; readonly end: number } {
  const { name, content, characters, binary, lengthDigits, lengthIn, length } = format;
  let at = start;
  const take = (count: number): Buffer => {
    if (at + count > bytes.length) throw new Iso8583Invalid(`the message ends within ${name}`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const count = lengthDigits === 0 ? length : readLength(take(lengthSize(lengthDigits, lengthIn)), lengthDigits, lengthIn, name);
  if (count > length) throw new Iso8583Invalid(`${name} is longer than ${length}`);
  const size = content !== 'b' ? bytesOf(characters, count) : binary === 'raw' ? count : 2 * count;
  const taken = take(size);
  const value = content !== 'b' ? fromBytes(taken, characters, count, name) : binary === 'raw' ? hexOf(taken) : taken.toString('latin1');
  if (!CONTENT[content].test(value)) throw new Iso8583Invalid(`${name} has a character that ${content} has not`);
  return { value, end: at };
}

function lengthSize(digits: number, lengthIn: LengthIn): number {
  return lengthIn === 'binary' ? (digits === 2 ? 1 : 2) : bytesOf(lengthIn, digits);
}

function readLength(bytes: Buffer, digits: number, lengthIn: LengthIn, name: string): number {
  if (lengthIn === 'binary') return bytes.readUIntBE(0, bytes.length);
  const text = fromBytes(bytes, lengthIn, digits, `the length of ${name}`);
  if (!/^\d+$/.test(text)) throw new Iso8583Invalid(`the length of ${name} is no number`);
  return Number(text);
}

function hexOf(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
