import type { QuotesPostRequest } from '@payment-manager/fspiop';
import type { CoreDoor } from '@payment-manager/mojaloop-connector/core-client';
import { Decimal } from '../expression/decimal.ts';
import type { Paid } from './paid.ts';
import type { Plan, PlanParty } from './plan.ts';

/** Whoever plays the hub for a process of the connector, which may die. */
export interface Hub {
  readonly plan: Plan;
  readonly time: { now(): number };
  /** How long the hub waits for what becomes of a prepare. Default 20,000. */
  readonly prepareMs?: number;
  /** A transferId that the core has never seen. */
  transferId(): string;
  pause(ms: number): Promise<void>;
  /** Asks the door; `died`: the process was killed before there was an answer. */
  through<T>(ask: (door: CoreDoor) => Promise<T>): Promise<T | 'died'>;
}

/** What is paid. */
export interface Terms {
  readonly amount: string;
  readonly amountType: 'SEND' | 'RECEIVE';
  /** What the hub decides where the core took it in time. */
  readonly wanted: 'COMMITTED' | 'ABORTED';
  readonly payee?: PlanParty;
  readonly note?: string;
  readonly payerName?: string;
}

const PREPARE_MS = 20_000;
const NOTIFY_MS = 20_000;
const AGAIN_MS = 10_000;
/** Beyond this an outcome that cannot be told is a fault: it is more than a day of telling. */
const TELLINGS = 4_000;

/** A quote request for the terms. */
export function quoteRequest(
  rig: { readonly plan: Pick<Plan, 'payee' | 'payer' | 'currency'> },
  { amount, amountType, payee = rig.plan.payee, note, payerName }: Terms,
  quoteId: string,
): QuotesPostRequest {
  const { currency, payer } = rig.plan;
  const party = (who: PlanParty, fspId: string) => ({
    partyIdInfo: {
      partyIdType: who.idType,
      partyIdentifier: who.idValue,
      ...(who.idSubValue !== undefined && { partySubIdOrType: who.idSubValue }),
      fspId,
    },
    ...(who.displayName !== undefined && { name: who.displayName }),
  });
  return {
    quoteId,
    transactionId: quoteId,
    payee: party(payee, 'us'),
    payer: party({ ...payer, ...(payerName !== undefined && { displayName: payerName }) }, 'them'),
    amountType,
    amount: { currency, amount },
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
    ...(note !== undefined && { note }),
  } as QuotesPostRequest;
}

/** A price, and what later calls need of it. */
export interface Priced {
  readonly request: QuotesPostRequest;
  readonly raw: object;
  readonly transferAmount: string;
  readonly receives: string;
}

/** Asks for a price until there is one; undefined: it was refused. */
export async function price(rig: Hub, terms: Terms, tries = 60): Promise<Priced | { readonly code: string }> {
  const request = quoteRequest(rig, terms, rig.transferId());
  for (let tried = 0; tried < tries; tried++) {
    const told = await rig.through((door) => door.quote({ quote: request }, rig.time.now() + PREPARE_MS));
    if (told !== 'died' && told.kind === 'ok') {
      const { raw, transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission } = told.value;
      const receives =
        payeeReceiveAmount?.amount ??
        Decimal.parse(transferAmount.amount)
          .subtract(Decimal.parse(payeeFspFee?.amount ?? '0'))
          .add(Decimal.parse(payeeFspCommission?.amount ?? '0'))
          .toString();
      return { request, raw, transferAmount: transferAmount.amount, receives };
    }
    if (told !== 'died' && told.kind === 'rejected') return { code: told.refusal.code };
    await rig.pause(2_000);
  }
  return { code: 'no answer' };
}

/** The prepare of a priced payment. */
export function transfer(rig: Hub, { request, raw, transferAmount }: Priced, transferId: string, deadline: number) {
  const content = {
    transferId,
    quote: request,
    coreQuote: raw,
    amount: { currency: request.amount.currency, amount: transferAmount },
    transactionType: request.transactionType,
    transaction: {},
  };
  return rig.through((door: CoreDoor) => door.transfer(content, transferId, deadline));
}

/** The hub's outcome. */
export function notify(rig: Hub, { request, raw, transferAmount }: Priced, transferId: string, transferState: 'COMMITTED' | 'ABORTED') {
  const completedTimestamp = new Date(rig.time.now()).toISOString();
  const context = { quoteRequest: { body: request }, quote: { response: raw }, prepare: { body: { amount: { amount: transferAmount } } } };
  const content = { transferId, transferState, completedTimestamp, context };
  return rig.through((door) => door.notify(content, `${transferId}:${transferState}`, rig.time.now() + NOTIFY_MS));
}

interface Prepared {
  readonly taken: boolean;
  readonly inTime: boolean;
  readonly code?: string;
}

/** Prepares, and asks until it is known what came of it, as the payment does: through deaths, and beyond its deadline. */
export async function prepare(rig: Hub, priced: Priced, transferId: string, tries = 12_000): Promise<Prepared | undefined> {
  const deadline = rig.time.now() + (rig.prepareMs ?? PREPARE_MS);
  const at = (taken: boolean, code?: string): Prepared => ({
    taken,
    inTime: rig.time.now() < deadline,
    ...(code !== undefined && { code }),
  });
  const told = await transfer(rig, priced, transferId, deadline);
  if (told !== 'died') {
    if (told.kind === 'ok') return at(true);
    if (told.kind !== 'unknown') return at(false, told.refusal.code);
  }
  for (let tried = 0; tried < tries; tried++) {
    const asked = await rig.through((door) => door.ask(transferId, rig.time.now() + NOTIFY_MS));
    if (asked !== 'died' && asked.kind === 'ok') {
      const { transferState } = asked.value;
      if (transferState === 'RESERVED' || transferState === 'COMMITTED') return at(true);
      if (transferState === 'ABORTED') return at(false);
    }
    // in no record: nothing was begun for it, and nothing will be
    if (asked !== 'died' && asked.kind === 'rejected') return at(false, asked.refusal.code);
    await rig.pause(AGAIN_MS);
  }
  return undefined;
}

/** Tells the outcome until it is carried out. */
export async function tell(
  rig: Hub,
  priced: Priced,
  transferId: string,
  outcome: 'COMMITTED' | 'ABORTED',
  tellings = TELLINGS,
): Promise<boolean> {
  for (let told = 0; told < tellings; told++) {
    const answer = await notify(rig, priced, transferId, outcome);
    if (answer !== 'died' && answer.kind === 'ok') return true;
    await rig.pause(AGAIN_MS);
  }
  return false;
}

/** A whole payment: price, prepare, and the hub's outcome, told until it is carried out. */
export async function pay(
  rig: Hub,
  terms: Terms,
  { tellings, transferId = rig.transferId() }: { readonly tellings?: number; readonly transferId?: string } = {},
): Promise<Paid> {
  const none = { transferId, taken: false, outcome: undefined, ended: true };
  const priced = await price(rig, terms);
  if ('code' in priced) return { ...none, receives: undefined, code: priced.code };
  const { receives } = priced;
  const prepared = await prepare(rig, priced, transferId);
  if (prepared === undefined) return { transferId, receives, taken: false, outcome: undefined, ended: false, code: undefined };
  if (!prepared.taken) return { ...none, receives, code: prepared.code };
  // whatever is taken too late sends no fulfilment, and the hub aborts it
  const outcome = prepared.inTime ? terms.wanted : 'ABORTED';
  const ended = await tell(rig, priced, transferId, outcome, tellings);
  return { transferId, receives, taken: true, outcome, ended, code: undefined };
}
