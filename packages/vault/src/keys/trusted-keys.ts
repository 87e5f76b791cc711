import type { Clock } from '@payment-manager/runtime';
import type { Entries } from '../entries.ts';
import { type EntryName, pathOf, type TrustPurpose } from '../names.ts';
import { VaultError } from '../vault-error.ts';
import { readCertificates } from '../x509/chain.ts';
import { oneLine } from '../x509/one-line.ts';
import { describeKey, fingerprintOf, readPublicKey, shortHash, spkiOf } from './key-material.ts';
import { type KeyRecord, recordOf } from './key-record.ts';
import { type Doing, type KeyState, stepTo } from './key-state.ts';
import { moved, type Ring, stateOf } from './ring.ts';
import { decodeRing, encodeRing } from './ring-text.ts';
import { type Offered, offered, trustedIn } from './trust-ring.ts';

/** Others' keys and certificates in one environment. All methods reject with VaultError. */
export interface TrustedKeys {
  /**
   * What `id` presents now, as PEM texts: for `hub-ca` CA certificates (a text may hold several), for `peer-jws` public keys. What
   * it presented before retires, and stays trusted until `move` ends that; the same again changes nothing. `origin` says who told it:
   * keys of two origins never overlap. Resolves with the ids that were refused because they had been compromised.
   *
   * Rejects, and leaves what was trusted, when a text cannot be read, a key is weak, or nothing is left: `VAULT_KEY_UNSUITABLE`,
   * `VAULT_CHAIN_INVALID`.
   */
  present(purpose: TrustPurpose, id: string, pems: readonly string[], origin: string, doing: Doing): Promise<readonly string[]>;
  /** What may be trusted now: in use first, then retiring. */
  trusted(purpose: TrustPurpose, id: string): Promise<readonly KeyRecord[]>;
  /** All that is known, oldest first. */
  list(purpose: TrustPurpose, id: string): Promise<readonly KeyRecord[]>;
  /** Ends trust in one key: `destroyed` when its overlap is over, `compromised` at once and for ever; or lets it retire. */
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
}

/** Others' keys over entries; for `openVault`. */
export function openTrustedKeys(environment: string, entries: Entries, clock: Pick<Clock, 'now'>): TrustedKeys {
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
  return {
    async present(purpose, id, pems, origin, doing) {
      const offer = pems.flatMap(purpose === 'hub-ca' ? certificatesOf : publicKeyOf);
      let refused: readonly string[] = [];
      await change(purpose, id, (ring) => {
        const after = offered(ring, offer, origin, stepTo('active', clock.now(), doing));
        refused = after.refused;
        return after.ring;
      });
      return refused;
    },
    async trusted(purpose, id) {
      return trustedIn(await ringOf(purpose, id)).map((key) => recordOf(nameOf(purpose, id), key));
    },
    async list(purpose, id) {
      return (await ringOf(purpose, id)).map((key) => recordOf(nameOf(purpose, id), key));
    },
    move(purpose, id, keyId, state, doing) {
      return change(purpose, id, (ring) => moved(ring, 'other', keyId, stepTo(state, clock.now(), doing)));
    },
    distrust(purpose, id, doing) {
      return change(purpose, id, (ring) => {
        const step = stepTo('destroyed', clock.now(), doing);
        return ring
          .filter((key) => !['destroyed', 'compromised'].includes(stateOf(key)))
          .reduce((fresh, key) => moved(fresh, 'other', key.id, step), ring);
      });
    },
    async ids(purpose) {
      const found: string[] = [];
      for (const name of await entries.list()) {
        if (name.environment !== environment || name.purpose !== purpose) continue;
        if (trustedIn(decodeRing(await entries.read(name), pathOf(name))).length > 0) found.push(name.id);
      }
      return found;
    },
  };
}

/** Each certificate must be a CA's: what is trusted here may vouch for others. */
function certificatesOf(pem: string): Offered[] {
  return readCertificates(pem).map((certificate) => {
    if (!certificate.ca)
      throw new VaultError(
        'VAULT_CHAIN_INVALID',
        `The certificate for ${oneLine(certificate.subject)} is not that of a CA; it cannot vouch for others.`,
      );
    const { publicKey, raw } = certificate;
    return { id: shortHash(raw), algorithm: describeKey(publicKey), publicKey: spkiOf(publicKey), chain: [certificate.toString()] };
  });
}

function publicKeyOf(pem: string): Offered[] {
  const key = readPublicKey(pem);
  const algorithm = describeKey(key);
  const strong = algorithm === 'EC-P256' || (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048);
  if (!strong)
    throw new VaultError('VAULT_KEY_UNSUITABLE', `The public key is ${algorithm}; it must be RSA of at least 2048 bits, or EC on P-256.`);
  return [{ id: fingerprintOf(key), algorithm, publicKey: spkiOf(key) }];
}
