import type { KeyObject } from 'node:crypto';
import { describeKey, fingerprintOf, spkiOf } from './key-material.ts';
import { stepTo } from './key-state.ts';
import { type Issued, moved, type Ring, type RingKey, stateOf } from './ring.ts';
import { type Offered, offered } from './trust-ring.ts';

/** Under which id of `hub-client` the keys lie for which our CA has signed. */
export const ISSUED_TO = 'hub';

/** Whose signatures these are; all of one origin, so that two keys may overlap. */
const ORIGIN = 'our CA';
/** Of one key; a key is signed for again at each renewal, and older certificates have ended. */
const ISSUED_KEPT = 30;
/** Beside the key in use: the hub presents what it had before until its operator acts. */
const RETIRING_KEPT = 1;

/** A ring after a signature for this key. @throws VaultError `VAULT_KEY_UNSUITABLE` when the key is compromised */
export function withIssued(ring: Ring, publicKey: KeyObject, issued: Issued, isCompromised: (key: Offered) => boolean): Ring {
  const { at, reference } = issued;
  const doing = { by: 'our CA', why: reference };
  const offer = { id: fingerprintOf(publicKey), algorithm: describeKey(publicKey), publicKey: spkiOf(publicKey) };
  const { ring: fresh } = offered(ring, [offer], ORIGIN, stepTo('active', at, doing), isCompromised);
  const recorded = fresh.map((key) =>
    key.id === offer.id ? { ...key, issued: [...(key.issued ?? []), issued].slice(-ISSUED_KEPT) } : key,
  );
  return withoutOlder(recorded, at);
}

/** Of those that retire only the last ones stay trusted. */
function withoutOlder(ring: Ring, at: number): Ring {
  const since = (key: RingKey): number => key.history.at(-1)?.at ?? 0;
  const retiring = ring.filter((key) => stateOf(key) === 'retiring').toSorted((one, other) => since(other) - since(one));
  const step = stepTo('destroyed', at, { by: 'our CA', why: 'newer keys are signed for' });
  return retiring.slice(RETIRING_KEPT).reduce((fresh, { id }) => moved(fresh, 'other', id, step), ring);
}
