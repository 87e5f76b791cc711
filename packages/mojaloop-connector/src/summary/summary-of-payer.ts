import type { PayerStage, PayerState } from '../payer/state.ts';
import { fromFspiopParty } from '../transfer/party.ts';
import type { PaymentSummary, SummaryState } from './summary.ts';
import { feeOf, partyOf } from './summary-party.ts';

const STATES: Readonly<Record<PayerStage, SummaryState>> = {
  lookup: 'pending',
  'party-offered': 'pending',
  quoting: 'pending',
  'quote-offered': 'pending',
  open: 'pending',
  completed: 'completed',
  aborted: 'declined',
  failed: 'failed',
};

/** A payment that we make, as one line. */
export function summaryOfPayer(state: PayerState): Omit<PaymentSummary, 'attention'> {
  const { request, prepare, party, quoteRequest, errorInformation, quoteId, reported } = state;
  const money = prepare?.amount ?? request ?? reported;
  const peer = state.destination ?? party?.partyIdInfo.fspId ?? request?.to.fspId ?? prepare?.payeeFsp;
  const homeTransactionId = request?.homeTransactionId ?? reported?.homeTransactionId;
  const payee = party === undefined ? partyOf(request?.to) : partyOf(fromFspiopParty(party));
  const payer = partyOf(request?.from);
  const fee = feeOf(state.quoteResponse, money?.currency);
  return {
    flow: 'payer',
    stage: state.stage,
    state: STATES[state.stage],
    startedAt: state.startedAt,
    transferId: state.transferId,
    ...(peer !== undefined && peer !== '' && { peer }),
    ...(money !== undefined && { amount: money.amount, currency: money.currency }),
    ...(fee !== undefined && { fee }),
    ...(quoteRequest !== undefined && { transactionId: quoteRequest.transactionId }),
    ...(quoteId !== '' && { quoteId }),
    ...(homeTransactionId !== undefined && { homeTransactionId }),
    ...(payer !== undefined && { payer }),
    ...(payee !== undefined && { payee }),
    ...(state.stage === 'failed' &&
      errorInformation !== undefined && {
        error: { code: errorInformation.errorCode, description: errorInformation.errorDescription },
      }),
  };
}
