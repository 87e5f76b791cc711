import type { Overview } from '@payment-manager/management-api/types';
import { sumOf } from '../payments/currency-sums.ts';

interface Figure {
  readonly count: number;
  /** Decimal text. */
  readonly amount: string;
  readonly fees: string;
}

/** What a period brought in one currency. */
export interface CurrencyFigures {
  readonly currency: string;
  /** Completed, paid by us. */
  readonly out: Figure;
  /** Completed, paid to us. */
  readonly in: Figure;
  /** Nobody knows yet how they end. */
  readonly open: Figure;
  readonly failed: Figure;
}

type Part = Overview['byCurrency'][number];

/** States of payments of which nobody knows yet how they end, as the list is asked for them. */
export const OPEN_STATES = ['pending', 'acknowledged', 'unread'] as const;
const OPEN: ReadonlySet<string> = new Set(OPEN_STATES);

/** Figures of each currency, the most used first. */
export function currencyFigures(parts: readonly Part[]): readonly CurrencyFigures[] {
  return [...Map.groupBy(parts, ({ currency }) => currency)]
    .filter(([currency]) => currency !== '')
    .map(([currency, of]) => ({
      currency,
      out: figureOf(of.filter(({ state, direction }) => state === 'completed' && direction === 'out')),
      in: figureOf(of.filter(({ state, direction }) => state === 'completed' && direction === 'in')),
      open: figureOf(of.filter(({ state }) => OPEN.has(state))),
      failed: figureOf(of.filter(({ state }) => state === 'failed')),
      used: figureOf(of).count,
    }))
    .sort((a, b) => b.used - a.used);
}

function figureOf(parts: readonly Part[]): Figure {
  return {
    count: parts.reduce((all, { count }) => all + count, 0),
    amount: sumOf(parts.map(({ amount }) => amount)),
    fees: sumOf(parts.map(({ fees }) => fees)),
  };
}

/** How many of an overview are open. */
export function openCount({ states }: Pick<Overview, 'states'>): number {
  return OPEN_STATES.reduce((all, state) => all + (states[state] ?? 0), 0);
}
