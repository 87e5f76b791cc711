import { parseExactJson } from '../codec/json.ts';
import { objectWith } from '../door/terms.ts';
import { Decimal } from '../expression/decimal.ts';
import type { ValueObject } from '../expression/value.ts';
import type { Offer } from './payments.ts';
import type { SendState } from './state.ts';

/** Amounts of the protocol and of a connector's fee: at most 18 digits and four decimals. */
const AMOUNT = /^\d{1,18}(\.\d{1,4})?$/;
const ZERO = Decimal.parse('0');

/** An amount; undefined: it is none. */
export function amountIn(text: unknown): Decimal | undefined {
  const given = text instanceof Decimal ? text.toString() : text;
  return typeof given === 'string' && AMOUNT.test(given) ? Decimal.parse(given) : undefined;
}

/**
 * What is taken from the customer: A of a SEND, the transferAmount of a RECEIVE, and our own fee. What is left of a SEND once the transferAmount has
 * gone to the scheme is the DFSP's, as the fee is: an account of its ledger, and never the customer's.
 */
export function totalOf({ request, fee = '0' }: Pick<SendState, 'request' | 'fee'>, offer: Offer): Decimal {
  const asked = request?.amountType === 'SEND' ? request.amount : offer.transferAmount;
  return Decimal.parse(asked).add(Decimal.parse(fee));
}

/** What it costs the customer beyond what the payee gets. Undefined: the price does not say what the payee gets. */
export function costOf(state: Pick<SendState, 'request' | 'fee'>, offer: Offer): Decimal | undefined {
  const receives = amountIn(offer.payeeReceiveAmount);
  return receives === undefined ? undefined : totalOf(state, offer).subtract(receives);
}

/** May the price be accepted without asking the customer? Only within the limit that they have set (docs/money-rules.md, 4). */
export function isWithinLimit(state: Pick<SendState, 'request' | 'fee' | 'maxFee'>, offer: Offer): boolean {
  const [limit, cost] = [amountIn(state.maxFee), costOf(state, offer)];
  return limit !== undefined && cost !== undefined && cost.compare(limit) <= 0;
}

/** What is wrong with a price; it is looked at by whoever gave it, too, but the customer's money is ours to guard (docs/money-rules.md, 4). */
export function objectionTo({ request }: Pick<SendState, 'request'>, offer: Offer): string | undefined {
  if (request === undefined) return 'the request is not known any more';
  if (offer.currency !== request.currency) return 'the price is in another currency than was asked for';
  const [asked, transfer] = [Decimal.parse(request.amount), amountIn(offer.transferAmount)];
  if (transfer === undefined || transfer.compare(ZERO) <= 0) return 'the price has no transferAmount above zero';
  const receives = amountIn(offer.payeeReceiveAmount);
  if (offer.payeeReceiveAmount !== undefined && receives === undefined) return 'what the payee would get is no amount';
  if (request.amountType === 'SEND') return transfer.compare(asked) > 0 ? 'the transferAmount is more than was to be sent' : undefined;
  return receives !== undefined && receives.compare(asked) < 0 ? 'the payee would get less than was asked for' : undefined;
}

/**
 * The payment as the operations at the core know it: `send`, with the whole price in it, so that another price is another content. What a restored
 * journal has forgotten is not there.
 */
export function sendInput(state: SendState, fspId: string): ValueObject {
  const { request, offer, fee = '0', total, facts } = state;
  if (request === undefined) throw new Error('a payment that was pruned is not for the core');
  const { transferRequestExtensions: _transfer, quoteRequestExtensions: _quote, skipPartyLookup: _skip, ...terms } = request;
  const send = objectWith({
    ...terms,
    from: { fspId, ...request.from },
    to: { ...request.to, ...offer?.payee },
    initiator: request.initiator ?? 'PAYER',
    initiatorType: request.from.type ?? 'CONSUMER',
    total,
    totalCurrency: request.currency,
    fee,
    transferAmount: offer?.transferAmount,
    payeeReceiveAmount: offer?.payeeReceiveAmount,
    quoteId: offer?.quoteId,
    quoteExpiration: offer && new Date(offer.expiration).toISOString(),
  });
  const all = Object.assign(Object.create(null), send, { facts: parseExactJson(facts ?? '{}') });
  return Object.assign(Object.create(null), { send: all });
}
