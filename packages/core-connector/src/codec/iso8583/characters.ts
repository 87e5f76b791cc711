/** How characters stand in a message: one byte each, or (digits only) two in a byte. */
export type Characters = 'ascii' | 'ebcdic' | 'bcd';

/** A message that is not as its packager says, or a value that cannot stand in one. It names the field, never the value. */
export class Iso8583Invalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Iso8583Invalid';
  }
}

/** The characters from the space to the tilde in EBCDIC, code page 037. */
const EBCDIC = Buffer.from(
  '405a7f7b5b6c507d4d5d5c4e6b604b61f0f1f2f3f4f5f6f7f8f97a5e4c7e6e6f7cc1c2c3c4c5c6c7c8c9d1d2d3d4d5d6d7d8d9e2e3e4e5e6e7e8e9bae0bbb06d79818283848586878889919293949596979899a2a3a4a5a6a7a8a9c04fd0a1',
  'hex',
);
const FIRST = 0x20;
const LAST = 0x7e;
const FROM_EBCDIC: ReadonlyMap<number, number> = new Map([...EBCDIC].map((byte, index) => [byte, FIRST + index]));

/** Bytes that so many characters take. */
export function bytesOf(characters: Characters, count: number): number {
  return characters === 'bcd' ? Math.ceil(count / 2) : count;
}

/** A text of printable ASCII as bytes. An odd number of digits in BCD has a zero before them. */
export function toBytes(text: string, characters: Characters): Buffer {
  if (characters === 'bcd') return Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex');
  const ascii = Buffer.from(text, 'latin1');
  return characters === 'ascii' ? ascii : Buffer.from(ascii.map((byte) => EBCDIC[byte - FIRST] as number));
}

/** @throws Iso8583Invalid for bytes that are none of these characters; nothing is repaired. */
export function fromBytes(bytes: Uint8Array, characters: Characters, count: number, what: string): string {
  if (characters === 'bcd') return fromBcd(bytes, count, what);
  const ascii = characters === 'ascii' ? bytes : Uint8Array.from(bytes, (byte) => FROM_EBCDIC.get(byte) ?? 0);
  if (ascii.some((byte) => byte < FIRST || byte > LAST)) throw new Iso8583Invalid(`${what} has a byte that is no character of it`);
  return Buffer.from(ascii).toString('latin1');
}

function fromBcd(bytes: Uint8Array, count: number, what: string): string {
  const digits = Buffer.from(bytes).toString('hex');
  if (!/^\d*$/.test(digits)) throw new Iso8583Invalid(`${what} has half a byte that is no digit`);
  if (digits.length === count) return digits;
  if (!digits.startsWith('0')) throw new Iso8583Invalid(`${what} has a digit too many`);
  return digits.slice(1);
}
