import type { KeptDifference, ResolvedDifference, ShownDay } from '@payment-manager/management-api/types';

/** In which way the sides differ. */
export const KINDS = ['missing', 'amount', 'state', 'open'] as const;
export type Kind = (typeof KINDS)[number];

const KIND_OF: Readonly<Record<KeptDifference['code'], Kind>> = {
  OUTCOME_UNKNOWN: 'open',
  NOT_CONFIRMED: 'open',
  EXCEPTION_OPEN: 'open',
  NOT_COMPARED: 'open',
  HUB_NOT_COMPARED: 'open',
  CORE_NOT_BOOKED: 'missing',
  UNKNOWN_TO_US: 'missing',
  HUB_NOT_LISTED: 'missing',
  HUB_UNKNOWN_TO_US: 'missing',
  AMOUNT_DIFFERS: 'amount',
  BOOKED_TWICE: 'amount',
  HUB_AMOUNT_DIFFERS: 'amount',
  CORE_BOOKED_ABORTED: 'state',
  CORE_HOLDS_ABORTED: 'state',
  CORE_EXECUTED_REFUSED: 'state',
  CORE_RAN_AHEAD: 'state',
  CORE_OUTCOME_NOT_TAKEN: 'state',
  HUB_STATE_DIFFERS: 'state',
};

export const kindOf = ({ code }: Pick<KeptDifference, 'code'>): Kind => KIND_OF[code];

/** By what a difference is known. */
export const refKey = ({ code, direction, transferId }: Pick<KeptDifference, 'code' | 'direction' | 'transferId'>): string =>
  `${code} ${direction} ${transferId}`;

/** Who put it right; undefined: it is left. */
export function resolvedOf({ resolved = [] }: ShownDay): ReadonlyMap<string, ResolvedDifference> {
  return new Map(resolved.map((one) => [refKey(one), one]));
}

/** Payments without any difference; undefined where not every difference is listed. */
export function matchedOf({ payments, running, differences, differencesInAll }: ShownDay): number | undefined {
  if (differences.length < differencesInAll) return undefined;
  const known = differences.filter(({ code }) => code !== 'UNKNOWN_TO_US' && code !== 'HUB_UNKNOWN_TO_US');
  return Math.max(0, payments - running - new Set(known.map(({ direction, transferId }) => `${direction} ${transferId}`)).size);
}

/** How many differences there are of each kind. */
export function kindCounts(differences: readonly KeptDifference[]): Readonly<Record<Kind, number>> {
  const counts = { missing: 0, amount: 0, state: 0, open: 0 };
  for (const one of differences) counts[kindOf(one)] += 1;
  return counts;
}
