import { type KeyObject, X509Certificate } from 'node:crypto';
import { strictPem, weaknessOfCertificate } from '@payment-manager/runtime';
import { fingerprintOf } from '../keys/key-material.ts';
import { VaultError } from '../vault-error.ts';
import { oneLine } from './one-line.ts';

const LONGEST_CHAIN = 8;

/**
 * Reads certificates out of a PEM text, in its order.
 *
 * @throws VaultError `VAULT_CHAIN_INVALID` when there is none, or one that cannot be read.
 */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw invalid('it holds no PEM certificate (-----BEGIN CERTIFICATE-----)');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(strictPem(block, 'CERTIFICATE') ?? '');
    } catch {
      throw invalid(`its certificate number ${index + 1} cannot be read`);
    }
  });
}

/**
 * The chain of a key out of a bundle in any order: the certificate of the key first, then each issuer. What is not part of the chain
 * is refused: it would be sent to every peer, and nobody would know why.
 *
 * @returns PEM texts.
 * @throws VaultError `VAULT_CHAIN_INVALID`
 */
export function orderedChain(pem: string, publicKey: KeyObject): string[] {
  const certificates = readCertificates(pem);
  if (certificates.length > LONGEST_CHAIN) throw invalid(`it has ${certificates.length} certificates; ${LONGEST_CHAIN} is the limit`);
  // no KeyObject.equals: of keys of two kinds it leaves an error behind, with which the next reading of a private key fails (OpenSSL)
  const wanted = fingerprintOf(publicKey);
  const leaf = certificates.find((one) => fingerprintOf(one.publicKey) === wanted);
  if (!leaf) throw invalid('none of its certificates is for this key. The request of another key may have been signed; ask with this one');
  const chain = [leaf];
  for (let last = leaf; ; ) {
    const issuer = certificates.find((one) => !chain.includes(one) && issued(one, last));
    if (!issuer) break;
    chain.push(issuer);
    last = issuer;
  }
  const left = certificates.find((one) => !chain.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256));
  if (left) throw invalid(`the certificate for ${oneLine(left.subject)} is not an issuer in it. Give the certificate and its issuers only`);
  for (const one of chain) {
    const weakness = weaknessOfCertificate(one);
    if (weakness !== undefined) throw invalid(`the certificate for ${oneLine(one.subject)} ${weakness}`);
  }
  return chain.map((one) => one.toString());
}

/** Whether `issuer` signed `certificate`, by name and by signature. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function invalid(why: string): VaultError {
  return new VaultError('VAULT_CHAIN_INVALID', `The certificate chain cannot be used: ${why}.`);
}
