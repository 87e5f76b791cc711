import type { ErrorInformation, QuotesPostRequest } from '@payment-manager/fspiop';
import type { PayeeStage, PayeeState } from '../payee/state.ts';
import { fromFspiopParty } from '../transfer/party.ts';
import type { PaymentSummary, SummaryState } from './summary.ts';
import { feeOf, partyOf } from './summary-party.ts';

const STATES: Readonly<Record<PayeeStage, SummaryState>> = {
  quoting: 'pending',
  quoted: 'quoted',
  'quote-refused': 'failed',
  'calling-core': 'pending',
  'core-unknown': 'pending',
  late: 'pending',
  'commit-first': 'pending',
  fulfilling: 'pending',
  acknowledged: 'acknowledged',
  refused: 'failed',
  committed: 'completed',
  aborted: 'failed',
};

/** A quote that we gave, and the transfer that spends it, as one line. */
export function summaryOfPayee(state: PayeeState): Omit<PaymentSummary, 'attention'> {
  const { quote, prepare, quoteAsked, prepareAsked, core, stage } = state;
  const money = prepare?.amount ?? quote?.amount;
  const peer = quoteAsked?.source ?? prepareAsked?.source ?? prepare?.payerFsp;
  const payer = sideOf(quote?.payer);
  const payee = sideOf(quote?.payee);
  const fee = feeOf(state.response, money?.currency);
  const error = errorOf(state);
  return {
    flow: 'payee',
    stage,
    state: STATES[stage],
    startedAt: state.quotedAt,
    ...(peer !== undefined && peer !== '' && { peer }),
    ...(money !== undefined && { amount: money.amount, currency: money.currency }),
    ...(fee !== undefined && { fee }),
    ...(prepare !== undefined && { transferId: prepare.transferId }),
    ...(quote !== undefined && { transactionId: quote.transactionId, quoteId: quote.quoteId }),
    ...(core.homeTransactionId !== undefined && { homeTransactionId: core.homeTransactionId }),
    ...(payer !== undefined && { payer }),
    ...(payee !== undefined && { payee }),
    ...(error !== undefined && { error: { code: error.errorCode, description: error.errorDescription } }),
  };
}

function sideOf(party: QuotesPostRequest['payer'] | undefined) {
  return party && partyOf(fromFspiopParty(party));
}

/** Only of what failed: pruning leaves an error instead of a price. */
function errorOf({ stage, quoteError, refusal, outcome }: PayeeState): ErrorInformation | undefined {
  if (stage === 'quote-refused') return quoteError;
  if (stage === 'refused') return refusal;
  return stage === 'aborted' ? (outcome?.errorInformation ?? refusal) : undefined;
}
