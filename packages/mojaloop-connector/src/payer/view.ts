import { formatDateTime } from '@payment-manager/fspiop';
import { openContradictions } from '../transfer/contradiction.ts';
import type { PayerView } from '../transfer/payer-door.ts';
import type { PayerState } from './state.ts';

/** What the DFSP may see of a payment. The fulfilment is in it only after COMMITTED. */
export function viewOf(state: PayerState): PayerView {
  return {
    transferId: state.transferId,
    simple: state.simple,
    initiatedTimestamp: formatDateTime(state.startedAt),
    stage: state.stage,
    outcome: outcomeOf(state),
    ...(state.request !== undefined && { request: state.request }),
    ...(exceptionOf(state) ?? {}),
    ...(state.party !== undefined && { getPartiesResponse: { headers: state.partyHeaders ?? {}, body: { party: state.party } } }),
    ...(state.quoteId !== '' &&
      state.quoteRequest !== undefined && { quoteId: state.quoteId, quoteRequest: { headers: {}, body: state.quoteRequest } }),
    ...(state.quoteResponse !== undefined && { quoteResponse: { headers: state.quoteResponseHeaders ?? {}, body: state.quoteResponse } }),
    ...(state.quoteResponseSource !== undefined && { quoteResponseSource: state.quoteResponseSource }),
    ...(state.prepare !== undefined && { prepare: { headers: {}, body: state.prepare } }),
    ...(state.fulfil !== undefined && { fulfil: { headers: state.fulfilHeaders ?? {}, body: state.fulfil } }),
    ...(state.abortedReason !== undefined && { abortedReason: state.abortedReason }),
    ...(state.errorInformation !== undefined && {
      lastError: { httpStatusCode: state.timeout === true ? 504 : 500, errorInformation: state.errorInformation },
    }),
    ...(endedBeforeTransfer(state) && { endedBeforeTransfer: true }),
  };
}

/** A contradiction counts for good, as it does for a repeat (docs/money-rules.md, 2): a person may have settled it as money that moved. */
function endedBeforeTransfer({ stage, neverLeft, prepare, contradictions, exception }: PayerState): boolean {
  const never = stage === 'failed' && neverLeft === true && prepare === undefined;
  return never && contradictions.length === 0 && exception === undefined;
}

function outcomeOf(state: PayerState): PayerView['outcome'] {
  if (state.stage === 'completed') return 'committed';
  if (state.stage === 'failed' || state.stage === 'aborted') return 'not-committed';
  return state.stage === 'open' ? 'unknown' : 'none-yet';
}

function exceptionOf(state: PayerState): Pick<PayerView, 'exception'> | undefined {
  if (state.exception !== undefined) return { exception: { code: state.exception.code, reason: state.exception.reason } };
  const contradiction = openContradictions(state)[0];
  return (
    contradiction && {
      exception: { code: 'CONTRADICTION', reason: `${contradiction.source} says ${contradiction.says}, but ${contradiction.reason}` },
    }
  );
}
