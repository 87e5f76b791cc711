import type { ErrorInformation, Operation } from '@payment-manager/fspiop';
import type { Message } from '../transfer/message.ts';
import type { Asked } from '../transfer/stored-messages.ts';
import type { PayeeState } from './state.ts';

/** What we tell the one who asked. Bodies come from the record alone, so that every repeat is byte-identical (docs/money-rules.md, 3). */

function callback(operation: Operation, path: string, asked: Asked, body: object): Message {
  return { operation, path, destination: asked.source, version: asked.version, body, trace: asked.trace };
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`a callback without ${what}`);
  return value;
}

/** `PUT /quotes/{id}`: our answer to the quote, to whoever asks for it (the first asker when nobody else is named). */
export function quoteCallback(state: PayeeState, asked = known(state.quoteAsked, 'an asker')): Message {
  return callback('PUT /quotes', `/quotes/${known(state.quote, 'a quote').quoteId}`, asked, known(state.response, 'a response'));
}

/** `PUT /quotes/{id}/error` with the refusal that the record keeps. */
export function quoteErrorCallback(state: PayeeState, asked = known(state.quoteAsked, 'an asker')): Message {
  return quoteError(known(state.quote, 'a quote').quoteId, asked, known(state.quoteError, 'an error'));
}

/** `PUT /quotes/{id}/error` with any error. */
export function quoteError(quoteId: string, asked: Asked, errorInformation: ErrorInformation): Message {
  return callback('PUT /quotes/error', `/quotes/${quoteId}/error`, asked, { errorInformation });
}

/** `PUT /transfers/{id}/error` with any error. */
export function transferError(transferId: string, asked: Asked, errorInformation: ErrorInformation): Message {
  return callback('PUT /transfers/error', `/transfers/${transferId}/error`, asked, { errorInformation });
}

/** `PUT /transfers/{id}/error` with the refusal that the record keeps. */
export function transferErrorCallback(state: PayeeState, asked = known(state.prepareAsked, 'an asker')): Message {
  return transferError(known(state.prepare, 'a prepare').transferId, asked, known(state.refusal, 'a refusal'));
}

/** `PUT /transfers/{id}` without the fulfilment: the sender opens the seal when the message leaves. */
export function transferCallback(state: PayeeState, asked = known(state.prepareAsked, 'an asker')): Message {
  const fulfil = known(state.fulfil, 'a fulfil');
  return callback('PUT /transfers', `/transfers/${known(state.prepare, 'a prepare').transferId}`, asked, fulfil);
}

/** What a GET, or a repeated prepare, is told: the state as it is now, and whether the fulfilment goes with it. */
export function transferStateCallback(state: PayeeState, asked: Asked, hubId: string): { message: Message; withFulfilment: boolean } {
  const path = `/transfers/${known(state.prepare, 'a prepare').transferId}`;
  const told = (body: object, withFulfilment = false) => ({ message: callback('PUT /transfers', path, asked, body), withFulfilment });
  if (state.stage === 'refused') return { message: transferErrorCallback(state, asked), withFulfilment: false };
  if (state.stage === 'aborted') {
    if (state.refusal !== undefined) return { message: transferErrorCallback(state, asked), withFulfilment: false };
    const { outcome } = state;
    if (outcome?.errorInformation !== undefined)
      return {
        message: transferError(known(state.prepare, 'a prepare').transferId, asked, outcome.errorInformation),
        withFulfilment: false,
      };
    return told({ transferState: 'ABORTED', ...(outcome !== undefined && { completedTimestamp: outcome.completedTimestamp }) });
  }
  if (state.fulfil === undefined) return told({ transferState: 'RECEIVED' });
  if (state.stage === 'committed') return told({ ...state.fulfil, transferState: 'COMMITTED' }, true);
  // a payer learns the fulfilment with COMMITTED only; the hub may have lost it and needs it
  return told(state.fulfil, asked.source === hubId || state.fulfil.transferState === 'COMMITTED');
}
