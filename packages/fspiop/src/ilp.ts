import { hash, timingSafeEqual } from 'node:crypto';
import { formatDateTime } from './datetime.ts';
import { FspiopError } from './errors.ts';
import { AMOUNT_BYTES, PACKET_LENGTH_MAX, TYPE_V1, TYPE_V4 } from './ilp-layout.ts';
import { canonicalJson } from './json.ts';
import type { Money, Party, QuotesIdPutResponse, QuotesPostRequest } from './messages.ts';
import { scaledForIlp } from './money.ts';

/** Longest ILP address. */
const ACCOUNT_LENGTH_MAX = 1023;
/** Destination of every v4 packet of Mojaloop. */
const DESTINATION_V4 = 'g.mojaloop';
const HASH_TEXT = /^[A-Za-z0-9_-]{43}$/;

/** What the packet says about the transaction: a JSON object (serialised canonically), or JSON text that is taken as it is. */
type TransactionData = object | string;

export interface IlpV1Input {
  amount: Money;
  /** ILP address of the payee: see `ilpAccount`. */
  account: string;
  transaction: TransactionData;
  /** Decimals of currencies that are not in our table. */
  decimals?: Readonly<Record<string, number>>;
}

export interface IlpV4Input {
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
