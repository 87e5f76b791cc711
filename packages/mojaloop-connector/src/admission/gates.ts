import type { Entry, RequestHead } from '@payment-manager/runtime';
import type { Admission } from './admission.ts';

/** Decides by a request's head whether it is let in; what the HTTP servers ask (`HttpServerOptions.admit`). */
export type Gate = (head: RequestHead) => Entry | undefined;

/** Costs nothing and is never refused. */
const RESERVED: Entry = { isNew: false, leave: () => {} };

/** The API that the hub calls. Callbacks, notifications and questions about quotes and transfers are never refused. */
export function inboundGate(admission: Admission): Gate {
  return ({ method, target }) => {
    if (method === 'GET' && (target.startsWith('/parties/') || target.startsWith('/participants/'))) return admission.enter('look-up');
    if (method === 'POST' && target.startsWith('/quotes')) return admission.enter('quote');
    if (method === 'POST' && target.startsWith('/transfers')) return admission.enter('prepare');
    return RESERVED;
  };
}

/**
 * The API that the DFSP calls. A request is under way until its payment has come to rest. Decisions about a payment on offer, and a
 * key that is known, belong to a payment that was let in before.
 */
export function outboundGate(admission: Admission, isKnownKey: (idempotencyKey: string) => boolean): Gate {
  return ({ method, target, headers }) => {
    if (method === 'PUT') return admission.resume();
    if (method === 'POST') {
      const key = headers['idempotency-key'];
      return key !== undefined && isKnownKey(key) ? admission.resume() : admission.enter('payment');
    }
    return method === 'GET' && target.startsWith('/parties/') ? admission.enter('payment') : RESERVED;
  };
}
