/**
 * The messages of the sandbox's host: ISO 8583 of 1987, all in ASCII but for a binary bitmap, a length of two bytes before each. Written for itself,
 * so that what a Payment Manager writes is read by somebody else.
 */
export interface HostMessage {
  readonly type: string;
  /** By number. */
  readonly fields: ReadonlyMap<number, string>;
}

/** Lengths of fixed fields; digits of the length of the others. */
const FIXED: Readonly<Record<number, number>> = {
  3: 6,
  4: 12,
  7: 10,
  11: 6,
  12: 6,
  13: 4,
  37: 12,
  38: 6,
  39: 2,
  41: 8,
  49: 3,
  70: 3,
  90: 42,
};
const VARIABLE: Readonly<Record<number, number>> = { 32: 2, 48: 3, 54: 3, 62: 3, 102: 2, 103: 2 };

/** Takes the messages that are whole off the beginning of what came. */
export function takeMessages(received: Buffer): { readonly messages: readonly HostMessage[]; readonly rest: Buffer } {
  const messages: HostMessage[] = [];
  let rest = received;
  while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
    const end = 2 + rest.readUInt16BE(0);
    messages.push(read(rest.subarray(2, end)));
    rest = rest.subarray(end);
  }
  return { messages, rest };
}

/** @throws Error for a message that is none. */
function read(bytes: Buffer): HostMessage {
  const fields = new Map<number, string>();
  const bits = [...bytes.subarray(4, (bytes[4] as number) & 0x80 ? 20 : 12)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let at = 4 + bits.length / 8;
  for (const [index, bit] of [...bits].entries()) {
    const number = index + 1;
    if (bit === '0' || number === 1) continue;
    const digits = VARIABLE[number];
    const long = digits === undefined ? FIXED[number] : Number(bytes.toString('latin1', at, at + digits));
    if (long === undefined || Number.isNaN(long)) throw new Error(`field ${number} cannot be read`);
    at += digits ?? 0;
    fields.set(number, bytes.toString('latin1', at, at + long));
    at += long;
  }
  if (at !== bytes.length) throw new Error('a message does not end where it says');
  return { type: bytes.toString('latin1', 0, 4), fields };
}

/** The bytes of a message, its length before them. */
export function writeMessage({ type, fields }: HostMessage): Buffer {
  const numbers = [...fields.keys()].sort((one, other) => one - other);
  const size = (numbers.at(-1) ?? 0) > 64 ? 128 : 64;
  const bits = Array.from({ length: size }, (_, index) => ((size === 128 && index === 0) || fields.has(index + 1) ? '1' : '0')).join('');
  const bitmap = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  const values = numbers.map((number) => {
    const value = fields.get(number) as string;
    const digits = VARIABLE[number];
    return digits === undefined ? value.padEnd(FIXED[number] as number) : `${String(value.length).padStart(digits, '0')}${value}`;
  });
  const message = Buffer.concat([Buffer.from(type), bitmap, Buffer.from(values.join(''), 'latin1')]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
