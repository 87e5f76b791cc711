import { createHash } from 'node:crypto';
import type { Random } from '@payment-manager/runtime';

const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits, as text of 43 characters. */
export function newToken(random: Pick<Random, 'bytes'>): string {
  return Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
}

/** As it is stored and looked up: who reads the store can use none. A hash is enough for what nobody can guess. */
export function tokenId(token: string): string {
  return createHash('sha256').update(`payment-manager ${token}`).digest('hex');
}

/** Whether a text has the form of a token: anything else is not even looked up. */
export function isToken(text: string | undefined): text is string {
  return text !== undefined && TOKEN_FORM.test(text);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A code to write down: 80 random bits, like `7KQ2-MZ4T-P6XA-C3RD`. */
export function newRecoveryCode(random: Pick<Random, 'bytes'>): string {
  const letters = [...random.bytes(16)].map((byte) => BASE32[byte & 31]);
  return [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join('')).join('-');
}

/** Without what people add or leave out when they type. */
export function recoveryId(code: string): string {
  return tokenId(code.toUpperCase().replace(/[^A-Z2-7]/g, ''));
}
