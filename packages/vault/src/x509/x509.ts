import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import type { KeyAlgorithm } from '../keys/ring.ts';

export type X509 = typeof import('@peculiar/x509');

let loading: Promise<X509> | undefined;

/** The library that writes certificates and requests: some 12 MB that a process needs a few times a year, so it is loaded when used. */
export function loadX509(): Promise<X509> {
  loading ??= load();
  return loading;
}

async function load(): Promise<X509> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as Crypto);
  return x509;
}

/** SHA-256 signatures: what schemes' servers accept (`sha256WithRSAEncryption`), and what everybody verifies. */
export function signingAlgorithm(algorithm: KeyAlgorithm) {
  return algorithm === 'EC-P256'
    ? ({ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const)
    : ({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const);
}

/** A key pair as the library wants it. The keys cannot be exported again. */
export function cryptoKeys(privateKeyPem: string, algorithm: KeyAlgorithm): { privateKey: CryptoKey; publicKey: CryptoKey } {
  const key = createPrivateKey(privateKeyPem);
  return { privateKey: imported(key, algorithm, 'sign', false), publicKey: imported(createPublicKey(key), algorithm, 'verify', true) };
}

function imported(key: KeyObject, algorithm: KeyAlgorithm, usage: 'sign' | 'verify', extractable: boolean): CryptoKey {
  return key.toCryptoKey(signingAlgorithm(algorithm), extractable, [usage]) as CryptoKey;
}
