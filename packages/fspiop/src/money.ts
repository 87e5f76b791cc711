import { FspiopError } from './errors.ts';

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

/** The 164 currency codes of FSPIOP 1.0, 1.1 and 2.0 (docs/protocol.md, 6): an old ISO 4217; deployments extend it where they validate. */
export const CURRENCIES: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUC CUP ' +
    'CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS IMP INR IQD IRR ISK JEP ' +
    'JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SPL SRD STD SVC SYP SZL THB TJS ' +
    'TMT TND TOP TRY TTD TVD TWD TZS UAH UGX USD UYU UZS VEF VND VUV WST XAF XCD XDR XOF XPF XTS XXX YER ZAR ZMW ZWD'
  ).split(' '),
);

/** Currencies of the list for which no peer has a number of decimals: quotes in them fail with 5106 unless it is configured. */
const WITHOUT_DECIMALS = new Set(['GGP', 'IMP', 'JEP', 'MRO', 'SPL', 'STD', 'TVD', 'VEF', 'XDR', 'ZWD']);
/** Not on the API's list, but with known decimals, for deployments that add them. */
const ADDITIONAL = 'BOV CHE CHW CLF COU MRU MXV SLE SSP STN USN UYI UYW VES ZWL'.split(' ');
const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW XTS XXX',
};

function readDecimals(): ReadonlyMap<string, number> {
  const decimals = new Map<string, number>();
  for (const currency of [...CURRENCIES, ...ADDITIONAL]) if (!WITHOUT_DECIMALS.has(currency)) decimals.set(currency, 2);
  for (const [places, currencies] of Object.entries(EXCEPTIONS))
    for (const currency of currencies.split(' ')) decimals.set(currency, Number(places));
  return decimals;
}

const DECIMALS = readDecimals();

/**
 * Decimal places by which amounts of a currency are scaled for ILP (docs/protocol.md, 6). `configured` comes first and is how a
 * deployment adds a currency. Undefined: unknown, refuse with 5106.
 */
export function currencyDecimals(currency: string, configured?: Readonly<Record<string, number>>): number | undefined {
  if (configured !== undefined && Object.hasOwn(configured, currency)) return configured[currency];
  return DECIMALS.get(currency);
}
