/**
 * Money in ten-thousandths of its currency, in two whole numbers that a database adds exactly: `hi` counts 10^12 of them. FSPIOP allows 10^18 with
 * four decimals, which is more than 64 bits hold.
 */
export interface Units {
  readonly hi: number;
  readonly lo: number;
}

export const LO_SIZE = 1_000_000_000_000;
const DECIMALS = 4;
const AMOUNT = /^(\d{1,18})(?:\.(\d{1,4}))?$/;

/** A number is exact with so many digits, whichever they are. */
const EXACT_DIGITS = 15;

export const NO_UNITS: Units = { hi: 0, lo: 0 };

/** @returns undefined for what is no amount of FSPIOP */
export function unitsOf(amount: string): Units | undefined {
  const parts = AMOUNT.exec(amount);
  if (!parts) return undefined;
  const digits = `${parts[1]}${(parts[2] ?? '').padEnd(DECIMALS, '0')}`;
  if (digits.length <= EXACT_DIGITS) return { hi: Math.floor(Number(digits) / LO_SIZE), lo: Number(digits) % LO_SIZE };
  const units = BigInt(digits);
  return { hi: Number(units / BigInt(LO_SIZE)), lo: Number(units % BigInt(LO_SIZE)) };
}

const SIGNED = /^(-?)(\d{1,36})(?:\.(\d{1,4}))?$/;

/** Decimal text, also a negative one and a sum of many, in ten-thousandths. @returns undefined for anything else */
export function signedUnitsOf(decimal: string): bigint | undefined {
  const parts = SIGNED.exec(decimal);
  if (!parts) return undefined;
  const units = BigInt(`${parts[2]}${(parts[3] ?? '').padEnd(DECIMALS, '0')}`);
  return parts[1] === '-' ? -units : units;
}

/** `Units` as one number of ten-thousandths. */
export function wholeOf(hi: number, lo: number): bigint {
  return BigInt(hi) * BigInt(LO_SIZE) + BigInt(lo);
}

/** The whole as decimal text, without zeros at the end. `hi` and `lo` may be sums of many. */
export function amountOf(hi: bigint, lo: bigint): string {
  const units = hi * BigInt(LO_SIZE) + lo;
  const digits = (units < 0n ? -units : units).toString().padStart(DECIMALS + 1, '0');
  const [whole, rest] = [digits.slice(0, -DECIMALS), digits.slice(-DECIMALS).replace(/0+$/, '')];
  return `${units < 0n ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`;
}
