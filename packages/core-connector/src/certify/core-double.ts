import type { Decimal } from '../expression/decimal.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import type { Fault } from './fault.ts';

/** A call as faults are chosen for it. */
export interface CoreCall {
  readonly name: string;
  /** Undefined: it only reads. */
  readonly effect: EffectKind | undefined;
  readonly payment: string | undefined;
  /** It has the core keep a hold for longer. */
  readonly renews?: true;
}

/** What the books of a core say. */
export interface CoreLedger {
  readonly postings: readonly LedgerEntry[];
  /** Told of each change, after it. */
  changed: (entry: LedgerEntry) => void;
  /** What is held, booked and in suspense: of a payment, or of all. */
  totals(payment?: string): Totals;
  /** Decides what was taken. */
  decide(entry: LedgerEntry, as: 'DONE' | 'REFUSED'): void;
  /** Where the books do not agree with themselves, in sentences. */
  faults(): readonly string[];
}

/** An entry of a ledger, whatever else its core keeps of it. */
export interface LedgerEntry {
  readonly kind: EffectKind;
  readonly account: string;
  readonly amount: Decimal;
  /** The payment that it is for, as far as its request says. */
  readonly payment: string | undefined;
  /** What it came to; what a hold, credit or debit came to later is `ended`. */
  readonly state: PostingState;
  readonly ended: 'CAPTURED' | 'RELEASED' | 'REVERSED' | undefined;
}

export type PostingState = 'DONE' | 'PENDING' | 'REFUSED';

/** Sums of a ledger: held for customers, booked to them, and in suspense. */
export interface Totals {
  readonly held: Decimal;
  readonly booked: Decimal;
  readonly suspense: Decimal;
}

/** A core that a connector is certified against, whatever is spoken with it: it keeps a ledger and has faults as it is told. */
export interface CoreDouble {
  readonly ledger: CoreLedger;
  /** Every call that came to the core, in order. */
  readonly calls: CoreCall[];
  /** Requests that the plan knows nothing of. */
  readonly strays: readonly string[];
  /** What was said under each key, to see that a repeat says the same. */
  readonly said: ReadonlyMap<string, ReadonlySet<string>>;
  /** The payments that there are, by their transferIds. */
  readonly payments: Set<string>;
  /** The fault of a call; undefined: none. */
  fault: (call: CoreCall) => Fault | undefined;
}

const UUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g;

/** The payment that a text names by its transferId, also where a core has no room for the hyphens. */
export function paymentIn(text: string, payments: ReadonlySet<string>): string | undefined {
  for (const found of text.match(UUID) ?? []) {
    const id = found.replace(/^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/, '$1-$2-$3-$4-$5');
    if (payments.has(id)) return id;
  }
  return undefined;
}
