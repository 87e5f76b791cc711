import type * as x509 from '@peculiar/x509';
import { keyBits, readCertificate, readCertificates, sameKey, signatureAlgorithmOf } from './certificate.ts';
import type { Validation, ValidationState } from './validation-result.ts';

/** What is looked at. */
export interface Subjects {
  readonly csr?: x509.Pkcs10CertificateRequest;
  readonly certificate?: x509.X509Certificate;
  readonly privateKeyMatches?: boolean;
  readonly now: number;
  /** Bits that the scheme wants. */
  readonly keyLength: number;
}

/** INVALID as soon as one result is; nothing else counts, and nothing is refused for it. */
export function stateOf(validations: readonly Validation[]): ValidationState {
  return validations.some(({ result }) => result === 'INVALID') ? 'INVALID' : 'VALID';
}

/** A validation that was made. */
export function made(validationCode: string, ok: boolean, message: string, more: Partial<Validation> = {}): Validation {
  return { validationCode, performed: true, result: ok ? 'VALID' : 'INVALID', message, ...more };
}

/** A validation for which something was missing. */
export function missing(validationCode: string, message: string): Validation {
  return { validationCode, performed: false, result: 'NOT_AVAILABLE', message };
}

/** The validations of a DFSP's request, at creation and at signing, in the server's order. */
export async function inboundValidations(subjects: Subjects): Promise<Validation[]> {
  const { certificate } = subjects;
  return [
    ...(await csrValidations(subjects)),
    sameKeyValidation(subjects),
    certificate ? missing('CSR_CERT_SAME_SUBJECT_INFO', 'It has an External CA') : missing('CSR_CERT_SAME_SUBJECT_INFO', 'No certificate'),
    validity(subjects),
    signatureAlgorithm(subjects),
    privateKeyMatch(subjects),
  ];
}

/** The validations of a certificate for the hub's request, in the server's order. */
export async function outboundValidations(subjects: Subjects, signedByCa: Validation): Promise<Validation[]> {
  return [
    ...(await csrValidations(subjects)),
    sameKeyValidation(subjects),
    privateKeyMatch(subjects),
    validity(subjects),
    signatureAlgorithm(subjects),
    signedByCa,
  ];
}

async function csrValidations({ csr, keyLength }: Subjects): Promise<Validation[]> {
  const lengthCode = `CSR_PUBLIC_KEY_LENGTH_${keyLength === 4096 ? 4096 : 2048}`;
  if (!csr) return ['CSR_SIGNATURE_VALID', 'CSR_SIGNATURE_ALGORITHM', lengthCode].map((code) => missing(code, 'No CSR'));
  const isSigned = await csr.verify().catch(() => false);
  const algorithm = signatureAlgorithmOf(csr);
  const isKnown = algorithm === 'sha256WithRSAEncryption' || algorithm === 'sha512WithRSAEncryption';
  const bits = keyBits(csr.publicKey) ?? 0;
  return [
    made('CSR_SIGNATURE_VALID', isSigned, isSigned ? 'CSR passed verification' : 'CSR failed verification: the signature does not match'),
    made(
      'CSR_SIGNATURE_ALGORITHM',
      isKnown,
      isKnown ? `CSR has a valid Signature Algorithm : ${algorithm}` : `CSR has a an invalid Signature Algorithm ${algorithm}`,
    ),
    made(
      lengthCode,
      bits >= keyLength,
      bits >= keyLength ? `CSR has a valid Public Key length of ${keyLength}` : `CSR Public Key length is not ${keyLength}, it is ${bits}`,
    ),
  ];
}

function sameKeyValidation({ csr, certificate }: Subjects): Validation {
  if (!csr || !certificate) return missing('CSR_CERT_SAME_PUBLIC_KEY', csr ? 'No certificate' : 'No CSR');
  const same = sameKey(csr.publicKey, certificate.publicKey);
  return made('CSR_CERT_SAME_PUBLIC_KEY', same, `CSR and Certificate have ${same ? 'the same Public Key' : 'different Public Keys'}`);
}

function privateKeyMatch({ certificate, privateKeyMatches }: Subjects): Validation {
  const code = 'CSR_CERT_PUBLIC_PRIVATE_KEY_MATCH';
  if (privateKeyMatches === undefined || !certificate) return missing(code, certificate ? 'No private key' : 'No certificate');
  const verb = privateKeyMatches ? 'matches' : "doesn't match";
  return made(code, privateKeyMatches, `the Certificate Public Key ${verb} the private key used to sign the CSR`);
}

/** The defect of the real server: an expired certificate sets `state`, while `result` stays VALID. */
export function validity({ certificate, now }: Pick<Subjects, 'certificate' | 'now'>): Validation {
  if (!certificate) return missing('CERTIFICATE_VALIDITY', 'No certificate');
  const isValid = certificate.notBefore.getTime() <= now && now <= certificate.notAfter.getTime();
  const message = isValid ? 'Certificate is valid for the current date.' : 'Certificate is not valid for the current date.';
  return made('CERTIFICATE_VALIDITY', true, message, { state: isValid ? 'VALID' : 'INVALID' });
}

function signatureAlgorithm({ certificate }: Subjects): Validation {
  const code = 'CERTIFICATE_SIGNATURE_ALGORITHM';
  if (!certificate) return missing(code, 'No certificate');
  const algorithm = signatureAlgorithmOf(certificate);
  const isKnown = algorithm === 'sha256WithRSAEncryption';
  return made(code, isKnown, `certificate has a${isKnown ? ' valid' : 'n invalid'} Signature Algorithm : ${algorithm}`);
}

/** Whether `certificate` leads up to one of `anchors`, all of which are trusted: the real server trusts intermediates as well. */
export async function leadsTo(certificate: x509.X509Certificate, anchors: readonly x509.X509Certificate[], now: number): Promise<boolean> {
  const isCurrent = (one: x509.X509Certificate): boolean => one.notBefore.getTime() <= now && now <= one.notAfter.getTime();
  if (!isCurrent(certificate)) return false;
  for (const anchor of anchors) {
    if (!isCurrent(anchor) || anchor.subject !== certificate.issuer) continue;
    if (await certificate.verify({ publicKey: anchor.publicKey, signatureOnly: true }).catch(() => false)) return true;
  }
  return false;
}

/** CERTIFICATE_SIGNED_BY_DFSP_CA. */
export async function signedByDfspCa(
  certificate: x509.X509Certificate | undefined,
  ca: { readonly rootCertificate: string; readonly intermediateChain: string } | undefined,
  now: number,
): Promise<Validation> {
  const code = 'CERTIFICATE_SIGNED_BY_DFSP_CA';
  if (!certificate) return missing(code, 'No certificate');
  if (!ca || ca.rootCertificate === '') return made(code, false, 'No dfsp CA');
  const isSigned = await leadsTo(certificate, readCertificates([ca.rootCertificate, ca.intermediateChain]), now);
  return made(code, isSigned, isSigned ? 'The Certificate is signed by the DFSP CA' : 'Invalid dfsp ca root or chain');
}

/** VERIFY_ROOT_CERTIFICATE, VERIFY_CHAIN_CERTIFICATES. Dates are not looked at: an expired root is VALID. */
export async function rootAndChain(rootPem: string, chainPem: unknown): Promise<Validation[]> {
  const root = rootPem === '' ? undefined : readCertificate(rootPem);
  const chain = readCertificates(chainPem);
  return [rootValidation(root), await chainValidation(root, chain)];
}

function rootValidation(root: x509.X509Certificate | undefined): Validation {
  const code = 'VERIFY_ROOT_CERTIFICATE';
  if (!root) return missing(code, 'No root certificate');
  const isSelfSigned = root.subject === root.issuer;
  return made(
    code,
    isSelfSigned,
    isSelfSigned
      ? 'The root certificate is valid with VALID(SELF_SIGNED) state.'
      : 'The root certificate must be valid and be self-signed or signed by a global root.',
  );
}

async function chainValidation(root: x509.X509Certificate | undefined, chain: readonly x509.X509Certificate[]): Promise<Validation> {
  const code = 'VERIFY_CHAIN_CERTIFICATES';
  if (chain.length === 0) return missing(code, 'No intermediate chain');
  const anchors = root ? [root, ...chain] : chain;
  const ok = await Promise.all(
    chain.map(async (one) => {
      const issuer = anchors.find(({ subject }) => subject === one.issuer);
      return issuer !== undefined && (await one.verify({ publicKey: issuer.publicKey, signatureOnly: true }).catch(() => false));
    }),
  );
  const isWhole = ok.every(Boolean);
  return made(
    code,
    isWhole,
    isWhole
      ? 'The intermediateChain is made of valid CAs and at the top of the chain is signed by the root.'
      : 'the intermediateChain must be made of valid CAs and that the top of the chain is signed by the root',
  );
}
