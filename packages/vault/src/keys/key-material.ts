import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { strictPem, weaknessOf } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import type { KeyAlgorithm } from './ring.ts';

const generate = promisify(generateKeyPair);
const RSA_BITS: Readonly<Partial<Record<KeyAlgorithm, number>>> = { 'RSA-2048': 2048, 'RSA-3072': 3072, 'RSA-4096': 4096 };

/** A key pair as PEM. */
export interface KeyMaterial {
  readonly algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** PKCS #8. */
  readonly privateKey: string;
}

/** Makes a key pair on the thread pool; an RSA key of 4096 bits takes a second or several. */
export async function generateKey(algorithm: KeyAlgorithm): Promise<KeyMaterial> {
  const bits = RSA_BITS[algorithm];
  const { publicKey, privateKey } =
    bits === undefined
      ? await generate('ec', { namedCurve: 'P-256' })
      : await generate('rsa', { modulusLength: bits, publicExponent: 65_537 });
  return { algorithm, publicKey: spkiOf(publicKey), privateKey: pkcs8Of(privateKey) };
}

/**
 * Reads a private key that somebody brings: PEM without a passphrase.
 *
 * @throws VaultError `VAULT_KEY_UNSUITABLE`; never with the reader's own words, which may quote the key.
 */
export function importKey(pem: string): KeyMaterial {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new VaultError(
      'VAULT_KEY_UNSUITABLE',
      'This is not a private key that can be read. It must be PEM (PKCS #8 is best) without a passphrase.',
    );
  }
  const publicKey = createPublicKey(key);
  return { algorithm: algorithmOf(publicKey), publicKey: spkiOf(publicKey), privateKey: pkcs8Of(key) };
}

/** @throws VaultError `VAULT_KEY_UNSUITABLE` for whatever is neither RSA of 2048, 3072 or 4096 bits (see `weaknessOf`) nor EC on P-256. */
export function algorithmOf(key: KeyObject): KeyAlgorithm {
  const [found, weakness] = [describeKey(key), weaknessOf(key)];
  const isOurs = Object.hasOwn(RSA_BITS, found) || found === 'EC-P256';
  if (isOurs && weakness !== undefined) throw new VaultError('VAULT_KEY_UNSUITABLE', `The key ${weakness}.`);
  if (isOurs) return found as KeyAlgorithm;
  throw new VaultError('VAULT_KEY_UNSUITABLE', `The key is ${found}; it must be RSA with 2048, 3072 or 4096 bits, or EC on P-256.`);
}

/** What kind of key it is: `RSA-2048`, `EC-secp384r1`, `ed25519`, … */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return `RSA-${modulusLength}`;
  if (namedCurve !== undefined) return namedCurve === 'prime256v1' ? 'EC-P256' : `EC-${namedCurve}`;
  return key.asymmetricKeyType ?? 'unknown';
}

/** Reads a public key. @throws VaultError `VAULT_KEY_UNSUITABLE` */
export function readPublicKey(pem: string): KeyObject {
  const block = strictPem(pem, 'PUBLIC KEY', 'RSA PUBLIC KEY');
  if (block === undefined)
    throw new VaultError('VAULT_KEY_UNSUITABLE', 'This is not a public key: it must be one PEM block (-----BEGIN PUBLIC KEY-----).');
  try {
    return createPublicKey(block);
  } catch {
    throw new VaultError('VAULT_KEY_UNSUITABLE', 'This public key cannot be read. It must be PEM (-----BEGIN PUBLIC KEY-----).');
  }
}

/** A public key as PEM (SubjectPublicKeyInfo). */
export function spkiOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }) as string;
}

function pkcs8Of(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** The id of a key: the first 32 hexadecimal digits of the SHA-256 of its public part (DER). */
export function fingerprintOf(key: KeyObject): string {
  return shortHash(key.export({ type: 'spki', format: 'der' }));
}

/** The first 32 hexadecimal digits of the SHA-256. */
export function shortHash(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex').slice(0, 32);
}
