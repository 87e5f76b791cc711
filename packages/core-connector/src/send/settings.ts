import type { Restored } from '@payment-manager/mojaloop-connector/core-client';

/** What the flow knows besides its records. Milliseconds. */
export interface SendSettings {
  /** How far clocks may differ. */
  readonly clockSkewMs: number;
  /** So long after the price expires a person is told that nobody says how it ended. Absent: whoever drives the payment tells one. */
  readonly tellAfterMs?: number;
  /** Absent: the journal cannot have been put back. */
  readonly restored?: Restored;
}

/** A price is waited for so long. */
export const PRICE_MS = 180_000;
/** Beyond its expiration an offer is refused for so long, then it is left alone: nobody accepts it any more. */
export const REJECT_MS = 60_000;
