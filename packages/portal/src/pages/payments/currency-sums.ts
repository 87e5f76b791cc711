import type { Totals } from '@payment-manager/management-api/types';

/** What moved in a currency, decimal text. */
export interface CurrencySum {
  readonly currency: string;
  /** Of completed payments alone. */
  readonly out: string;
  readonly in: string;
  /** Of payments whose outcome is not there: in progress, or taken by the hub without its word. */
  readonly unknown: string;
  readonly failed: string;
  readonly failedCount: number;
}

type Part = Totals['byCurrency'][number];

const UNDECIDED: ReadonlySet<string> = new Set(['pending', 'acknowledged', 'unread']);

/** Sums by currency, the most used first. */
export function sumsByCurrency(parts: readonly Part[]): readonly CurrencySum[] {
  const of = (some: readonly Part[], wanted: (part: Part) => boolean): string => sumOf(some.filter(wanted).map(({ amount }) => amount));
  return [...Map.groupBy(parts, ({ currency }) => currency)]
    .filter(([currency]) => currency !== '')
    .map(([currency, some]) => ({
      currency,
      out: of(some, ({ state, direction }) => state === 'completed' && direction === 'out'),
      in: of(some, ({ state, direction }) => state === 'completed' && direction === 'in'),
      unknown: of(some, ({ state }) => UNDECIDED.has(state)),
      failed: of(some, ({ state }) => state === 'failed'),
      failedCount: some.filter(({ state }) => state === 'failed').reduce((sum, { count }) => sum + count, 0),
      used: some.reduce((sum, { count }) => sum + count, 0),
    }))
    .sort((a, b) => b.used - a.used);
}

/** An exact sum of decimal texts. */
export function sumOf(amounts: readonly string[]): string {
  const places = Math.max(0, ...amounts.map((amount) => (amount.split('.')[1] ?? '').length));
  const units = amounts.map((amount) => {
    const [whole = '0', fraction = ''] = amount.split('.');
    return BigInt(whole + fraction.padEnd(places, '0'));
  });
  const text = String(units.reduce((sum, one) => sum + one, 0n)).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}
