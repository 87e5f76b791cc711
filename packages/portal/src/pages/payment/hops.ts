import type { HistoryLine, ShownDetail, ShownPayment } from '@payment-manager/management-api/types';

/** Who a payment passes, in the order of its way. */
export type HopName = 'core' | 'us' | 'hub' | 'peer';

/** `done`: it did its part. `failed`: here it ended. `unknown`: it was asked, and what it did is not known. `waiting`: its turn. `untouched`: it never came so far. */
export type HopState = 'done' | 'failed' | 'unknown' | 'waiting' | 'untouched';

export interface Hop {
  readonly name: HopName;
  readonly state: HopState;
}

const ORDER = { out: ['core', 'us', 'hub', 'peer'], in: ['peer', 'hub', 'us', 'core'] } as const satisfies Readonly<
  Record<string, readonly HopName[]>
>;

/** How each hop did its part: the one at which it failed, or whose word is missing, is marked. */
export function hopsOf(
  payment: Pick<ShownPayment, 'direction' | 'state' | 'stage' | 'error'>,
  { facts, history }: Pick<ShownDetail, 'facts' | 'history'>,
): readonly Hop[] {
  const order = ORDER[payment.direction];
  const stop = stopOf(payment, facts, history);
  if (stop === undefined) return order.map((name) => ({ name, state: 'done' }));
  const at = (order as readonly HopName[]).indexOf(stop.name);
  const beyond = beyondStop(payment.direction, stop);
  return order.map((name, index) => ({ name, state: index < at ? 'done' : index === at ? stop.state : beyond }));
}

/** Of hops after one whose word is missing: when we pay, nobody knows whether they were reached; when we are paid, they have done their part before. */
function beyondStop(direction: 'out' | 'in', { name, state }: Hop): HopState {
  if (state !== 'unknown' || name !== 'hub') return 'untouched';
  return direction === 'out' ? 'unknown' : 'done';
}

function stopOf(
  { direction, state, stage, error }: Pick<ShownPayment, 'direction' | 'state' | 'stage' | 'error'>,
  facts: ShownDetail['facts'],
  history: readonly HistoryLine[],
): Hop | undefined {
  if (state === 'completed') return direction === 'in' && facts?.core === 'UNKNOWN' ? { name: 'core', state: 'unknown' } : undefined;
  if (state === 'declined') return { name: direction === 'out' ? 'core' : 'peer', state: 'failed' };
  if (state === 'failed') return { name: failedAt(direction, error?.code ?? '', facts, history), state: 'failed' };
  if (state === 'acknowledged') return { name: 'hub', state: 'unknown' };
  if (state === 'quoted') return { name: 'peer', state: 'waiting' };
  if (stage === 'core-unknown') return { name: 'core', state: 'unknown' };
  if (stage === 'calling-core') return { name: 'core', state: 'waiting' };
  if (stage === 'open' || stage === 'late' || stage === 'fulfilling' || stage === 'commit-first' || stage === 'unread')
    return { name: 'hub', state: 'unknown' };
  if (stage === 'party-offered' || stage === 'quote-offered') return { name: 'core', state: 'waiting' };
  return { name: stage === 'lookup' ? 'hub' : direction === 'out' ? 'peer' : 'us', state: 'waiting' };
}

/** By what the history says; else by the class of FSPIOP's code: 4 is of the payer's side, 5 of the payee's, 1 and 2 of the network between. */
function failedAt(direction: 'out' | 'in', code: string, facts: ShownDetail['facts'], history: readonly HistoryLine[]): HopName {
  const said = (event: string, name?: string, value?: string): boolean =>
    history.some((line) => line.event === event && (name === undefined || line.values?.[name] === value));
  if (said('core-transfer-refused') || facts?.core === 'REFUSED') return 'core';
  if (said('not-committed', 'said', 'never-left')) return 'us';
  if (said('prepare-sent', 'outcome', 'refused')) return 'hub';
  if (said('prepare-refused') || said('quote-refused')) return /^5/.test(code) ? 'core' : 'us';
  const payeeSide = direction === 'out' ? 'peer' : 'core';
  const payerSide = direction === 'out' ? 'core' : 'peer';
  if (code.startsWith('5')) return payeeSide;
  if (code.startsWith('4')) return payerSide;
  if (said('not-committed', 'said', 'payee') || code === '3204') return 'peer';
  return 'hub';
}
