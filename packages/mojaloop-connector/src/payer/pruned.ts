import { withoutExtensions } from '../transfer/without-extensions.ts';
import type { PayerState } from './state.ts';

/**
 * What stays of a payment that we made when its events are pruned (docs/money-rules.md, 9): all by which a repeat of the DFSP gets the same
 * outcome and a contrary word is noticed; no packet, no extension and nothing of a person.
 */
export function prunedPayer(state: PayerState): PayerState {
  const { party: _party, partyHeaders: _partyHeaders, quoteRequest: _request, quoteResponse: _response, ...more } = state;
  const { quoteResponseHeaders: _quoteHeaders, fulfilHeaders: _fulfilHeaders, request, prepare, fulfil, ...rest } = more;
  return {
    ...rest,
    request: request && prunedRequest(request),
    ...(prepare !== undefined && { prepare: { ...withoutExtensions(prepare), ilpPacket: '' } }),
    ...(fulfil !== undefined && { fulfil: withoutExtensions(fulfil) }),
  };
}

type Request = NonNullable<PayerState['request']>;

function prunedRequest({ homeTransactionId, from, to, amountType, currency, amount, transactionType }: Request): Request {
  const party = <P extends Request['from']>({ idType }: P) => ({ idType, idValue: '' });
  return { homeTransactionId, from: party(from), to: party(to), amountType, currency, amount, transactionType };
}
