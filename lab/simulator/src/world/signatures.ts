import { createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import type { Signatures } from '@payment-manager/runtime';

/** Signatures of a simulation, and the keys that they know. */
export interface SimulatedSignatures extends Signatures {
  /** A key pair under a name; the same name always signs the same. */
  keyPair(name: string): { readonly privateKey: KeyObject; readonly publicPem: string };
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

/** Real keys are random and slow to make, so that one process makes each once; nothing of a run depends on their bytes. */
const PAIRS = new Map<string, KeyPair>();
const NAMES = new Map<string, string>();
/** Which name a key object stands for; objects are made anew from PEM by each hub. */
const known = new WeakMap<KeyObject, string>();
const KEYS_MAX = 64;

/**
 * A keyed hash instead of a signature: a hundred times cheaper, and the same for the same key and bytes, where ES256 is
 * random and would make every run another one. What matters to the product stays: only the holder of the private key of that name
 * makes what verifies with its public key, and one changed bit breaks it. Real signatures are tested in `fspiop` and `runtime`.
 */
export function simulatedSignatures(): SimulatedSignatures {
  return {
    sign: (_algorithm, key, data) => Promise.resolve(digest(nameOf(key), data)),
    verify: (_algorithm, key, data, signature) => Promise.resolve(digest(nameOf(key), data).equals(signature)),
    keyPair,
  };
}

function keyPair(name: string): KeyPair {
  const made = PAIRS.get(name);
  if (made !== undefined) return made;
  if (PAIRS.size >= KEYS_MAX) throw new RangeError(`a simulation has at most ${KEYS_MAX} keys`);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pair = { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
  PAIRS.set(name, pair);
  NAMES.set(pair.publicPem, name);
  return pair;
}

function nameOf(key: KeyObject): string {
  const name = known.get(key);
  if (name !== undefined) return name;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const found = NAMES.get(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  if (found === undefined) throw new RangeError('a key that no simulation has made');
  known.set(key, found);
  return found;
}

function digest(name: string, data: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), data]), 'buffer');
}
