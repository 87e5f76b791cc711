import { fromFspiopParty } from '../transfer/party.ts';
import type { PayerError, PayerView, TransferParty } from '../transfer/payer-door.ts';
import type { CurrentState } from './answer-schemas.ts';

/** The SDK's name for each stage. A payment under way bears the last state that it reached. */
const CURRENT_STATE: Readonly<Record<PayerView['stage'], CurrentState>> = {
  lookup: 'WAITING_FOR_ACTION',
  'party-offered': 'WAITING_FOR_PARTY_ACCEPTANCE',
  quoting: 'WAITING_FOR_PARTY_ACCEPTANCE',
  'quote-offered': 'WAITING_FOR_QUOTE_ACCEPTANCE',
  open: 'WAITING_FOR_QUOTE_ACCEPTANCE',
  completed: 'COMPLETED',
  aborted: 'ABORTED',
  failed: 'ERROR_OCCURRED',
};

/**
 * A payment as the SDK shows it (docs/protocol.md, 16.2), with `outcome` and `exception` besides. The fulfilment is shown
 * of a COMPLETED payment only (docs/money-rules.md, 3).
 */
export function transferState(view: PayerView): object {
  const { request } = view;
  return {
    ...request,
    ...(request !== undefined && { to: completedParty(request.to, view) }),
    transferId: view.transferId,
    direction: 'OUTBOUND',
    initiatedTimestamp: view.initiatedTimestamp,
    currentState: CURRENT_STATE[view.stage],
    outcome: view.stage === 'open' ? 'unknown' : view.outcome,
    exception: view.exception,
    getPartiesResponse: view.getPartiesResponse,
    quoteId: view.quoteId,
    quoteRequest: view.quoteRequest,
    quoteResponse: view.quoteResponse,
    quoteResponseSource: view.quoteResponseSource,
    prepare: view.prepare,
    fulfil: shownFulfil(view),
    abortedReason: view.abortedReason,
    lastError: view.lastError && lastError(view.lastError),
  };
}

/** The SDK's form of an error in a state. */
export function lastError({ httpStatusCode, errorInformation }: PayerError): object {
  return { httpStatusCode, mojaloopError: { errorInformation } };
}

/** The payee as asked for, completed by what the look-up said. Who is asked for stays: type, identifier and sub-id. */
function completedParty(asked: TransferParty, view: PayerView): TransferParty {
  const found = view.getPartiesResponse?.body.party;
  if (found === undefined) return asked;
  const { idType: _type, idValue: _value, idSubValue: _sub, ...known } = fromFspiopParty(found);
  return { ...asked, ...known };
}

function shownFulfil(view: PayerView): object | undefined {
  if (view.fulfil === undefined || view.stage === 'completed') return view.fulfil;
  const { fulfilment: _hidden, ...body } = view.fulfil.body;
  return { ...view.fulfil, body };
}
