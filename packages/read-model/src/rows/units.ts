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

export const NO_UNITS: Units = { hi: 0, lo: 0 };

/** @returns undefined for what is no amount of FSPIOP */
export function unitsOf(amount: string): Units | undefined {
  const parts = AMOUNT.exec(amount);
  if (!parts) return undefined;
  const units = BigInt(`${parts[1]}${(parts[2] ?? '').padEnd(DECIMALS, '0')}`);
  return { hi: Number(units / BigInt(LO_SIZE)), lo: Number(units % BigInt(LO_SIZE)) };
}

/** The whole as decimal text, without zeros at the end. `hi` and `lo` may be sums of many. */
export function amountOf(hi: bigint, lo: bigint): string {
  const units = hi * BigInt(LO_SIZE) + lo;
  const digits = (units < 0n ? -units : units).toString().padStart(DECIMALS + 1, '0');
  const [whole, rest] = [digits.slice(0, -DECIMALS), digits.slice(-DECIMALS).replace(/0+$/, '')];
  return `${units < 0n ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`;
}
