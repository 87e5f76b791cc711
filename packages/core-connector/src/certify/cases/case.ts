import type { EffectKind } from '../../language/operation-schema.ts';
import type { CoreCall, CoreDouble } from '../core-double.ts';
import type { Fault } from '../fault.ts';
import { faultsOf, unequalRepeats } from '../judge-payment.ts';
import type { Paid } from '../paid.ts';
import { type Hub, pay, type Terms } from '../payment.ts';
import { type Candidate, Rig } from '../rig.ts';

/** One thing that is looked at. */
export interface Case {
  /** As in the README's table: `TT-03 payee-hold`. */
  readonly id: string;
  readonly name: string;
  /** What is wrong, in sentences; none: passed. */
  readonly run: () => Promise<readonly string[]>;
  /** Why it is not run. */
  readonly skipped?: string;
}

export type Cases = (candidate: Candidate, thoroughly: Thoroughness) => readonly Case[];

/** How much of what could be looked at is looked at. */
export interface Thoroughness {
  /** The process is killed at each nth point of a payment; 1: at every one, and every case is run. Above 1 of the answers that are none (TT-07) only half. */
  readonly killEvery: number;
}

/** Faults of one payment's calls, in their order. */
export type Faults = Readonly<Partial<Record<EffectKind | 'read', readonly (Fault | undefined)[]>>>;

const ENQUIRED_MS = 5_000;

/** Terms of a plain payment. */
export function terms(candidate: Candidate, wanted: Terms['wanted'] = 'COMMITTED', nth = 0): Terms {
  return { amount: candidate.plan.amounts[nth % candidate.plan.amounts.length] ?? '1', amountType: 'RECEIVE', wanted };
}

/** A rig over which payments have gone before: each enquiry has found something. */
export async function ready(candidate: Candidate): Promise<Rig> {
  const rig = new Rig(candidate);
  await rig.drive(warm(rig, candidate));
  rig.core.calls.length = 0;
  return rig;
}

/** Where others pay, too. */
export interface Warmed extends Hub {
  readonly core: Pick<CoreDouble, 'fault'>;
  readonly effects: Rig['effects'];
  readonly others: Paid[];
}

/** A payment of each kind; of the others' payments none has a fault of its own, but that what may be refused after the commit is. */
export async function warm(rig: Warmed, candidate: Candidate): Promise<void> {
  rig.others.push(await pay(rig, terms(candidate, 'COMMITTED')));
  rig.others.push(await pay(rig, terms(candidate, 'ABORTED')));
  const last = rig.effects.find(({ instead }) => instead !== undefined);
  if (last === undefined) return rig.pause(ENQUIRED_MS);
  const transferId = rig.transferId();
  const { fault } = rig.core;
  const refusing = (call: CoreCall) => (call.payment === transferId && call.effect === last.kind ? 'refuse' : fault(call));
  rig.core.fault = refusing;
  rig.others.push(await pay(rig, terms(candidate, 'COMMITTED'), { transferId }));
  if (rig.core.fault === refusing) rig.core.fault = fault;
  // the first of each kind is asked about beside: nothing waits for that
  await rig.pause(ENQUIRED_MS);
}

/** Gives one payment's calls their faults; the answer tells how many came. */
export function meet(rig: Rig, transferId: string, faults: Faults): () => number {
  const counts = new Map<string, number>();
  let met = 0;
  rig.core.fault = ({ effect, payment }: CoreCall) => {
    const kind = effect ?? 'read';
    // an enquiry may name no payment, e.g. one for all transactions of an account; those that come after a fault are meant
    if (payment !== transferId && (kind !== 'read' || payment !== undefined || met === 0)) return undefined;
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const fault = faults[kind]?.[count];
    if (fault !== undefined) met++;
    return fault;
  };
  return () => met;
}

/** A payment whose calls have these faults, while others are paid beside it; what is wrong at its end. */
export async function paidWith(
  candidate: Candidate,
  what: Terms,
  faults: Faults,
  more?: (rig: Rig, paid: Paid) => readonly string[],
): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const transferId = rig.transferId();
  const met = meet(rig, transferId, faults);
  const paid = await rig.drive(amidst(rig, candidate, pay(rig, what, { transferId })));
  await rig.drive(rest(rig));
  const all = [...(await faultsOf(rig, paid)), ...unequalRepeats(rig), ...(more?.(rig, paid) ?? [])];
  if (met() === 0) all.push('the fault never came: no call of this kind says for which payment it is, or there was none');
  return all;
}

/** Others are paid while this one goes on: a connector is never alone, and enquiries find something. */
export async function amidst<T>(rig: Warmed, candidate: Candidate, running: Promise<T>): Promise<T> {
  let over = false;
  const done = running.finally(() => {
    over = true;
  });
  done.catch(() => {});
  for (let others = 0; !over && others < 20; others++) {
    await Promise.race([done.catch(() => {}), rig.pause(90_000 * 2 ** Math.min(others, 6))]);
    if (!over) await warm(rig, candidate);
  }
  return done;
}

/** Time in which whatever is late comes, and what is to be undone is undone. */
export async function rest(rig: Rig): Promise<void> {
  await rig.pause(rig.plan.core.lateMs + rig.plan.core.decidesMs + 120_000);
  for (let waits = 0; rig.life.records.openCount > 0 && waits < 40; waits++) await rig.pause(60_000 * (waits + 1));
}

/** The money steps that a payment with this outcome takes, in their order. */
export function stepsOf(rig: Rig, wanted: Terms['wanted']): Rig['effects'] {
  return rig.effects.filter(
    ({ operation, kind }) => kind !== 'suspense' && (operation === 'transfer.prepare' || operation === `transfer.finalise ${wanted}`),
  );
}
