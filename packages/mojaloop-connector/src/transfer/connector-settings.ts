/**
 * What a DFSP decides about its connector. The composition root fills it from the configuration file; here are only
 * facts, no defaults and no parsing. All durations are milliseconds.
 */
export interface ConnectorSettings {
  /** Our FSP id in the scheme. */
  readonly fspId: string;
  /** The id under which the hub itself sends (`switch` in most schemes). No peer may bear it (docs/money-rules.md, 5). */
  readonly hubId: string;
  /** Base URL per resource, without a trailing slash. */
  readonly hub: {
    readonly parties: string;
    readonly participants: string;
    readonly quotes: string;
    readonly transfers: string;
    readonly ping: string;
  };
  /** Version that we use when we start a conversation, per resource. */
  readonly versions: { readonly parties: string; readonly participants: string; readonly quotes: string; readonly transfers: string };
  /** Versions that we can answer in. */
  readonly supportedVersions: readonly string[];
  readonly jws: {
    readonly sign: boolean;
    readonly verify: boolean;
    /** Sign `PUT /parties` too (default of the field: no, because hubs may rewrite it). */
    readonly signPutParties: boolean;
    /** Demand a signature on `PUT /parties`; one that is present is verified in any case. */
    readonly verifyPutParties: boolean;
    readonly acceptEs256: boolean;
    /** Peers for which only the raw bytes count (docs/money-rules.md, 5). */
    readonly rawOnlyPeers: readonly string[];
    /** Messages of the hub may come unsigned; needs an authenticated client (docs/money-rules.md, 5). */
    readonly hubMayBeUnsigned: boolean;
    /** How far a signed message's Date may be from our clock; 0 = not checked. */
    readonly maxDateAgeMs: number;
  };
  readonly ilpVersion: 1 | 4;
  readonly autoAcceptParty: boolean;
  readonly autoAcceptQuote: boolean;
  readonly timeouts: {
    /** Wait for a callback of the hub. */
    readonly callbackMs: number;
    /** One call of the core. */
    readonly backendMs: number;
    /** One HTTP exchange with the hub. */
    readonly hubHttpMs: number;
    /** An acknowledged RESERVED waits this long for its PATCH before we ask the hub. */
    readonly patchGraceMs: number;
    /** A payment that waits for an acceptance ends after this time. */
    readonly offerMs: number;
  };
  /** Expiration that our quotes get when the core gives none. */
  readonly quoteLifetimeMs: number;
  /** Expiration of our quote requests and prepares when the DFSP gives none. */
  readonly quoteRequestLifetimeMs: number;
  readonly prepareLifetimeMs: number;
  /** How far clocks may differ: the payee is early, the payer late by this much. */
  readonly clockSkewMs: number;
  /** Time the core needs at least for a transfer; a prepare that leaves less is refused (docs/money-rules.md, 3). */
  readonly coreMinimumMs: number;
  /** After a failed attempt's expiration, this much more before a repeat may become a new attempt (docs/money-rules.md, 2). */
  readonly retryMarginMs: number;
  readonly ladder: {
    readonly firstMs: number;
    readonly factor: number;
    readonly maxMs: number;
    readonly rungs: number;
    readonly slowMs: number;
  };
  readonly core: CoreCapabilities;
  readonly deduplicateHomeTransactionId: boolean;
  /** What a quote may cost the payer's customer to be accepted without asking, by currency. Without a limit it is offered. */
  readonly maxAutoAcceptFee: Readonly<Record<string, FeeLimit>>;
  /** Currencies besides those of the protocol. */
  readonly extraCurrencies: readonly string[];
  /** Decimals of currencies that the protocol's table lacks, for ILP packets. */
  readonly currencyDecimals?: Readonly<Record<string, number>>;
  readonly limits: {
    /** Records kept in memory after they came to rest. */
    readonly restingRecords: number;
    /** New payments and quotes in flight; above it 503 (promise 7). */
    readonly inFlight: number;
    /** Calls that the core gets at once. */
    readonly coreCalls: number;
    /** Calls of one kind that may wait for their turn at the core. */
    readonly coreCallsWaiting: number;
  };
}

/** The highest cost of a quote; where both are given both hold. Decimal text. */
export interface FeeLimit {
  /** In the currency. */
  readonly absolute?: string;
  /** Of the amount that was asked for, in percent. */
  readonly percent?: string;
}

/** What the core does and can do, declared by the DFSP and never assumed (docs/money-rules.md, 1). */
export interface CoreCapabilities {
  readonly baseUrl: string;
  /** `reserve`: holds the money at the prepare and books at the notification. `credit`: books at the prepare. */
  readonly atPrepare: 'reserve' | 'credit';
  /** What happens to a reserving core when the payer speaks transfers 1.0, where no PATCH exists (docs/money-rules.md, 3). */
  readonly reserveWithoutPatch: 'commit-first' | 'refuse';
  /** It honours our Idempotency-Key, so the same call may be sent again. */
  readonly transferRepeatable: boolean;
  readonly notificationRepeatable: boolean;
  /** `GET /transfers/{id}` tells what became of a transfer. */
  readonly transferAskable: boolean;
  /** "Not found" proves "not executed" only this long after the call's deadline. */
  readonly quietMs: number;
  /**
   * About which COMMITTEDs that the hub acknowledged it is asked by itself: all, those whose 200 came near the expiration, or none.
   */
  readonly confirmAcknowledged: 'always' | 'near-expiration' | 'never';
  /** A repeated call is refused with the same code as the first. Where no, the refusal of a repeat says nothing about the call before. */
  readonly repeatKeepsRefusals: boolean;
  /** A 2xx to `POST /transfers` with neither homeTransactionId nor transferState says that it was executed. */
  readonly emptyAnswerIsOk: boolean;
  /** The notification handler looks at the state: it is told ABORTED too. */
  readonly notificationReadsState: boolean;
}
