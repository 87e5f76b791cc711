import { VaultError } from '../vault-error.ts';
import { type KeyOwner, type KeyState, type KeyStep, mayBecome } from './key-state.ts';

/** What a key can be. RSA for JWS; TLS and CAs also EC. */
export type KeyAlgorithm = 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'EC-P256';

/** A key with all that belongs to it, as it is stored. */
export interface RingKey {
  /** Fingerprint, see `fingerprintOf`; of a trusted certificate, that of the certificate. */
  readonly id: string;
  /** Of our own keys a `KeyAlgorithm`; others may have something else, as `describeKey` says it. */
  readonly algorithm: string;
  /** PEM (SubjectPublicKeyInfo). */
  readonly publicKey: string;
  /** PEM (PKCS #8). Absent: destroyed, held by an HSM or a PKI engine, or somebody else's. */
  readonly privateKey?: string;
  /** What its HSM calls it. */
  readonly held?: string;
  /** PEM: the last certificate request that was made with it. */
  readonly request?: string;
  /** PEM, its certificate first. */
  readonly chain?: readonly string[];
  /** PEM, of a CA: its key certified by the CA that was in use when it was made, see `OwnAuthority.create`. */
  readonly crossed?: string;
  /** Where somebody else's key came from, such as a Connection Manager's URL; of a CA of ours, the PKI engine that keeps its key. */
  readonly origin?: string;
  /** Of somebody whose requests our CA signs: what was signed for this key, oldest first. */
  readonly issued?: readonly Issued[];
  /** Never empty; the last step is the present. */
  readonly history: readonly KeyStep[];
}

/** A certificate that our CA has signed. */
export interface Issued {
  /** Hexadecimal, as in the certificate. */
  readonly serial: string;
  /** When it was signed, and when it ends; milliseconds since the epoch. */
  readonly at: number;
  readonly until: number;
  /** What it was for. */
  readonly reference: string;
}

/** The keys of one entry, oldest first. */
export type Ring = readonly RingKey[];

/** Of destroyed keys only so many are remembered. */
const DESTROYED_KEPT = 30;

/** The state of a key now, and since when. */
export function presentOf(key: RingKey): KeyStep {
  return key.history.at(-1) as KeyStep;
}

/** The state of a key now. */
export function stateOf(key: RingKey): KeyState {
  return presentOf(key).state;
}

/** Whether it is compromised, or was before it was destroyed. */
export function wasCompromised(key: RingKey): boolean {
  return key.history.some(({ state }) => state === 'compromised');
}

/** @throws VaultError `VAULT_NO_KEY` */
export function keyOf(ring: Ring, id: string): RingKey {
  const key = ring.find((one) => one.id === id);
  if (!key) throw new VaultError('VAULT_NO_KEY', `There is no key ${id} here.`);
  return key;
}

/** The key of our own that is in use; there is one at most. */
export function activeOf(ring: Ring): RingKey | undefined {
  return ring.find((key) => stateOf(key) === 'active');
}

/** Adds a key. @throws VaultError `VAULT_KEY_UNSUITABLE` when it is there, or was. */
export function withKey(ring: Ring, key: RingKey): Ring {
  if (ring.some(({ id }) => id === key.id))
    throw new VaultError('VAULT_KEY_UNSUITABLE', `The key ${key.id} is or was in the vault already.`);
  return [...withoutOld(ring), key];
}

/** Without the oldest of many destroyed keys, so that an entry does not grow for ever; compromised ones are never forgotten. */
export function withoutOld(ring: Ring): Ring {
  const forgettable = ring.filter((key) => stateOf(key) === 'destroyed' && !wasCompromised(key));
  const forgotten = new Set(forgettable.slice(0, Math.max(0, forgettable.length - DESTROYED_KEPT)));
  return ring.filter((key) => !forgotten.has(key));
}

/** Changes one key. */
export function changed(ring: Ring, id: string, change: (key: RingKey) => RingKey): Ring {
  const old = keyOf(ring, id);
  const fresh = change(old);
  return ring.map((key) => (key === old ? fresh : key));
}

/**
 * Takes a key to its next state. Destroying takes its private part away.
 *
 * @throws VaultError `VAULT_KEY_STATE` when that is no legal step.
 */
export function moved(ring: Ring, owner: KeyOwner, id: string, step: KeyStep): Ring {
  return changed(ring, id, (key) => {
    const from = stateOf(key);
    const twice = owner === 'own' && key.history.some(({ state }) => state === step.state);
    if (!mayBecome(owner, from, step.state) || twice || (owner === 'other' && wasCompromised(key)))
      throw new VaultError('VAULT_KEY_STATE', `The key ${id} is ${from} and cannot become ${step.state}.`);
    const history = [...key.history, step].slice(-20);
    const { privateKey: _, held: __, ...open } = key;
    return step.state === 'destroyed' ? { ...open, history } : { ...key, history };
  });
}

/**
 * Puts a key of our own in use; the one that was in use retires in the same step.
 *
 * @throws VaultError `VAULT_KEY_STATE`
 */
export function activated(ring: Ring, id: string, step: Omit<KeyStep, 'state'>): Ring {
  const before = activeOf(ring);
  if (before?.id === id) return ring;
  const retired = before ? moved(ring, 'own', before.id, { ...step, state: 'retiring', why: `${id} is in use: ${step.why}` }) : ring;
  return moved(retired, 'own', id, { ...step, state: 'active' });
}
