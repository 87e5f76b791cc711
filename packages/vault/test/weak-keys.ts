import { createPublicKey, generateKeyPairSync } from 'node:crypto';

/** A public key (PEM) of 2,048 bits under which everybody can sign: its exponent is 1. */
export function keyWithExponentOne(): string {
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' });
  return createPublicKey({ key: { kty: 'RSA', n, e: 'AQ' }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string;
}

/** A private key (PEM) of RSA with so many bits. */
export function rsaPrivateKey(modulusLength: number, publicExponent = 65_537): string {
  return generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}
