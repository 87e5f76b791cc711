import type { KeyObject } from 'node:crypto';

/** The public keys of the other participants. */
export interface PeerKeys {
  /** Keys that verify now: one, or two during an overlap. Empty: nobody we know. */
  keysOf(fspId: string): readonly KeyObject[];
  /** Fetches the peer's keys anew (single flight, rate limited). True when they changed. */
  refresh(fspId: string): Promise<boolean>;
}
