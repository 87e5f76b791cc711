import { formatDateTime } from '@payment-manager/fspiop';
import type { SendView } from '@payment-manager/mojaloop-connector/payer';
import { Decimal } from '../expression/decimal.ts';
import type { Offer } from './payments.ts';
import type { SendState } from './state.ts';
import { totalOf } from './terms.ts';

/** What may be shown of a payment of our customer. */
export function sendView(state: SendState): SendView {
  const { request, transferId, offer, fee, why, exception, outcome } = state;
  const total = state.total ?? (offer === undefined || request === undefined ? undefined : totalOf(state, offer).toString());
  return {
    ...(transferId !== undefined && { transferId }),
    homeTransactionId: state.homeTransactionId,
    ...(request !== undefined && { request }),
    initiatedTimestamp: formatDateTime(state.begunAt),
    stage: stageOf(state),
    outcome,
    ...(offer !== undefined && { payee: offer.payee, price: priceOf(offer) }),
    ...(fee !== undefined && { fee: Decimal.parse(fee).toString() }),
    ...(total !== undefined && { total }),
    hold: state.hold === 'asked' ? 'unknown' : state.hold,
    ...(why !== undefined && {
      error: { ...(why.code !== undefined && { code: why.code }), message: why.message, timeout: why.timeout === true },
    }),
    ...(exception !== undefined && { exception: { code: exception.code, reason: exception.reason } }),
  };
}

/** How the money between the DFSPs stands; what the core has still to capture or release is ours to see to. */
function stageOf({ stage, outcome, why }: SendState): SendView['stage'] {
  if (outcome === 'committed') return 'completed';
  if (outcome === 'not-committed') return why?.code === undefined ? 'aborted' : 'failed';
  switch (stage) {
    case 'checking':
    case 'quoting':
      return 'under-way';
    case 'offered':
      return 'quote-offered';
    case 'holding':
      return 'holding';
    default:
      return 'open';
  }
}

function priceOf({ quoteId, transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission, expiration }: Offer) {
  return {
    quoteId,
    transferAmount,
    ...(payeeReceiveAmount !== undefined && { payeeReceiveAmount }),
    ...(payeeFspFee !== undefined && { payeeFspFee }),
    ...(payeeFspCommission !== undefined && { payeeFspCommission }),
    expiration: formatDateTime(expiration),
  };
}
