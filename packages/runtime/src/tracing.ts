/** A change of a payment's record, as whoever traces payments wants to know it: words of ours and ids, nothing about persons. */
export interface TracedChange {
  readonly recordId: string;
  /** Which flow the record belongs to: `payer`, `payee`, `send`, `core`. */
  readonly flow: string;
  /** The transferId, as soon as there is one. */
  readonly label: string;
  /** `traceparent` (W3C) of the request that the record came from; undefined: it bore none. */
  readonly trace: string | undefined;
  readonly open: boolean;
  readonly events: readonly { readonly type: string; readonly at: number }[];
}

/**
 * One trace for each payment: its records are spans, and their events are spans below them. Nothing in a payment waits for it, and where it is
 * switched off it is not there.
 */
export interface Tracing {
  /** A change that was stored. Notes it, and returns at once. */
  changed(change: TracedChange): void;
  /** The span of a record, 16 hexadecimal digits: what is sent for it bears it, so that the other side's spans are below it. */
  spanOf(recordId: string): string;
  /** A `traceparent` for a payment whose caller gave none. */
  begin(): string;
}
