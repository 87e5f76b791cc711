import type { PaymentFacts, StatementRow } from '@payment-manager/mojaloop-connector';

/** One currency and direction of a day. Amounts are decimal text; none is called paid that nobody has said to be committed. */
export interface DaySum {
  readonly currency: string;
  readonly direction: 'in' | 'out';
  readonly payments: number;
  /** What the hub, or a person after it, said to be COMMITTED. */
  readonly committed: string;
  /** What has no final word yet. */
  readonly open: string;
  /** COMMITTED in the core's statement; absent without one. */
  readonly booked?: string;
  /** COMMITTED in the hub's statement; absent without one. */
  readonly hubStatement?: string;
}

const PLACES = 4;
const DIRECTION = { payer: 'out', payee: 'in' } as const;

/** 1/10000 of the currency's unit. */
export function unitsOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(PLACES, '0').slice(0, PLACES));
}

/** Decimal text without zeros at its end. */
export function textOf(units: bigint): string {
  const text = String(units).padStart(PLACES + 1, '0');
  return `${text.slice(0, -PLACES)}.${text.slice(-PLACES)}`.replace(/\.?0+$/, '');
}

interface Counted {
  payments: number;
  committed: bigint;
  open: bigint;
  booked: bigint;
  hubStatement: bigint;
}

/** Sums of a day by currency and direction, in the order of currencies. */
export function daySums(
  payments: readonly PaymentFacts[],
  core: readonly StatementRow[] | undefined,
  hub: readonly StatementRow[] | undefined,
): readonly DaySum[] {
  const sums = new Map<string, Counted>();
  const of = (currency: string, direction: string): Counted => {
    const key = `${currency} ${direction}`;
    const sum = sums.get(key) ?? { payments: 0, committed: 0n, open: 0n, booked: 0n, hubStatement: 0n };
    sums.set(key, sum);
    return sum;
  };
  for (const { amount, currency, flow, settled, hub: word } of payments) {
    if (amount === undefined || currency === undefined) continue;
    const sum = of(currency, DIRECTION[flow]);
    const end = settled?.as ?? word;
    sum.payments += 1;
    if (end === 'COMMITTED') sum.committed += unitsOf(amount);
    if (end === 'UNKNOWN' || end === 'ACKNOWLEDGED') sum.open += unitsOf(amount);
  }
  for (const row of core ?? []) if (row.state === 'COMMITTED') of(row.currency, row.direction).booked += row.amount;
  for (const row of hub ?? []) if (row.state === 'COMMITTED') of(row.currency, row.direction).hubStatement += row.amount;
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sum]) => {
      const [currency = '', direction] = key.split(' ');
      return {
        ...{ currency, direction: direction as 'in' | 'out', payments: sum.payments },
        ...{ committed: textOf(sum.committed), open: textOf(sum.open) },
        ...(core !== undefined && { booked: textOf(sum.booked) }),
        ...(hub !== undefined && { hubStatement: textOf(sum.hubStatement) }),
      };
    });
}
