import { Decimal } from '../expression/decimal.ts';
import type { CoreState } from '../record/state.ts';
import type { CoreDouble } from './core-double.ts';
import type { Paid } from './paid.ts';

const NONE = Decimal.of(0n);

/** Where payments are judged: the books of the core, what was said to it, and the records. */
export interface Judged {
  readonly core: Pick<CoreDouble, 'ledger' | 'said'>;
  stateOf(transferId: string): Promise<CoreState | undefined>;
}

/** What is wrong with a payment, in sentences; none: ledger, record and outcome say the same. */
export async function faultsOf(rig: Judged, paid: Paid): Promise<readonly string[]> {
  const { transferId, outcome, ended } = paid;
  const { held, booked, suspense } = rig.core.ledger.totals(transferId);
  const wanted = outcome === 'COMMITTED' ? Decimal.parse(paid.receives ?? '0') : NONE;
  const all = booked.add(suspense);
  const faults: string[] = [...rig.core.ledger.faults()];
  const says = outcome ?? (paid.taken ? 'no outcome' : 'not taken');
  if (!ended) faults.push('it has no end');
  if (all.compare(wanted) !== 0)
    faults.push(`${says}: the customer is to get ${wanted}, and the core has booked ${booked} and ${suspense} in suspense`);
  // what the core refused to book stays held until it lets go of it, where the posting in suspense did not end the hold
  const mayBeHeld = suspense.units > 0n ? suspense : NONE;
  if (held.compare(NONE) !== 0 && held.compare(mayBeHeld) !== 0) faults.push(`${says}: ${held} is held at the core`);
  const state = await rig.stateOf(transferId);
  const kept = state === undefined ? NONE : bookedIn(state);
  if (kept.compare(all) !== 0) faults.push(`the record says that ${kept} is booked, and the core ${all}`);
  const { stuck, exception } = state ?? {};
  for (const need of [stuck, exception]) if (need !== undefined) faults.push(`a person is needed: ${need.code}: ${need.reason}`);
  return faults;
}

/** Everything that a core has booked, in suspense too. */
export function bookedSum({ ledger }: Pick<CoreDouble, 'ledger'>): Decimal {
  const { booked, suspense } = ledger.totals();
  return booked.add(suspense);
}

/** What a record says is booked to the customer, or in suspense. */
export function bookedIn({ effects }: CoreState): Decimal {
  return Object.values(effects).reduce((sum, { kind, status, amount }) => {
    if (status !== 'ok') return sum;
    if (kind === 'credit' || kind === 'debit' || kind === 'capture' || kind === 'suspense') return sum.add(Decimal.parse(amount ?? '0'));
    return kind === 'reverse' ? sum.subtract(reversedAmount(effects)) : sum;
  }, NONE);
}

/** Of a reversal without an amount of its own: that of the credit that it belongs to. */
function reversedAmount(effects: CoreState['effects']): Decimal {
  const credit = Object.values(effects).find(({ kind }) => kind === 'credit' || kind === 'debit');
  return Decimal.parse(credit?.amount ?? '0');
}

/** Calls under one key that did not say the same: a repeat was made anew, not repeated. */
export function unequalRepeats(rig: Pick<Judged, 'core'>): readonly string[] {
  return [...rig.core.said]
    .filter(([, said]) => said.size > 1)
    .map(([key]) => `${key.split(' ').slice(0, 2).join(' ')}: a repeat said something else than the first call`);
}
