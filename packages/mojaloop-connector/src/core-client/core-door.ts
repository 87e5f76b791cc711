import type { GeoCode, Money, Party, QuotesPostRequest, TransactionType } from '@payment-manager/fspiop';
import type { StoredRecord } from '@payment-manager/journal';
import type { AlarmCode } from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { PayerDoor } from '../transfer/payer-door.ts';
import type { Restored } from '../transfer/restored.ts';
import type { SaidFact } from '../transfer/said-fact.ts';
import type { SendDoor } from '../transfer/send-door.ts';

/**
 * The door to the DFSP's core system. `http-core.ts` speaks it over HTTP (the Mojaloop SDK's backend API); the core
 * connector is another implementation. Nothing here throws: what became of a call is a value. `trace`: the `traceparent` (W3C) that the call bears;
 * absent: the payment has none.
 */
export interface CoreDoor {
  /** A read: may be repeated. */
  findParty(party: PartyKey, deadline: number, trace?: string): Promise<ReadOutcome<Party>>;
  /** Prices a transfer. Moves no money: may be repeated. */
  quote(request: CoreQuoteRequest, deadline: number, trace?: string): Promise<ReadOutcome<CoreQuote>>;
  /** Reserves or credits. `key` is sent as Idempotency-Key. Called once unless the core is declared repeatable (docs/money-rules.md, 1). */
  transfer(request: CoreTransferRequest, key: string, deadline: number, trace?: string): Promise<MoneyOutcome<CoreTransfer>>;
  /** Tells the final outcome. */
  notify(notification: CoreNotification, key: string, deadline: number, trace?: string): Promise<MoneyOutcome<object>>;
  /** Asks what became of a transfer. `begunAt`: when its payment began, milliseconds since the epoch. */
  ask(transferId: string, deadline: number, begunAt?: number, trace?: string): Promise<ReadOutcome<CoreTransferState>>;
}

/** A core that keeps records of its own beside those of the payments, in the same journal: it is opened with what they need. */
export interface CoreWithRecords {
  open(parts: CoreParts): OpenedCore & { readonly records: CoreRecordsDoor };
}

/** A core as it is used. `records`: where it keeps some; `sends`: where it makes payments of our own customers. */
export interface OpenedCore {
  readonly door: CoreDoor;
  readonly records?: CoreRecordsDoor;
  readonly sends?: OpenSends;
}

/** Opens the payments of our own customers over the payer's side. */
export type OpenSends = (parts: SendParts) => {
  readonly door: SendDoor;
  readonly records: Omit<CoreRecordsDoor, 'desk'>;
  /** The desk of the records at the core, with what these payments need besides. */
  readonly desk: CoreDesk;
};

export interface SendParts {
  readonly payer: PayerDoor;
  readonly settings: Pick<ConnectorSettings, 'clockSkewMs' | 'deduplicateHomeTransactionId' | 'timeouts'>;
  readonly admit: () => boolean;
}

export interface CoreParts {
  /** Told of alarms that are no fact of a record. */
  readonly alarm: (code: AlarmCode, label: string, reason: string, peer?: string) => void;
  readonly restored: Restored;
}

/** The records that payments have at the core, as far as those who start, stop and take over have to do with them. */
export interface CoreRecordsDoor {
  readonly desk: CoreDesk;
  readonly openCount: number;
  /** Goes on with what is open. Answers how many records there were. */
  start(): Promise<number>;
  adopt(record: StoredRecord): boolean;
  changed(recordId: string): void;
  lookAgain(): void;
  endWaits(): void;
  finish(graceMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** What people see of a payment's record at the core, and what they do about it. */
export interface CoreDesk {
  /** Undefined: the payment has none. */
  shown(side: 'payer' | 'payee', transferId: string): Promise<CoreShown | undefined>;
  /** Asks the core about what is not known, without waiting until it is time for that. Resolves when its word is written. */
  askNow(side: 'payer' | 'payee', transferId: string): Promise<void>;
  /** False: it is not allowed now. @throws RangeError for facts that are no JSON object */
  act(
    side: 'payer' | 'payee',
    transferId: string,
    act: CoreAct,
    person: { readonly by: string; readonly reason: string },
  ): Promise<boolean>;
}

/** Why a record at the core needs a person. */
export type CoreRecordCode =
  | 'CORE_EFFECT_UNKNOWN'
  | 'CORE_EFFECT_STUCK'
  | 'CORE_HOLD_EXPIRES'
  /** Of a payment of our own customer. */
  | 'SEND_WITHOUT_HOLD'
  | 'SEND_OUTCOME_UNKNOWN';

/** One line of the record at the core; `event` and `values` as those of a payment's own lines, for who tells it in other words. */
export interface CoreLine {
  readonly at: number;
  readonly who: 'us' | 'core' | 'person';
  readonly what: string;
  readonly event: `core:${string}` | `send:${string}`;
  readonly values: Readonly<Record<string, string>>;
}

export interface CoreShown {
  readonly exceptions: readonly CoreRecordCode[];
  readonly known: readonly string[];
  /** The same as codes with values. */
  readonly said: readonly SaidFact[];
  /** `at`: milliseconds since the epoch. */
  readonly history: readonly CoreLine[];
  readonly allowed: readonly AllowedCoreAct[];
}

/**
 * A person has looked at the core: the effect that nobody could settle was executed or was not, or what the core refuses was done by hand. `facts`: what
 * the core calls what it has executed, as a JSON object, where later steps need it. `seen`: what they looked at, from what was allowed then; it is
 * not done where something else stands now. Absent: whatever stands.
 */
export type CoreAct = { readonly seen?: string } & (
  | { readonly action: 'core-executed'; readonly facts?: string }
  | { readonly action: 'core-not-executed' }
  | { readonly action: 'core-done' }
);

/** `what`: the effect or the operation. */
export interface AllowedCoreAct {
  readonly action: CoreAct['action'];
  readonly what: string;
  /** The effect and which call of it, or the operation: another call is another thing, whatever is known of this one. */
  readonly seen: string;
}

export interface PartyKey {
  readonly type: string;
  readonly id: string;
  readonly subId?: string;
}

/** A refusal in FSPIOP terms: always a valid code, description of at most 128 characters. */
export interface Refusal {
  readonly code: string;
  readonly description: string;
}

/**
 * The four outcomes of a call that moves money (docs/money-rules.md, 1). `rejected`: the core said no. `not-sent`: proven that no
 * byte left. `unknown`: everything else; it may have been executed.
 */
export type MoneyOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** `uncoded`: by a 4xx without an FSPIOP code, which a gateway before the core may have answered. */
  | { readonly kind: 'rejected'; readonly refusal: Refusal; readonly uncoded?: true }
  | ({ readonly kind: 'not-sent'; readonly refusal: Refusal; readonly reason: string } & MaybeSilent)
  | ({ readonly kind: 'unknown'; readonly reason: string } & MaybeSilent);

interface MaybeSilent {
  /** The core itself gave no answer: it could not be reached, took too long, or a gateway answered in its place. */
  readonly silent?: true;
}

/** Of a read it only matters what to tell the one who asked. */
export type ReadOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'rejected'; readonly refusal: Refusal; readonly notFound: boolean }
  | ({ readonly kind: 'failed'; readonly refusal: Refusal; readonly reason: string } & MaybeSilent);

export interface CoreQuoteRequest {
  readonly quote: QuotesPostRequest;
}

/** The core's price, checked and in FSPIOP terms. */
export interface CoreQuote {
  readonly transferAmount: Money;
  readonly payeeReceiveAmount?: Money;
  readonly payeeFspFee?: Money;
  readonly payeeFspCommission?: Money;
  /** FSPIOP DateTime; absent: we choose. */
  readonly expiration?: string;
  readonly geoCode?: GeoCode;
  readonly extensionList?: { readonly extension: readonly { key: string; value: string }[] };
  /** The core's answer as it came; goes back to it with the transfer (`quote` member of the SDK's transferRequest). */
  readonly raw: object;
}

export interface CoreTransferRequest {
  readonly transferId: string;
  readonly quote: QuotesPostRequest;
  readonly coreQuote: object;
  /** Amount of the prepare (= the quote's transferAmount). */
  readonly amount: Money;
  readonly transactionType: TransactionType;
  readonly extensionList?: { readonly extension: readonly { key: string; value: string }[] };
  /** Decoded ILP transaction object. */
  readonly transaction: object;
}

export interface CoreTransfer {
  readonly homeTransactionId?: string;
  /** A core may override the mode per transfer (SDK: `transferState`). */
  readonly transferState?: 'RESERVED' | 'COMMITTED';
  readonly completedTimestamp?: string;
  /** A fulfilment of the core's own; refused when it does not match the condition (docs/money-rules.md, 3). */
  readonly fulfilment?: string;
  readonly extensionList?: { readonly extension: readonly { key: string; value: string }[] };
}

export interface CoreTransferState {
  /** `PENDING`: it goes on there, or a person looks at it already; it is asked on, and nobody else is told. A core over HTTP says so with `personsTold`. */
  readonly transferState: 'RECEIVED' | 'PENDING' | 'RESERVED' | 'COMMITTED' | 'ABORTED';
  readonly homeTransactionId?: string;
}

/** Body of `PUT /transfers/{id}` to the core (SDK: fulfilNotification). */
export interface CoreNotification {
  readonly transferId: string;
  readonly transferState: 'COMMITTED' | 'ABORTED';
  readonly completedTimestamp: string;
  readonly homeTransactionId?: string;
  /** What the hub said besides its final word. */
  readonly extensionList?: { readonly extension: readonly { readonly key: string; readonly value: string }[] };
  /** Further members of the SDK's fulfilNotification: quote, prepare, lastError … without headers and secrets. */
  readonly context: object;
}
