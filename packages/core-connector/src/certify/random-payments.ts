import { seededRandom } from '@payment-manager/runtime';
import { Decimal } from '../expression/decimal.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import { inBatches } from './batches.ts';
import { amidst, rest, warm } from './cases/case.ts';
import type { CoreCall } from './core-double.ts';
import { type Fault, LOSSES, READ_FAULTS } from './fault.ts';
import { bookedIn, bookedSum, faultsOf, unequalRepeats } from './judge-payment.ts';
import type { Paid } from './paid.ts';
import { pay } from './payment.ts';
import { type Candidate, Rig } from './rig.ts';

/** What random payments came to. Sums are decimal text: what the ledger of the core, the records, and the outcomes say. */
export interface RandomPayments {
  readonly payments: number;
  readonly committed: number;
  readonly aborted: number;
  readonly refused: number;
  readonly kills: number;
  /** Faults that came. */
  readonly faultsMet: number;
  readonly sums: { readonly ledger: string; readonly records: string; readonly outcomes: string };
  readonly faults: readonly string[];
}

/** Payments on one journal and core; many at once, so that each is disturbed by what others meet. */
const TOGETHER = 40;
/** How often what is made durable is the last that a process does. */
export const KILLED = 0.004;
const FAULTY = 0.25;
/** Then disturbing ends. */
export const WELL_AFTER_MS = 1_800_000;
const COUNTED = ['committed', 'aborted', 'refused', 'kills', 'faultsMet'] as const;

/** So many random payments; the same seed pays the same. */
export type PayAtRandom = (
  candidate: Candidate,
  payments: number,
  seed: number,
  progress?: (done: number) => void,
) => Promise<RandomPayments>;

type Batch = Awaited<ReturnType<Parameters<typeof inBatches<(typeof COUNTED)[number]>>[1]>>;

/** Pays `together` at once on one journal and core, again and again; `pay` makes one such batch. */
export function atRandom(together: number, pay: (candidate: Candidate, count: number, seed: number) => Promise<Batch>): PayAtRandom {
  return (candidate, payments, seed, progress = () => {}) =>
    inBatches({ payments, seed, together, counted: COUNTED, progress }, (count, first) => pay(candidate, count, first));
}

/** Pays so many times with random faults and kills; then the core is well, and all must be over. */
export const payAtRandom: PayAtRandom = atRandom(TOGETHER, together);

async function together(candidate: Candidate, count: number, seed: number) {
  const rig = new Rig(candidate, seed);
  const random = seededRandom(seed + 1);
  await rig.drive(warm(rig, candidate));
  const chances = chancesOf(candidate, rig.effects);
  let faultsMet = 0;
  rig.core.fault = (call) => {
    const fault = chances(call, () => random.fraction());
    if (fault !== undefined) faultsMet++;
    return fault;
  };
  rig.killed = () => random.fraction() < KILLED;
  const { amounts } = candidate.plan;
  const running = Array.from({ length: count }, async () => {
    await rig.pause(random.fraction() * 60_000);
    return pay(rig, {
      amount: amounts[Math.floor(random.fraction() * amounts.length)] ?? '1',
      amountType: random.fraction() < 0.5 ? 'SEND' : 'RECEIVE',
      wanted: random.fraction() < 0.6 ? 'COMMITTED' : 'ABORTED',
    });
  });
  // after a while the core is well, and whatever is still open must end
  rig.time.after(WELL_AFTER_MS, () => {
    rig.core.fault = () => undefined;
    rig.killed = () => false;
  });
  // enquiries of a process that was killed prove nothing before one has found something: there are always others
  const paid = await rig.drive(amidst(rig, candidate, Promise.all(running)));
  await rig.drive(rest(rig));
  const faults = [...unequalRepeats(rig)];
  let records = Decimal.of(0n);
  for (const each of paid) {
    faults.push(...(await faultsOf(rig, each)));
    const state = await rig.stateOf(each.transferId);
    if (state !== undefined) records = records.add(bookedIn(state));
  }
  for (const other of rig.others) faults.push(...(await faultsOf(rig, other)).map((fault) => `beside: ${fault}`));
  const ledger = bookedSum(rig.core).subtract(outcomeSum(rig.others));
  return { ...counted(paid), kills: rig.kills, faultsMet, faults, sums: { ledger, records, outcomes: outcomeSum(paid) } };
}

/** How many ended how. */
export function counted(paid: readonly Paid[]) {
  const of = (outcome: Paid['outcome']): number => paid.filter((each) => each.outcome === outcome).length;
  return { committed: of('COMMITTED'), aborted: of('ABORTED'), refused: of(undefined) };
}

/** What was committed, in all. */
export function outcomeSum(paid: readonly Paid[]): Decimal {
  return paid.reduce(
    (sum, { outcome, receives }) => (outcome === 'COMMITTED' ? sum.add(Decimal.parse(receives ?? '0')) : sum),
    Decimal.of(0n),
  );
}

/** Faults that a call may have, so that no person is needed: what must be done in the end is never refused. */
export function chancesOf(
  { plan }: Pick<Candidate, 'plan'>,
  effects: Rig['effects'],
): (call: CoreCall, random: () => number) => Fault | undefined {
  const kinds = new Map<EffectKind, readonly Fault[]>();
  for (const { kind, operation, instead } of effects) {
    const refusable = operation === 'transfer.prepare' || operation === 'send.hold' || instead !== undefined;
    const taken = plan.calls.some((call) => call.effect === kind && call.taken !== undefined);
    const refusals: readonly Fault[] = refusable ? ['refuse', 'refuse-lost', ...(taken ? (['taken-refused'] as const) : [])] : [];
    kinds.set(kind, [...LOSSES, ...refusals, ...(taken ? (['taken'] as const) : [])]);
  }
  return ({ effect }, random) => {
    if (random() > FAULTY) return undefined;
    const from = effect === undefined ? READ_FAULTS : (kinds.get(effect) ?? LOSSES);
    return from[Math.floor(random() * from.length)];
  };
}
