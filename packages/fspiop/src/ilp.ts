import { hash, timingSafeEqual } from 'node:crypto';
import { formatDateTime, parseDateTime } from './datetime.ts';
import { FspiopError } from './errors.ts';
import { AMOUNT_BYTES, CONDITION_BYTES, EXPIRY_CHARACTERS, PACKET_LENGTH_MAX, TYPE_V1, TYPE_V4 } from './ilp-layout.ts';
import { canonicalJson, parseJson } from './json.ts';
import type { Money, Party, QuotesIdPutResponse, QuotesPostRequest } from './messages.ts';
import { scaledForIlp } from './money.ts';

/** Longest ILP address. */
const ACCOUNT_LENGTH_MAX = 1023;
/** Destination of every v4 packet of Mojaloop. */
const DESTINATION_V4 = 'g.mojaloop';
const HASH_TEXT = /^[A-Za-z0-9_-]{43}$/;

/** What the packet says about the transaction: a JSON object (serialised canonically), or JSON text that is taken as it is. */
type TransactionData = object | string;

interface IlpV1Input {
  amount: Money;
  /** ILP address of the payee: see `ilpAccount`. */
  account: string;
  transaction: TransactionData;
  /** Decimals of currencies that are not in our table. */
  decimals?: Readonly<Record<string, number>>;
}

interface IlpV4Input {
  amount: Money;
  /** Expiration of the quote, milliseconds since the epoch. */
  expirationMs: number;
  /** 43 characters. */
  condition: string;
  transaction: TransactionData;
  decimals?: Readonly<Record<string, number>>;
}

/**
 * The `ilpPacket` of an ILP v1 payment (docs/protocol.md, 13.2). Throws 3100, 5106 or 5200 for an amount that cannot be scaled, 3100
 * for a packet that would be too long.
 */
export function encodeIlpV1(input: IlpV1Input): string {
  const amount = amountBytes(input.amount, input.decimals);
  const account = Buffer.from(input.account, 'utf8');
  if (account.length > ACCOUNT_LENGTH_MAX) throw new FspiopError('3100', 'ILP address of the payee is too long');
  return packetText(TYPE_V1, [amount, withLength(account), withLength(dataBytes(input.transaction)), Buffer.of(0)]);
}

/** The `ilpPacket` of an ILP v4 prepare (docs/protocol.md, 13.3). Throws like `encodeIlpV1`, and 3100 for a malformed condition. */
export function encodeIlpV4(input: IlpV4Input): string {
  if (!HASH_TEXT.test(input.condition)) throw new FspiopError('3100', 'condition has the wrong format');
  const amount = amountBytes(input.amount, input.decimals);
  const expiry = Buffer.from(formatDateTime(input.expirationMs).replace(/\D/g, ''), 'latin1');
  const condition = Buffer.from(input.condition, 'base64url');
  return packetText(TYPE_V4, [
    amount,
    expiry,
    condition,
    withLength(Buffer.from(DESTINATION_V4)),
    withLength(dataBytes(input.transaction)),
  ]);
}

function amountBytes(amount: Money, decimals: Readonly<Record<string, number>> | undefined): Buffer {
  const bytes = Buffer.alloc(AMOUNT_BYTES);
  bytes.writeBigUInt64BE(scaledForIlp(amount.amount, amount.currency, decimals));
  return bytes;
}

function dataBytes(transaction: TransactionData): Buffer {
  const json = typeof transaction === 'string' ? transaction : canonicalJson(transaction);
  return Buffer.from(Buffer.from(json, 'utf8').toString('base64url'), 'latin1');
}

function packetText(type: number, parts: readonly Buffer[]): string {
  const text = Buffer.concat([Buffer.of(type), withLength(Buffer.concat(parts))]).toString('base64url');
  if (text.length > PACKET_LENGTH_MAX) throw new FspiopError('3100', 'ilpPacket would be too long');
  return text;
}

/** OER length prefix: one byte below 128, else the number of bytes and the length, big-endian. */
export function oerLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([oerLength(bytes.length), bytes]);
}

/**
 * ILP address of a payee for a v1 packet: `g.{fspId}.{type}.{identifier}[.{sub-id}]`, all but the FSP id in lower case.
 * Throws 3102 when the party has no fspId.
 */
export function ilpAccount(payee: Party): string {
  const { fspId, partyIdType, partyIdentifier, partySubIdOrType } = payee.partyIdInfo;
  if (fspId === undefined) throw new FspiopError('3102', 'payee.partyIdInfo.fspId is missing');
  const parts = [partyIdType, partyIdentifier, ...(partySubIdOrType === undefined ? [] : [partySubIdOrType])];
  return `g.${fspId}.${parts.map((part) => part.toLowerCase()).join('.')}`;
}

/** What a packet says about its transaction (docs/protocol.md, 13.2): from the quote's request and from our answer to it. */
export function transactionObject(
  quote: QuotesPostRequest,
  answer: Pick<QuotesIdPutResponse, 'transferAmount' | 'expiration'>,
): Record<string, unknown> {
  const transaction: Record<string, unknown> = {
    amount: answer.transferAmount,
    expiration: answer.expiration,
    payee: quote.payee,
    payer: quote.payer,
    quoteId: quote.quoteId,
    transactionId: quote.transactionId,
    transactionType: quote.transactionType,
  };
  return quote.note === undefined ? transaction : { ...transaction, note: quote.note };
}

/** `condition` = SHA-256 of the 32 bytes of a fulfilment. Throws 3100 when the text is not 43 characters of base64url. */
export function conditionOf(fulfilment: string): string {
  if (!HASH_TEXT.test(fulfilment)) throw new FspiopError('3100', 'fulfilment has the wrong format');
  return hash('sha256', Buffer.from(fulfilment, 'base64url'), 'base64url');
}

/** Whether a fulfilment belongs to a condition; both exactly 43 characters, no padding (docs/protocol.md, 13.5). Constant time. */
export function isFulfilment(fulfilment: unknown, condition: unknown): boolean {
  if (typeof fulfilment !== 'string' || typeof condition !== 'string') return false;
  if (!HASH_TEXT.test(fulfilment) || !HASH_TEXT.test(condition)) return false;
  return timingSafeEqual(Buffer.from(conditionOf(fulfilment), 'latin1'), Buffer.from(condition, 'latin1'));
}

/** A packet, taken apart. */
interface DecodedIlp {
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
