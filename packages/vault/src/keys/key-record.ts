import type { EntryName, Purpose } from '../names.ts';
import type { KeyState, KeyStep } from './key-state.ts';
import { type Issued, presentOf, type RingKey } from './ring.ts';

/** What may be known of a key: everything but its private part. */
export interface KeyRecord {
  readonly environment: string;
  readonly purpose: Purpose;
  readonly id: string;
  /** `RSA-2048`, `EC-P256`, … */
  readonly algorithm: string;
  /** PEM. */
  readonly publicKey: string;
  readonly state: KeyState;
  /** Since when it is in that state, milliseconds since the epoch. */
  readonly since: number;
  /** Every step with who and why, oldest first. */
  readonly history: readonly KeyStep[];
  /** Whether its private part lies in an HSM. */
  readonly inHsm: boolean;
  /** PEM. */
  readonly request?: string;
  /** PEM, its own certificate first. */
  readonly chain?: readonly string[];
  readonly origin?: string;
  /** What our CA has signed for it, oldest first. */
  readonly issued?: readonly Issued[];
}

/** The record of a stored key. Named member by member, so that nothing else can slip out. */
export function recordOf({ environment, purpose }: EntryName, key: RingKey): KeyRecord {
  const { state, at } = presentOf(key);
  return {
    environment,
    purpose,
    id: key.id,
    algorithm: key.algorithm,
    publicKey: key.publicKey,
    state,
    since: at,
    history: key.history,
    inHsm: key.held !== undefined,
    ...(key.request === undefined ? {} : { request: key.request }),
    ...(key.chain === undefined ? {} : { chain: key.chain }),
    ...(key.origin === undefined ? {} : { origin: key.origin }),
    ...(key.issued === undefined ? {} : { issued: key.issued }),
  };
}
