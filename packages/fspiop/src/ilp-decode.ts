import { parseDateTime } from './datetime.ts';
import { FspiopError } from './errors.ts';
import { AMOUNT_BYTES, CONDITION_BYTES, EXPIRY_CHARACTERS, PACKET_LENGTH_MAX, TYPE_V1, TYPE_V4 } from './ilp-layout.ts';
import { parseJson } from './json.ts';

/** A packet, taken apart. */
export interface DecodedIlp {
  type: 'v1' | 'v4';
  /** In the smallest unit of the currency; the packet does not say which currency. */
  amount: bigint;
  /** ILP address: of the payee in v1, `g.mojaloop` in v4. */
  account: string;
  /** v4 only, milliseconds since the epoch. */
  expirationMs?: number;
  /** v4 only. */
  condition?: string;
  /** The transaction object, if the data field holds a JSON object (base64url text, or bare as in the specification's example). */
  transaction?: Record<string, unknown>;
}

/** Reads forward through a packet; running over its end is a malformed packet. */
interface Reader {
  readonly bytes: Buffer;
  at: number;
}

function malformed(): FspiopError {
  return new FspiopError('3100', 'ilpPacket cannot be decoded');
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw malformed();
  const part = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return part;
}

function takeLength(reader: Reader): number {
  const first = take(reader, 1)[0] ?? 0;
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw malformed();
  let length = 0;
  for (const byte of take(reader, count)) length = length * 256 + byte;
  return length;
}

/**
 * Decodes an `ilpPacket`. Tolerates padding, and the layout of the specification's printed example (no length after the
 * type, no extensions byte, bare JSON; docs/protocol.md, 13.4). Throws 3100 for what is no packet. Prefer to compare a packet with the
 * stored quote's text: nothing in it is authentic by itself.
 */
export function decodeIlp(packet: string): DecodedIlp {
  if (packet.length > PACKET_LENGTH_MAX || !/^[A-Za-z0-9_-]+={0,2}$/.test(packet)) throw malformed();
  const bytes = Buffer.from(packet, 'base64url');
  const contents = contentsOf(bytes);
  if (bytes[0] === TYPE_V1) return decodeV1(contents);
  if (bytes[0] === TYPE_V4) return decodeV4(contents);
  throw malformed();
}

/** What follows the type and its length, or, when that length does not fit the packet, what follows the type. */
function contentsOf(bytes: Buffer): Reader {
  const reader: Reader = { bytes, at: 1 };
  try {
    const length = takeLength(reader);
    if (reader.at + length === bytes.length) return reader;
  } catch {
    // no length here
  }
  return { bytes, at: 1 };
}

function decodeV1(reader: Reader): DecodedIlp {
  const amount = take(reader, AMOUNT_BYTES).readBigUInt64BE();
  const account = take(reader, takeLength(reader)).toString('utf8');
  return withTransaction({ type: 'v1', amount, account }, take(reader, takeLength(reader)));
}

function decodeV4(reader: Reader): DecodedIlp {
  const amount = take(reader, AMOUNT_BYTES).readBigUInt64BE();
  const expirationMs = readExpiry(take(reader, EXPIRY_CHARACTERS).toString('latin1'));
  const condition = take(reader, CONDITION_BYTES).toString('base64url');
  const account = take(reader, takeLength(reader)).toString('utf8');
  return withTransaction({ type: 'v4', amount, account, expirationMs, condition }, take(reader, takeLength(reader)));
}

/** `YYYYMMDDHHmmssSSS`, UTC. */
function readExpiry(digits: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits);
  if (match === null) throw malformed();
  const [, year, month, day, hour, minute, second, millisecond] = match;
  return parseDateTime(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
}

function withTransaction(decoded: DecodedIlp, data: Buffer): DecodedIlp {
  const json = data[0] === 0x7b ? data : Buffer.from(data.toString('latin1'), 'base64url');
  try {
    const value = parseJson(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { ...decoded, transaction: value as Record<string, unknown> };
  } catch (error) {
    if (!(error instanceof FspiopError)) throw error;
  }
  return decoded;
}
