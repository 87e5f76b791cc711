import { type PayerDoor, type PayerView, type PaymentAnswer, partyOfView } from '@payment-manager/mojaloop-connector/payer';
import type { Timers } from '@payment-manager/runtime';
import type { Offer, Payments, Seen } from './payments.ts';

/**
 * The payments of this very process: the same code as behind its API, without a hop. It asks the hub about what is open and tells persons by
 * itself, so nothing more is asked here.
 */
export function inProcessPayments(door: PayerDoor, timers: Timers): Payments {
  const watched = async (transferId: string, waitMs: number): Promise<Seen> => seenOf(await door.watch(transferId, waitMs));
  return {
    tellsPersons: true,
    async start({ key, request, trace }, waitMs) {
      const started = door
        .start({ request, idempotencyKey: key, offersPrice: true, ...(trace !== undefined && { trace }) })
        .then((answer) => withParty(door, answer));
      return within(timers, waitMs, started, { kind: 'no-answer', reason: 'there is no price yet' });
    },
    async accept(transferId, offer, _notAfter) {
      const before = await watched(transferId, 0);
      if (before.kind !== 'offered') return before;
      // one transferId has one price: another one here is a defect, and nobody's consent
      if (!isSame(before.offer, offer)) return seenOf(await door.resume(transferId, { acceptQuote: false }));
      return seenOf(await door.resume(transferId, { acceptQuote: true }));
    },
    reject: async (transferId) => seenOf(await door.resume(transferId, { acceptQuote: false })),
    async ask(transferId) {
      const answer = await door.inquire(transferId);
      return answer.kind === 'payment' || answer.kind === 'conflict' || answer.kind === 'busy' ? seenOf(answer) : UNKNOWN;
    },
    watch: watched,
  };
}

const UNKNOWN: Seen = { kind: 'no-answer', reason: 'there is no such payment here' };

/** Who is paid is shown with the price: the customer accepts or refuses both at once. */
async function withParty(door: PayerDoor, answer: PaymentAnswer): Promise<Seen> {
  if (answer.kind !== 'payment' || answer.payment.stage !== 'party-offered') return seenOf(answer);
  return seenOf(await door.resume(answer.payment.transferId, { acceptParty: true }));
}

/** What a payment's state means. That it failed is a promise only where nothing doubts it (docs/money-rules.md, 4). */
function seenOf(answer: PaymentAnswer | undefined): Seen {
  if (answer === undefined) return UNKNOWN;
  if (answer.kind === 'busy') return { kind: 'busy', message: answer.message };
  // nothing was begun under our key, and will not be
  if (answer.kind === 'conflict') return { kind: 'not-committed', message: answer.message };
  const { payment } = answer;
  const { transferId } = payment;
  switch (payment.stage) {
    case 'lookup':
    case 'party-offered':
    case 'quoting':
      return { kind: 'under-way', transferId };
    case 'quote-offered':
      return { kind: 'offered', transferId, offer: offerOf(payment) };
    case 'open':
      return { kind: 'open', transferId };
    case 'completed':
      return { kind: 'committed', transferId };
    case 'aborted':
    case 'failed':
      return payment.outcome === 'not-committed' ? { kind: 'not-committed', transferId, ...whyOf(payment) } : { kind: 'open', transferId };
  }
}

function whyOf({ lastError, abortedReason = 'it was ended' }: PayerView) {
  if (lastError === undefined) return { message: abortedReason };
  const { errorCode, errorDescription } = lastError.errorInformation;
  return { code: errorCode, message: errorDescription, ...(lastError.httpStatusCode === 504 && { timeout: true as const }) };
}

function offerOf(payment: PayerView): Offer {
  const { transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission, expiration } = payment.quoteResponse?.body ?? NO_PRICE;
  return {
    quoteId: payment.quoteId ?? '',
    currency: transferAmount.currency,
    transferAmount: transferAmount.amount,
    ...(payeeReceiveAmount !== undefined && { payeeReceiveAmount: payeeReceiveAmount.amount }),
    ...(payeeFspFee !== undefined && { payeeFspFee: payeeFspFee.amount }),
    ...(payeeFspCommission !== undefined && { payeeFspCommission: payeeFspCommission.amount }),
    expiration: Date.parse(expiration),
    payee: partyOfView(payment),
  };
}

type Price = Pick<
  NonNullable<PayerView['quoteResponse']>['body'],
  'transferAmount' | 'payeeReceiveAmount' | 'payeeFspFee' | 'payeeFspCommission' | 'expiration'
>;
/** It is refused as a price that has expired. */
const NO_PRICE: Price = { transferAmount: { amount: '0', currency: 'XXX' }, expiration: '1970-01-01T00:00:00.000Z' };

function isSame(one: Offer, other: Offer): boolean {
  const names = ['quoteId', 'currency', 'transferAmount', 'payeeReceiveAmount', 'payeeFspFee', 'payeeFspCommission', 'expiration'] as const;
  return names.every((name) => one[name] === other[name]);
}

async function within<T>(timers: Timers, ms: number, answer: Promise<T>, otherwise: T): Promise<T> {
  let timer: ReturnType<Timers['after']> | undefined;
  const over = new Promise<T>((resolve) => {
    timer = timers.after(ms, () => resolve(otherwise));
  });
  return Promise.race([answer, over]).finally(() => timer?.cancel());
}
