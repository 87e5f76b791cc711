import { strictPem } from '@payment-manager/runtime';
import type { JsonGeneralName, Pkcs10CertificateRequest } from '@peculiar/x509';
import { algorithmOf, readPublicKey } from '../keys/key-material.ts';
import type { KeyAlgorithm } from '../keys/ring.ts';
import { VaultError } from '../vault-error.ts';
import { type AlternativeNames, generalNames, type Subject, subjectName } from './subject.ts';
import { cryptoKeys, loadX509, signingAlgorithm, type X509 } from './x509.ts';

/** What a certificate is used for. */
export type CertificateUsage = 'client' | 'server';

/** What to ask a CA for. */
export interface RequestOrder {
  readonly usage: CertificateUsage;
  readonly subject: Subject;
  /** A server needs at least one, for clients compare nothing else with the host that they called. */
  readonly names?: AlternativeNames;
}

/**
 * A certificate request (PKCS #10, PEM), signed by the key that it is for.
 *
 * @throws VaultError `VAULT_REQUEST_INVALID`
 */
export async function createRequest(privateKey: string, algorithm: KeyAlgorithm, order: RequestOrder): Promise<string> {
  const name = subjectName(order.subject);
  const names = generalNames(order.names ?? {});
  if (order.usage === 'server' && names.length === 0)
    throw new VaultError('VAULT_REQUEST_INVALID', 'A server needs a host name or IP address under which it is called (names).');
  const x509 = await loadX509();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys: cryptoKeys(privateKey, algorithm),
    signingAlgorithm: signingAlgorithm(algorithm),
    extensions: [...usageExtensions(x509, order.usage, algorithm), ...nameExtensions(x509, names)],
  });
  return request.toString('pem');
}

/** Key usage and extended key usage for TLS (RFC 5280 4.2.1.3 and 4.2.1.12). With RSA, TLS 1.2 may also encipher keys. */
export function usageExtensions(x509: X509, usage: CertificateUsage, algorithm: KeyAlgorithm) {
  const flags = x509.KeyUsageFlags.digitalSignature | (algorithm === 'EC-P256' ? 0 : x509.KeyUsageFlags.keyEncipherment);
  const purpose = usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  return [new x509.KeyUsagesExtension(flags, true), new x509.ExtendedKeyUsageExtension([purpose])];
}

/** Subject alternative names, if there are any. */
export function nameExtensions(x509: X509, names: readonly JsonGeneralName[]) {
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])];
}

/** What a request asks for, as far as a CA may grant it. */
export interface ReadRequest {
  readonly request: Pkcs10CertificateRequest;
  readonly algorithm: KeyAlgorithm;
  readonly names: readonly JsonGeneralName[];
}

/**
 * Reads somebody's request before it is signed: its signature proves that they have the key, and the key must be strong.
 *
 * @throws VaultError `VAULT_REQUEST_INVALID` or `VAULT_KEY_UNSUITABLE`
 */
export async function readRequest(pem: string): Promise<ReadRequest> {
  const x509 = await loadX509();
  let request: Pkcs10CertificateRequest;
  try {
    request = new x509.Pkcs10CertificateRequest(strictPem(pem, 'CERTIFICATE REQUEST') ?? '');
  } catch {
    throw new VaultError(
      'VAULT_REQUEST_INVALID',
      'This is not a certificate request that can be read: one PEM block (PKCS #10) of at most 16 KiB.',
    );
  }
  const algorithm = algorithmOf(readPublicKey(request.publicKey.toString('pem')));
  if (!(await request.verify().catch(() => false)))
    throw new VaultError('VAULT_REQUEST_INVALID', "The certificate request's signature is wrong: whoever made it does not have its key.");
  const wanted = request.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);
  return { request, algorithm, names: wanted?.names.toJSON() ?? [] };
}
