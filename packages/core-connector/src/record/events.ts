import type { JournalEvent } from '@payment-manager/journal';
import type { Refusal } from '../run/judge.ts';

/**
 * What happens in the record that a payment has at the core, one for each side. Times are milliseconds since the epoch; `facts`, `reply` and
 * `input` are exact JSON as text. What a request holds is sealed: it may have secrets and persons in it.
 */
export type CoreEvent = JournalEvent &
  (
    | {
        type: 'operation-begun';
        transferId: string;
        side: Side;
        operation: string;
        /** Of what was asked for; another hash under the same transferId is another request. */
        hash: string;
        /** Of the connector that runs it. */
        version: string;
        input: string;
        /** From then on nothing is begun for it; absent: it has to be done. */
        deadline?: number;
        /** By ourselves, to give back what an operation has taken that then failed. */
        undoes?: string;
      }
    /** A read had no answer: it is gone over again. Only of what has to be done. */
    | { type: 'operation-failed'; operation: string; reason: string }
    | { type: 'operation-ended'; operation: string; ended: Ended }
    /** Who looked, and what came of it: what follows from it is in the same append. Kept for good. */
    | ({ type: 'person-acted'; what: string } & PersonActed)
    /** A person has to look, and nothing more is done until then. */
    | { type: 'stuck'; operation: string; reason: string }
    /** Durable before the first byte leaves. A repeat has the first one's request, key and amount. */
    | {
        type: 'effect-started';
        effect: string;
        operation: string;
        attempt: number;
        deadline: number;
        /** None of the calls before was executed, which is proven. `since`: it may have been called from then on (a restored journal). */
        proven?: true;
        first?: { kind: string; key: string; amount?: string; sealed: string; awaits?: string; expiresAt?: number; since?: number };
      }
    | { type: 'effect-ended'; effect: string; outcome: 'ok'; by: 'answer' | 'enquiry' | 'person'; facts: string }
    | ({ type: 'effect-ended'; effect: string; outcome: 'refused'; by: 'answer' | 'enquiry' | 'person' } & Refusal)
    /** It was taken back, or proven never to have been there. */
    | { type: 'effect-ended'; effect: string; outcome: 'reversed'; by: 'enquiry' | 'reversal' | 'not-sent' | 'person'; reason: string }
    | { type: 'effect-unknown'; effect: string; reason: string }
    | { type: 'effect-not-sent'; effect: string; reason: string }
    | { type: 'effect-pending'; effect: string; facts: string }
    /** The quiet time after its last call is over; stored, so that a restart does not begin it anew. */
    | { type: 'effect-quiet'; effect: string }
    /** Nobody can say that a repeat under its key is the same call any more. */
    | { type: 'key-ended'; effect: string }
    /** The core has called back about it: a hint, upon which it is asked. */
    | { type: 'effect-hinted'; effect: string; callback: string }
    /** `hinted`: because the core had called back; it does not count among those after which a person is told. */
    | { type: 'effect-asked'; effect: string; said: 'pending' | 'absent' | 'no-answer'; reason: string; hinted?: true }
    | { type: 'reversal-failed'; effect: string; reason: string }
    /** The core keeps the hold for longer. `until`: milliseconds since the epoch. */
    | { type: 'hold-renewed'; effect: string; until: number }
    | { type: 'renewal-failed'; effect: string; reason: string }
    | { type: 'exception-raised'; effect: string; code: CoreExceptionCode; reason: string }
  );

export type Side = 'payee' | 'payer';

/** A person, and why: at most 100 and 500 characters. */
export interface PersonActed {
  readonly by: string;
  readonly reason: string;
}

/** How an operation ended. */
export type Ended =
  | { readonly kind: 'reply'; readonly reply: string; readonly facts: string }
  | ({ readonly kind: 'refused'; readonly notFound?: true; readonly silent?: true } & Refusal);

/**
 * | code | what a person should know |
 * |---|---|
 * | `CORE_EFFECT_UNKNOWN` | nobody can tell whether the core executed an effect; enquiries go on where there are some |
 * | `CORE_EFFECT_STUCK` | the core refuses what has to be done, or the connector no longer fits what was begun |
 * | `CORE_HOLD_EXPIRES` | the core will soon let go of a hold whose payment has no outcome yet |
 */
export type CoreExceptionCode = 'CORE_EFFECT_UNKNOWN' | 'CORE_EFFECT_STUCK' | 'CORE_HOLD_EXPIRES';

export const CORE_EXCEPTION_CODES: readonly CoreExceptionCode[] = ['CORE_EFFECT_UNKNOWN', 'CORE_EFFECT_STUCK', 'CORE_HOLD_EXPIRES'];
