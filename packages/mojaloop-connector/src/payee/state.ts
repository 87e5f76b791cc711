import type { ContradictedState } from '../transfer/contradiction.ts';
import type { ExceptionCode } from '../transfer/exception-codes.ts';
import type {
  Asked,
  StoredError,
  StoredExtensionList,
  StoredPrepare,
  StoredQuote,
  StoredQuoteRequest,
} from '../transfer/stored-messages.ts';

/**
 * quoting → quoted | quote-refused; with a prepare: → calling-core → fulfilling → committed | aborted, or refused.
 * `core-unknown`: the core may have executed the transfer; nobody guesses (promise 3). `late`: it has, but too late to fulfil.
 * `acknowledged`: the hub took our COMMITTED in time, and has not said how it ended.
 */
export type PayeeStage =
  | 'quoting'
  | 'quoted'
  | 'quote-refused'
  | 'calling-core'
  | 'core-unknown'
  | 'late'
  | 'commit-first'
  | 'fulfilling'
  | 'acknowledged'
  | 'refused'
  | 'committed'
  | 'aborted';

export interface PayeeState extends ContradictedState {
  readonly stage: PayeeStage;
  readonly quote?: StoredQuoteRequest;
  /** A tombstone: the journal had forgotten it, and knows what was reported. */
  readonly reported?: true;
  readonly quoteHash?: string;
  readonly quoteAsked?: Asked;
  readonly quotedAt: number;
  readonly response?: StoredQuote;
  readonly coreQuote?: object;
  readonly sealedFulfilment?: string;
  readonly quoteError?: StoredError;
  /** The hub took the quote's callback, or it was given up. */
  readonly quoteCallbackSettled: boolean;
  readonly prepare?: StoredPrepare;
  readonly prepareHash?: string;
  readonly prepareAsked?: Asked;
  readonly preparedAt: number;
  readonly core: {
    readonly attempt: number;
    readonly deadline: number;
    readonly startedAt: number;
    readonly asks: number;
    /** What the core is known to have done at the prepare. */
    readonly did?: 'reserve' | 'credit';
    readonly homeTransactionId?: string;
    /** When it was last seen that the outcome is unknown. */
    readonly unknownAt?: number;
    /** When the outcome of the last call became unknown. */
    readonly unknownSince?: number;
    /** It is over since then for so long that the core executes it no more. */
    readonly quiet?: true;
    /** The journal may have forgotten a call, its answer and the fulfilment: nothing is executed or refused, core and hub are asked. */
    readonly forgotten?: true;
  };
  readonly refusal?: StoredError;
  readonly fulfil?: {
    readonly transferState: 'RESERVED' | 'COMMITTED';
    readonly completedTimestamp: string;
    readonly extensionList?: StoredExtensionList;
  };
  /** The hub's answer to our last word on the transfer (fulfil or error). */
  readonly callback?: { readonly at: number; readonly acknowledged: boolean };
  /** Errors of the hub about our fulfil that decide nothing: since when, and which codes. */
  readonly doubt?: { readonly at: number; readonly codes: readonly string[] };
  /** Questions about an acknowledged COMMITTED that the hub took; `ended`: nothing more is asked by itself. */
  readonly confirmation?: { readonly asked: number; readonly askedAt: number; readonly ended?: true };
  readonly outcome?: {
    readonly state: 'COMMITTED' | 'ABORTED';
    readonly at: number;
    readonly completedTimestamp: string;
    readonly errorInformation?: StoredError;
    readonly extensionList?: StoredExtensionList;
  };
  readonly notification?: {
    readonly attempt: number;
    readonly state: 'COMMITTED' | 'ABORTED';
    readonly status: 'started' | 'acknowledged' | 'failed';
    readonly at: number;
    readonly reason?: string;
    /** It may have been executed by an attempt without an answer. */
    readonly mayHaveRun?: true;
    /** Transfers 1.0: too late to be told, and it may have been: nothing more is told. */
    readonly held?: true;
    /** A person had it told once more: at once, and also after a settlement. */
    readonly resent?: true;
  };
  readonly coreSaid?: { readonly at: number; readonly found: 'reserve' | 'credit' | 'aborted' | 'not-found' | 'pending' | 'no-answer' };
  readonly rung: number;
  readonly askedAt?: number;
  readonly exception?: { readonly code: ExceptionCode; readonly reason: string; readonly since: number };
}
