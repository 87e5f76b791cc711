import { VaultError } from '../vault-error.ts';
import type { KeyStep } from './key-state.ts';
import { moved, type Ring, type RingKey, stateOf, wasCompromised, withoutOld } from './ring.ts';

/** A key or certificate that its owner offers, before it has a history here. */
export type Offered = Omit<RingKey, 'history'>;

/** A ring after an offer, and the ids of offered keys that were refused because their public key had been compromised. */
export interface AfterOffer {
  readonly ring: Ring;
  readonly refused: readonly string[];
}

/**
 * Makes what is offered the whole of what is in use. What was in use before and is not offered any more retires, and is trusted until
 * somebody ends that; but keys overlap only as successive values of one origin (docs/money-rules.md, 5): what came from elsewhere is
 * destroyed at once. What was compromised is refused for ever. The same offer again changes nothing and returns the same ring.
 *
 * @param isCompromised Whether the public key of what is offered was reported as compromised, here or elsewhere.
 *
 * @throws VaultError `VAULT_KEY_UNSUITABLE` when nothing of the offer may be used; then nothing changes.
 */
export function offered(
  ring: Ring,
  offer: readonly Offered[],
  origin: string,
  step: Omit<KeyStep, 'state'>,
  isCompromised: (key: Offered) => boolean,
): AfterOffer {
  const refused = offer
    .filter((key) => isCompromised(key) || ring.some((one) => one.publicKey === key.publicKey && wasCompromised(one)))
    .map(({ id }) => id);
  const wanted = new Map(offer.filter(({ id }) => !refused.includes(id)).map((key) => [key.id, key]));
  if (wanted.size === 0)
    throw new VaultError('VAULT_KEY_UNSUITABLE', 'Nothing is offered that may be trusted; what was trusted before stays.');
  let fresh: Ring = ring;
  for (const key of ring) {
    const state = stateOf(key);
    if (wanted.has(key.id)) {
      if (state !== 'active') fresh = moved(fresh, 'other', key.id, { ...step, state: 'active' });
      if (key.origin !== origin) fresh = fresh.map((one) => (one.id === key.id ? { ...one, origin } : one));
    } else if (state === 'active' || state === 'retiring') {
      if (key.origin !== origin) fresh = moved(fresh, 'other', key.id, { ...step, state: 'destroyed', why: `another origin: ${step.why}` });
      else if (state === 'active') fresh = moved(fresh, 'other', key.id, { ...step, state: 'retiring' });
    }
  }
  const added = [...wanted.values()].filter(({ id }) => !ring.some((key) => key.id === id));
  if (added.length > 0)
    fresh = [...withoutOld(fresh), ...added.map((key) => ({ ...key, origin, history: [{ ...step, state: 'active' as const }] }))];
  return { ring: fresh, refused };
}

/** What may be trusted: what is in use first, then what retires. */
export function trustedIn(ring: Ring): readonly RingKey[] {
  const inState = (state: string): RingKey[] => ring.filter((key) => stateOf(key) === state && !wasCompromised(key));
  return [...inState('active'), ...inState('retiring')];
}
