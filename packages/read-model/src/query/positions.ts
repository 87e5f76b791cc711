import { amountOf, signedUnitsOf } from '../rows/units.ts';
import type { PaymentQueries } from './queries.ts';

/** What we owe the scheme in a currency, as our own payments say: what was sent and not received since an instant. Decimal text, also negative. */
export interface Position {
  readonly currency: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Completed, paid by us. */
  readonly sent: string;
  /** Prepared by us, and nobody has said yet how they end: the hub may have reserved them. */
  readonly reserved: string;
  /** Completed, paid to us. */
  readonly received: string;
  /** Sent and reserved without received; with what stood at the beginning. */
  readonly position: string;
}

/** Our transfer is at the hub, and its end is not known. */
const RESERVED_STAGE = 'open';

/**
 * The position of each currency with payments since an instant. `opening`: what stood then, by currency, decimal text; a currency of it is there in any
 * case. Rejects as `totals` does.
 */
export async function positionsSince(
  queries: Pick<PaymentQueries, 'totals'>,
  since: number,
  opening: Readonly<Record<string, string>> = {},
): Promise<readonly Position[]> {
  const { byCurrency } = await queries.totals({ from: since, state: ['completed'] });
  const { byCurrency: open } = await queries.totals({ from: since, direction: 'out', stage: [RESERVED_STAGE] });
  const currencies = [...new Set([...byCurrency, ...open].map(({ currency }) => currency).concat(Object.keys(opening)))]
    .filter(Boolean)
    .sort();
  return currencies.map((currency) => {
    const moved = (direction: 'out' | 'in'): bigint =>
      signedUnitsOf(byCurrency.find((one) => one.currency === currency && one.direction === direction)?.amount ?? '0') ?? 0n;
    const [sent, received] = [moved('out'), moved('in')];
    const reserved = open.filter((one) => one.currency === currency).reduce((sum, { amount }) => sum + (signedUnitsOf(amount) ?? 0n), 0n);
    const before = signedUnitsOf(opening[currency] ?? '0') ?? 0n;
    return {
      ...{ currency, since, sent: amountOf(0n, sent), reserved: amountOf(0n, reserved), received: amountOf(0n, received) },
      position: amountOf(0n, before + sent + reserved - received),
    };
  });
}

/** How a position stands to its cap. */
export interface CapUse {
  /** Whole percent of the cap, rounded down; 0 where we are owed. */
  readonly usedPercent: number;
  /** What is left below the cap; negative above it. Decimal text. */
  readonly left: string;
  /** `near`: the share at which to warn is reached. `over`: so is the cap. */
  readonly level: 'below' | 'near' | 'over';
}

const PERCENT_MAX = 9_999n;

/** Compares a position with a net debit cap above zero; `warnPercent` is 1 to 100. */
export function capUseOf(position: string, cap: string, warnPercent: number): CapUse {
  const [owed, limit] = [signedUnitsOf(position) ?? 0n, signedUnitsOf(cap) ?? 0n];
  const used = owed <= 0n || limit <= 0n ? 0n : (owed * 100n) / limit;
  const level = owed >= limit ? 'over' : owed * 100n >= limit * BigInt(Math.trunc(warnPercent)) ? 'near' : 'below';
  return { usedPercent: Number(used > PERCENT_MAX ? PERCENT_MAX : used), left: amountOf(0n, limit - owed), level };
}
