import { currencyDecimals } from './currencies.ts';
import { FspiopError } from './errors.ts';

export { CURRENCIES, currencyDecimals } from './currencies.ts';

/** Money inside the product: ten-thousandths of the major unit, exact, never a float (promise 6). */
export type Units = bigint;

const AMOUNT = /^(?:0|[1-9]\d{0,17})(?:\.\d{0,3}[1-9])?$/;
/** Decimal places of `Units`: the most that an FSPIOP amount can have. */
const SCALE = 4;
const UNITS_PER_MAJOR = 10_000n;
/** First value that no longer has 18 integer digits. */
const UNITS_LIMIT = 10n ** 18n * UNITS_PER_MAJOR;
const UINT64_LIMIT = 1n << 64n;

/** Up to 18 integer digits, up to 4 decimals, no trailing zero, no sign, no exponent (docs/protocol.md, 6). */
export function isAmount(text: unknown): text is string {
  return typeof text === 'string' && AMOUNT.test(text);
}

/**
 * Reads an FSPIOP amount. Throws 3100 when the text is not one.
 *
 * @example parseAmount('5.05') // 50500n
 */
export function parseAmount(text: string): Units {
  if (!isAmount(text)) throw new FspiopError('3100', 'amount has the wrong format');
  const point = text.indexOf('.');
  if (point === -1) return BigInt(text) * UNITS_PER_MAJOR;
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(SCALE, '0'));
}

/**
 * The one text that FSPIOP has for an amount. Throws 3100 for a negative amount and for one beyond 18 integer digits:
 * neither can be said in the protocol.
 *
 * @example formatAmount(50500n) // '5.05'
 */
export function formatAmount(units: Units): string {
  if (units < 0n) throw new FspiopError('3100', 'amount is negative');
  if (units >= UNITS_LIMIT) throw new FspiopError('3100', 'amount has more than 18 integer digits');
  const digits = units.toString().padStart(SCALE + 1, '0');
  const major = digits.slice(0, -SCALE);
  const minor = digits.slice(-SCALE).replace(/0+$/, '');
  return minor === '' ? major : `${major}.${minor}`;
}

/**
 * The amount as the unsigned 64-bit integer of an ILP packet: in the smallest unit of its currency. What does not fit
 * is refused and never rounded or wrapped (docs/protocol.md, 13.5): unknown currency 5106, more decimals than the currency has
 * 3100, 2^64 and above 5200.
 */
export function scaledForIlp(amount: string, currency: string, configured?: Readonly<Record<string, number>>): bigint {
  const units = parseAmount(amount);
  const decimals = currencyDecimals(currency, configured);
  if (decimals === undefined) throw new FspiopError('5106', 'currency has no known number of decimals');
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > SCALE) throw new FspiopError('2001', 'configured decimals are not 0 to 4');
  const unitsPerMinor = 10n ** BigInt(SCALE - decimals);
  if (units % unitsPerMinor !== 0n) throw new FspiopError('3100', `amount has more decimals than the ${decimals} of its currency`);
  const scaled = units / unitsPerMinor;
  if (scaled >= UINT64_LIMIT) throw new FspiopError('5200', 'amount is too large for its currency');
  return scaled;
}
