import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Secret } from '@payment-manager/runtime';

/** What a file that somebody brings holds, as PEM texts, in its order. */
export interface OfferedFile {
  readonly certificates: readonly string[];
  readonly publicKeys: readonly string[];
  /** PKCS #8, without a passphrase. */
  readonly privateKeys: readonly Secret<string>[];
}

/** The file cannot be used. The message says why and what to do; it never quotes the file. */
export class FileUnusable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileUnusable';
  }
}

/** A certificate as clean PEM. @throws FileUnusable */
export function certificatePem(certificate: string | Uint8Array): string {
  try {
    return new X509Certificate(certificate).toString();
  } catch {
    throw new FileUnusable('A certificate in it cannot be read.');
  }
}

/** A public key as clean PEM. @throws FileUnusable */
export function publicKeyPem(pem: string): string {
  try {
    return pemOf(createPublicKey(pem));
  } catch {
    throw new FileUnusable('A public key in it cannot be read.');
  }
}

/** A private key as clean PEM, without a passphrase. The reader's own words are dropped: they may quote the key. @throws FileUnusable */
export function privateKeyPem(key: string | { readonly der: Uint8Array }, passphrase?: Secret<string>): Secret<string> {
  const secret = passphrase === undefined ? {} : { passphrase: passphrase.reveal() };
  try {
    const read = createPrivateKey(
      typeof key === 'string' ? { key, ...secret } : { key: Buffer.from(key.der), format: 'der', type: 'pkcs8', ...secret },
    );
    return new Secret(read.export({ type: 'pkcs8', format: 'pem' }) as string);
  } catch {
    throw new FileUnusable(
      'A private key in it cannot be read. If it has a passphrase, give the right one (PM_PASSPHRASE or --passphrase-file).',
    );
  }
}

/** SubjectPublicKeyInfo, PEM. */
export function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }) as string;
}
