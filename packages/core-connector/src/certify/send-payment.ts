import type { SendAnswer, SendDoor, StartSend } from '@payment-manager/mojaloop-connector/payer';
import { Decimal } from '../expression/decimal.ts';
import type { CoreState } from '../record/state.ts';
import type { SendState } from '../send/state.ts';
import type { CoreLedger } from './core-double.ts';
import { bookedIn } from './judge-payment.ts';
import { type Candidate, Rig } from './rig.ts';

/** What one of our customers pays. */
export interface SendTerms {
  readonly amount: string;
  readonly amountType: 'SEND' | 'RECEIVE';
  /** What comes of it in the scheme; `never`: nobody says. */
  readonly wanted: 'committed' | 'not-committed';
  /** The customer's word. Default: they accept. */
  readonly word?: 'accepts' | 'refuses' | 'never';
}

/** Whoever has our customers pay, through deaths of the process. */
export interface SendHub {
  readonly plan: Rig['plan'];
  readonly scheme: Pick<Rig['scheme'], 'outcomes'>;
  pause(ms: number): Promise<void>;
  /** Asks the payments; undefined: the process was killed before there was an answer. */
  throughSends(ask: (sends: SendsAsked) => Promise<SendAnswer | undefined>): Promise<SendAnswer | undefined>;
}

/** What is asked of our customers' payments. */
export type SendsAsked = Pick<SendDoor, 'send' | 'decide' | 'ask'>;

/** Where our customers' payments are judged. */
export interface JudgedSends {
  readonly core: { readonly ledger: Pick<CoreLedger, 'totals' | 'faults'> };
  readonly scheme: Pick<Rig['scheme'], 'made'>;
  sendState(transferId: string): Promise<SendState | undefined>;
  /** The record that the payment has at the core. */
  payerState(transferId: string): Promise<CoreState | undefined>;
}

/** Asked for so often, through deaths. */
const TRIES = 200;
const AGAIN_MS = 5_000;
const NONE = Decimal.of(0n);

/** A request of the plan's customer for the terms. The payer of `certify.yaml` is the payee here. */
export function sendRequest(
  { plan }: Pick<SendHub, 'plan'>,
  { amount, amountType }: SendTerms,
  homeTransactionId: string,
): StartSend['request'] {
  return { homeTransactionId, from: plan.payee, to: plan.payer, amountType, currency: plan.currency, amount, transactionType: 'TRANSFER' };
}

/** A payment of our customer up to its end, asked for as the DFSP would: again where no answer came. The transferId; undefined: it has none. */
export async function sendMoney(rig: SendHub, terms: SendTerms, homeTransactionId = 'home-1'): Promise<string | undefined> {
  rig.scheme.outcomes.set(homeTransactionId, terms.wanted);
  const request = sendRequest(rig, terms, homeTransactionId);
  let transferId: string | undefined;
  for (let tried = 0; tried < TRIES; tried++) {
    const answer = await rig.throughSends((sends) => sends.send({ request }));
    if (answer?.kind === 'payment') {
      transferId = answer.payment.transferId;
      if (isOver(answer)) return transferId;
      if (answer.payment.stage === 'quote-offered') break;
    }
    await rig.pause(AGAIN_MS);
  }
  const { word = 'accepts' } = terms;
  for (let tried = 0; tried < TRIES && transferId !== undefined; tried++) {
    const id = transferId;
    const answer = await rig.throughSends((sends) => (word === 'never' ? sends.ask(id) : sends.decide(id, word === 'accepts')));
    if (answer !== undefined && isOver(answer)) return transferId;
    await rig.pause(AGAIN_MS);
  }
  return transferId;
}

/** What the core has taken for a payment, held or debited, as its scheme is told at the acceptance. */
export function takenBy(core: JudgedSends['core']): (transferId: string) => string {
  return (transferId) => {
    // the books of a database are read anew each time
    const { held, booked } = core.ledger.totals(transferId);
    return held.add(booked).toString();
  };
}

/** A rig over which payments of both ends have gone before: each enquiry has found something. */
export async function sendRig(candidate: Candidate, seed?: number): Promise<Rig> {
  const rig = new Rig(candidate, seed);
  rig.scheme.held = takenBy(rig.core);
  const [amount = '1'] = candidate.plan.amounts;
  const before = async (wanted: SendTerms['wanted'], name: string): Promise<void> => {
    await rig.drive(sendMoney(rig, { amount, amountType: 'SEND', wanted }, `before-${name}`));
    await rig.drive(sendRest(rig));
  };
  await before('committed', 'committed');
  await before('not-committed', 'not-committed');
  const capture = rig.payerEffects.find(({ operation, instead }) => operation === 'send.capture' && instead !== undefined);
  if (capture !== undefined) {
    rig.core.fault = ({ effect }) => (effect === capture.kind ? 'refuse' : undefined);
    await before('committed', 'suspense');
    rig.core.fault = () => undefined;
  }
  rig.scheme.made.clear();
  rig.core.calls.length = 0;
  return rig;
}

function isOver(answer: SendAnswer): boolean {
  return answer.kind === 'payment' && ['completed', 'aborted', 'failed'].includes(answer.payment.stage);
}

/** Time in which what is late comes, and what is to be captured or released is. */
export async function sendRest(rig: Rig): Promise<void> {
  await rig.pause(rig.plan.core.lateMs + rig.plan.core.decidesMs + 120_000);
  const open = (): number => rig.life.records.openCount + rig.life.sends.openCount;
  for (let waits = 0; open() > 0 && waits < 40; waits++) await rig.pause(60_000 * (waits + 1));
}

/** What is wrong with a payment of our customer, in sentences: core, record and scheme must say the same, and no money have moved without its hold. */
export async function faultsOfSend(
  rig: JudgedSends,
  transferId: string | undefined,
  homeTransactionId = 'home-1',
): Promise<readonly string[]> {
  const made = [...rig.scheme.made.values()].filter((each) => each.homeTransactionId === homeTransactionId);
  const committed = made.filter(({ state }) => state === 'committed');
  const faults = [...rig.core.ledger.faults()];
  if (made.some(({ state }) => state === 'open')) faults.push('the price was accepted, and the payment has no end');
  if (committed.length > 1) faults.push(`the customer has paid ${committed.length} times`);
  const state = transferId === undefined ? undefined : await rig.sendState(transferId);
  const wanted = committed.length > 0 && state?.total !== undefined ? Decimal.parse(state.total) : NONE;
  const { held, booked, suspense } = rig.core.ledger.totals(transferId ?? 'none');
  const all = booked.add(suspense);
  if (all.compare(wanted) !== 0)
    faults.push(`the customer is to pay ${wanted}, and the core has booked ${booked} and ${suspense} in suspense`);
  const mayBeHeld = suspense.units > 0n ? suspense : NONE;
  if (held.compare(NONE) !== 0 && held.compare(mayBeHeld) !== 0) faults.push(`${held} is held at the core`);
  const core = transferId === undefined ? undefined : await rig.payerState(transferId);
  const kept = core === undefined ? NONE : bookedIn(core);
  if (kept.compare(all) !== 0) faults.push(`the record says that ${kept} is booked, and the core ${all}`);
  for (const need of [core?.stuck, core?.exception, state?.exception])
    if (need !== undefined) faults.push(`a person is needed: ${need.code}: ${need.reason}`);
  for (const { state: at, offer, acceptedAt, held: taken } of made) {
    if (acceptedAt !== undefined && acceptedAt >= offer.expiration) faults.push(`a price was accepted after its time, and it is ${at}`);
    if (taken !== undefined && state?.total !== undefined && Decimal.parse(taken).compare(Decimal.parse(state.total)) < 0)
      faults.push(`a price was accepted when the core had taken ${taken} for it`);
  }
  return faults;
}
