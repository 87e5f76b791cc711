import type { Facets, ReadRow } from '../rows/read-row.ts';
import { foldedParty, PARTY_PREFIX_MIN, wordsOf } from '../rows/terms.ts';
import { unitsOf } from '../rows/units.ts';

/** Which payments. What is absent does not matter; of several values of one facet any will do. */
export interface PaymentFilter {
  readonly direction?: Facets['direction'];
  readonly state?: readonly string[];
  readonly stage?: readonly string[];
  readonly peer?: readonly string[];
  readonly currency?: readonly string[];
  readonly attention?: 'exception' | 'alarm';
  /** FSPIOP's code of the failure. */
  readonly error?: string;
  /** Begun from then on, milliseconds since the epoch. */
  readonly from?: number;
  /** Begun before then. */
  readonly to?: number;
  /** Any id: transfer, transaction, quote, or what the core calls it. Exactly. */
  readonly id?: string;
  /** A party’s id, or its beginning from six characters on. */
  readonly party?: string;
  /** Whole words of a name of payer or payee; all of them. */
  readonly name?: string;
  /** The amount of the transfer, exactly; in which way it is written does not matter. */
  readonly amount?: string;
}

/** A filter that cannot be answered. The message says why. */
export class FilterInvalid extends Error {
  readonly code = 'FILTER_INVALID';
}

const VALUES_MAX = 50;
const TEXT_MAX = 200;

/** @throws FilterInvalid */
export function demandValid(filter: PaymentFilter): void {
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value) && value.length > VALUES_MAX) throw new FilterInvalid(`${name} has more than ${VALUES_MAX} values`);
    for (const text of [value].flat())
      if (typeof text === 'string' && (text === '' || text.length > TEXT_MAX))
        throw new FilterInvalid(`${name} has 1 to ${TEXT_MAX} characters`);
  }
  if (filter.name !== undefined && wordsOf(filter.name).length === 0) throw new FilterInvalid('name has no letter or digit');
  if (filter.amount !== undefined && unitsOf(filter.amount) === undefined) throw new FilterInvalid('amount is a decimal like 25.5');
  for (const instant of [filter.from, filter.to])
    if (instant !== undefined && !Number.isSafeInteger(instant)) throw new FilterInvalid('from and to are milliseconds since the epoch');
}

/** Whether a combination of facets is among those that are wanted. */
export function matchesFacets(filter: PaymentFilter, { direction, stage, state, attention, peer, currency }: Facets): boolean {
  const among = (values: readonly string[] | undefined, value: string): boolean => values === undefined || values.includes(value);
  return (
    (filter.direction === undefined || filter.direction === direction) &&
    (filter.attention === undefined || filter.attention === attention) &&
    among(filter.state, state) &&
    among(filter.stage, stage) &&
    among(filter.peer, peer) &&
    among(filter.currency, currency)
  );
}

/** Whether a row is wanted: everything is looked at, facets, too. */
export function matchesRow(filter: PaymentFilter, row: ReadRow): boolean {
  if (!matchesFacets(filter, row.facets)) return false;
  if (filter.error !== undefined && row.error?.code !== filter.error) return false;
  if (filter.from !== undefined && row.startedAt < filter.from) return false;
  if (filter.to !== undefined && row.startedAt >= filter.to) return false;
  if (filter.id !== undefined && ![row.transferId, row.transactionId, row.quoteId, row.homeTransactionId].includes(filter.id)) return false;
  return matchesParty(filter.party, row) && matchesName(filter.name, row) && matchesAmount(filter.amount, row);
}

function matchesParty(party: string | undefined, { payer, payee }: ReadRow): boolean {
  if (party === undefined) return true;
  const wanted = foldedParty(party);
  return [payer?.id, payee?.id].some((id) => {
    if (id === undefined) return false;
    const folded = foldedParty(id);
    return wanted.length < PARTY_PREFIX_MIN ? folded === wanted : folded.startsWith(wanted);
  });
}

function matchesAmount(amount: string | undefined, row: ReadRow): boolean {
  if (amount === undefined) return true;
  const [wanted, has] = [unitsOf(amount), row.amount === undefined ? undefined : unitsOf(row.amount)];
  return wanted !== undefined && has !== undefined && wanted.hi === has.hi && wanted.lo === has.lo;
}

function matchesName(name: string | undefined, { payer, payee }: ReadRow): boolean {
  if (name === undefined) return true;
  const words = new Set([...wordsOf(payer?.name ?? ''), ...wordsOf(payee?.name ?? '')]);
  return wordsOf(name).every((word) => words.has(word));
}
