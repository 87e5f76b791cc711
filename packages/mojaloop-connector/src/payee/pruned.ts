import type { QuotesPostRequest } from '@payment-manager/fspiop';
import { withoutExtensions } from '../transfer/without-extensions.ts';
import type { PayeeState } from './state.ts';

/** A repeat of a quote that was pruned: it was priced once, and its price is gone. */
const QUOTE_GONE = { errorCode: '3302', errorDescription: 'the quote expired long ago' };

/**
 * What stays of a transfer that we received when its events are pruned (docs/money-rules.md, 9): all by which a repeat gets the same answer
 * and a contrary word is noticed; no packet, no extension and nothing of a person.
 */
export function prunedPayee(state: PayeeState): PayeeState {
  const { quote, response, coreQuote: _core, prepare, ...rest } = state;
  return {
    ...rest,
    ...(quote !== undefined && { quote: prunedQuote(quote) }),
    ...(response !== undefined && { quoteError: QUOTE_GONE }),
    ...(prepare !== undefined && { prepare: { ...withoutExtensions(prepare), ilpPacket: '' } }),
  };
}

function prunedQuote({ quoteId, transactionId, payer, payee, amountType, amount, transactionType }: QuotesPostRequest): QuotesPostRequest {
  const party = ({ partyIdInfo: { partyIdType, fspId } }: QuotesPostRequest['payer']): QuotesPostRequest['payer'] => ({
    partyIdInfo: { partyIdType, partyIdentifier: '', ...(fspId !== undefined && { fspId }) },
  });
  return { quoteId, transactionId, payer: party(payer), payee: party(payee), amountType, amount, transactionType };
}
