import { type Clock, weaknessOf, weaknessOfCertificate } from '@payment-manager/runtime';
import type { Entries } from '../entries.ts';
import { type EntryName, pathOf, type TrustPurpose } from '../names.ts';
import { VaultError } from '../vault-error.ts';
import { readCertificates } from '../x509/chain.ts';
import { oneLine } from '../x509/one-line.ts';
import { type CompromisedKeys, publicKeyId } from './compromised-keys.ts';
import { ISSUED_TO, withIssued } from './issued-keys.ts';
import { describeKey, fingerprintOf, readPublicKey, shortHash, spkiOf } from './key-material.ts';
import { type KeyRecord, recordOf } from './key-record.ts';
import { type Doing, type KeyState, type KeyStep, stepTo } from './key-state.ts';
import { keyOf, moved, type Ring, type RingKey, stateOf, wasCompromised } from './ring.ts';
import { decodeRing, encodeRing } from './ring-text.ts';
import { type Offered, offered, trustedIn } from './trust-ring.ts';

/** Others' keys and certificates in one environment. All methods reject with VaultError. */
export interface TrustedKeys {
  /**
   * What `id` presents now, as PEM texts: for `hub-ca` CA certificates (a text may hold several), for `peer-jws` public keys; not for
   * `hub-client`, see `recordIssued`. What
   * it presented before retires, and stays trusted until `move` ends that; the same again changes nothing. `origin` says who told it:
   * keys of two origins never overlap. Resolves with the ids that were refused because they had been compromised.
   *
   * Rejects, and leaves what was trusted, when a text cannot be read, a key is weak, or nothing is left: `VAULT_KEY_UNSUITABLE`,
   * `VAULT_CHAIN_INVALID`.
   */
  present(purpose: TrustPurpose, id: string, pems: readonly string[], origin: string, doing: Doing): Promise<readonly string[]>;
  /** What may be trusted now: in use first, then retiring. */
  trusted(purpose: TrustPurpose, id: string): Promise<readonly KeyRecord[]>;
  /** Everybody who has keys here that may be trusted, each with them, as `trusted` has them. */
  everybody(purpose: TrustPurpose): Promise<ReadonlyMap<string, readonly KeyRecord[]>>;
  /** All that is known, oldest first. */
  list(purpose: TrustPurpose, id: string): Promise<readonly KeyRecord[]>;
  /**
   * Ends trust in one key: `destroyed` when its overlap is over, `compromised` at once and for ever; or lets it retire. A compromised key
   * takes along everything in this environment that has the same public key.
   */
  move(
    purpose: TrustPurpose,
    id: string,
    keyId: string,
    state: Extract<KeyState, 'retiring' | 'destroyed' | 'compromised'>,
    doing: Doing,
  ): Promise<void>;
  /** Ends trust in all keys of one that is gone, such as a peer that left the scheme. */
  distrust(purpose: TrustPurpose, id: string, doing: Doing): Promise<void>;
  /** Who has keys here that may be trusted. */
  ids(purpose: TrustPurpose): Promise<readonly string[]>;
  /**
   * Keeps that our CA has signed a certificate (PEM) for the hub: its serial number, key and times. That key is in use from now on (`hub-client`,
   * `hub`), the one before it retires, and older ones are trusted no more.
   */
  recordIssued(certificate: string, reference: string): Promise<void>;
  /** Whether this public key (`keyIdOf`) was reported as compromised, whoever's it was: as far as this process has seen. */
  isCompromised(keyId: string): boolean;
}

/** Others' keys over entries; for `openVault`. */
export function openTrustedKeys(
  environment: string,
  entries: Entries,
  clock: Pick<Clock, 'now'>,
  compromised: Pick<CompromisedKeys, 'has'>,
): TrustedKeys {
  const isDead = (key: Pick<RingKey, 'publicKey'>): boolean => compromised.has(environment, publicKeyId(key));
  const trustedOf = (ring: Ring): readonly RingKey[] => trustedIn(ring).filter((key) => !isDead(key));
  const nameOf = (purpose: TrustPurpose, id: string): EntryName => ({ environment, purpose, id });
  const ringOf = async (purpose: TrustPurpose, id: string): Promise<Ring> => {
    const name = nameOf(purpose, id);
    return decodeRing(await entries.read(name), pathOf(name));
  };
  const change = (purpose: TrustPurpose, id: string, next: (ring: Ring) => Ring): Promise<void> => {
    const name = nameOf(purpose, id);
    return entries.change(name, (body) => {
      const ring = decodeRing(body, pathOf(name));
      const fresh = next(ring);
      return fresh === ring ? undefined : encodeRing(fresh);
    });
  };
  const everybody = async (purpose: TrustPurpose): Promise<ReadonlyMap<string, readonly KeyRecord[]>> => {
    const found = new Map<string, readonly KeyRecord[]>();
    for (const id of await entries.ids(environment, purpose)) {
      const keys = trustedOf(await ringOf(purpose, id));
      if (keys.length > 0)
        found.set(
          id,
          keys.map((key) => recordOf(nameOf(purpose, id), key)),
        );
    }
    return found;
  };
  return {
    async present(purpose, id, pems, origin, doing) {
      const offer = pems.flatMap(purpose === 'hub-ca' ? certificatesOf : publicKeyOf);
      let refused: readonly string[] = [];
      await change(purpose, id, (ring) => {
        const after = offered(ring, offer, origin, stepTo('active', clock.now(), doing), isDead);
        refused = after.refused;
        return after.ring;
      });
      return refused;
    },
    async trusted(purpose, id) {
      return trustedOf(await ringOf(purpose, id)).map((key) => recordOf(nameOf(purpose, id), key));
    },
    async list(purpose, id) {
      return (await ringOf(purpose, id)).map((key) => recordOf(nameOf(purpose, id), key));
    },
    move(purpose, id, keyId, state, doing) {
      const step = stepTo(state, clock.now(), doing);
      return change(purpose, id, (ring) =>
        state === 'compromised' ? withCompromised(ring, keyId, step) : moved(ring, 'other', keyId, step),
      );
    },
    distrust(purpose, id, doing) {
      return change(purpose, id, (ring) => {
        const step = stepTo('destroyed', clock.now(), doing);
        return ring
          .filter((key) => !['destroyed', 'compromised'].includes(stateOf(key)))
          .reduce((fresh, key) => moved(fresh, 'other', key.id, step), ring);
      });
    },
    everybody,
    ids: async (purpose) => [...(await everybody(purpose)).keys()],
    recordIssued(pem, reference) {
      const [certificate] = readCertificates(pem);
      if (certificate === undefined) throw new VaultError('VAULT_CHAIN_INVALID', 'There is no certificate to be recorded.');
      return change('hub-client', ISSUED_TO, (ring) => {
        const issued = { serial: certificate.serialNumber, at: clock.now(), until: certificate.validToDate.getTime(), reference };
        return withIssued(ring, certificate.publicKey, issued, isDead);
      });
    },
    isCompromised: (keyId) => compromised.has(environment, keyId),
  };
}

/** The key, and every other entry of the ring with the same public key. */
function withCompromised(ring: Ring, keyId: string, step: KeyStep): Ring {
  const { publicKey } = keyOf(ring, keyId);
  const others = ring.filter((key) => key.id !== keyId && key.publicKey === publicKey && !wasCompromised(key));
  return others.reduce((fresh, { id }) => moved(fresh, 'other', id, step), moved(ring, 'other', keyId, step));
}

/** Each certificate must be a CA's: what is trusted here may vouch for others. */
function certificatesOf(pem: string): Offered[] {
  return readCertificates(pem).map((certificate) => {
    if (!certificate.ca)
      throw new VaultError(
        'VAULT_CHAIN_INVALID',
        `The certificate for ${oneLine(certificate.subject)} is not that of a CA; it cannot vouch for others.`,
      );
    const weakness = weaknessOfCertificate(certificate);
    if (weakness !== undefined)
      throw new VaultError('VAULT_CHAIN_INVALID', `The certificate for ${oneLine(certificate.subject)} ${weakness}.`);
    const { publicKey, raw } = certificate;
    return { id: shortHash(raw), algorithm: describeKey(publicKey), publicKey: spkiOf(publicKey), chain: [certificate.toString()] };
  });
}

function publicKeyOf(pem: string): Offered[] {
  const key = readPublicKey(pem);
  const algorithm = describeKey(key);
  const weakness = weaknessOf(key);
  if (weakness !== undefined) throw new VaultError('VAULT_KEY_UNSUITABLE', `The public key ${weakness}.`);
  if (key.asymmetricKeyType === 'ec' && algorithm !== 'EC-P256')
    throw new VaultError(
      'VAULT_KEY_UNSUITABLE',
      `The public key is ${algorithm}; signatures of messages are made with RSA, or EC on P-256.`,
    );
  return [{ id: fingerprintOf(key), algorithm, publicKey: spkiOf(key) }];
}
