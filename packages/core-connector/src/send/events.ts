import type { JournalEvent } from '@payment-manager/journal';
import type { PaymentRequest } from '@payment-manager/mojaloop-connector/payer';
import type { Offer, Why } from './payments.ts';

/**
 * What happens in a payment that our customer makes. Times are milliseconds since the epoch, amounts decimal text in the request's currency;
 * `facts` is exact JSON as text.
 */
export type SendEvent = JournalEvent &
  (
    | {
        type: 'send-begun';
        request: PaymentRequest;
        /** Of request and `maxFee`: the same id with another hash is another payment. */
        hash: string;
        /** Under which it is begun at the payments: the same for each repeat. */
        key: string;
        idempotencyKey?: string;
        /** Its homeTransactionId finds it, too. */
        byHomeId?: true;
        /** So much, our own fee included, it may cost the customer beyond what the payee gets, without asking them. */
        maxFee?: string;
        trace?: { traceparent?: string; tracestate?: string };
      }
    /** What `send.check` has said, with which version of the connector; and the time that the core needs at least for a hold. */
    | { type: 'checked'; fee: string; facts: string; version: string; minimumMs: number }
    /** Which payment it is; another one in its place only before there is a price. */
    | { type: 'payment-known'; transferId: string }
    | { type: 'offered'; offer: Offer }
    /** The price is what the customer wants, or within their limit. `total` is what is taken from them. */
    | { type: 'accepted'; by: 'customer' | 'limit'; total: string }
    /** The core holds the money for this very price, and from now on the price may have been accepted. Not begun from `notAfter` on. */
    | { type: 'accepting'; notAfter: number }
    /** The payments have accepted it. */
    | { type: 'taken' }
    /** It was never accepted and never will be. `mayBeHeld`: the core is told to release. */
    | ({ type: 'given-up'; mayBeHeld: boolean; timeout?: true; refused?: true } & Why)
    | { type: 'committed' }
    | ({ type: 'not-committed'; timeout?: true } & Why)
    | { type: 'captured' }
    | { type: 'released' }
    /** What was on offer is on offer no more. */
    | { type: 'rejected' }
    | { type: 'exception-raised'; code: SendExceptionCode; reason: string }
    /** A person has done by hand what was left to do, or says that nothing is. */
    | { type: 'person-acted'; by: string; reason: string }
    /** The journal was put back to an older copy: nobody knows how far it had come. */
    | { type: 'restored' }
  );

/**
 * | code | what a person should know |
 * |---|---|
 * | `SEND_WITHOUT_HOLD` | money moves, or has moved, for which the core holds nothing that could be captured |
 * | `SEND_OUTCOME_UNKNOWN` | nobody says how a payment ended; it is asked on, and the hold stays |
 */
export type SendExceptionCode = 'SEND_WITHOUT_HOLD' | 'SEND_OUTCOME_UNKNOWN';

export const SEND_EXCEPTION_CODES: readonly SendExceptionCode[] = ['SEND_WITHOUT_HOLD', 'SEND_OUTCOME_UNKNOWN'];
