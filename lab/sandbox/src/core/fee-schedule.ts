import { currencyDecimals, parseAmount, type Units } from '@payment-manager/fspiop';

/** What this DFSP charges as payee, per currency; decimal texts. What is absent is zero. */
export interface FeeRule {
  /** payeeFspFee: fixed part, and part of the amount in 1/10000 (100 = 1 %). */
  readonly feeFixed?: string;
  readonly feeBasisPoints?: number;
  /** payeeFspCommission: what the payer FSP earns. */
  readonly commissionFixed?: string;
  readonly commissionBasisPoints?: number;
}

export type FeeSchedule = Readonly<Record<string, FeeRule>>;

/** A price in units of 1/10000. */
export interface Price {
  readonly transferAmount: Units;
  readonly payeeReceiveAmount: Units;
  readonly fee: Units;
  readonly commission: Units;
}

/**
 * Prices a transfer (docs/protocol.md, 8): SEND: transferAmount = A − C; RECEIVE: A + F − C; the payee receives
 * transferAmount − F + C. Undefined when nothing would be left to transfer or to receive.
 */
export function priceOf(amountType: 'SEND' | 'RECEIVE', amount: Units, currency: string, schedule: FeeSchedule): Price | undefined {
  const rule = schedule[currency] ?? {};
  const fee = part(amount, currency, rule.feeFixed, rule.feeBasisPoints);
  const commission = part(amount, currency, rule.commissionFixed, rule.commissionBasisPoints);
  const transferAmount = amountType === 'SEND' ? amount - commission : amount + fee - commission;
  const payeeReceiveAmount = transferAmount - fee + commission;
  if (transferAmount <= 0n || payeeReceiveAmount <= 0n) return undefined;
  return { transferAmount, payeeReceiveAmount, fee, commission };
}

/** Rounded half up to what the currency can hold: no fee of 0.5 XOF. */
function part(amount: Units, currency: string, fixed = '0', basisPoints = 0): Units {
  const step = 10n ** BigInt(4 - (currencyDecimals(currency) ?? 2));
  const exact = amount * BigInt(basisPoints);
  const divisor = 10_000n * step;
  const rounded = ((exact + divisor / 2n) / divisor) * step;
  return parseAmount(fixed) + rounded;
}
