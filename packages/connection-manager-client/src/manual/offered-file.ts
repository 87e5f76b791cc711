import { createPublicKey } from 'node:crypto';
import type { Secret } from '@payment-manager/runtime';
import { certificatePem, FileUnusable, type OfferedFile, pemOf, privateKeyPem, publicKeyPem } from './clean-pem.ts';

/** Bundles of CAs have some 200 KB. */
export const MAX_FILE_BYTES = 1_048_576;
const LONGEST_LIST = 100;

/**
 * Reads certificates and keys out of PEM, DER, PKCS #7, PKCS #12 or JWKS; which one is seen from the contents.
 *
 * @throws FileUnusable
 */
export async function readOffered(bytes: Uint8Array, passphrase?: Secret<string>): Promise<OfferedFile> {
  if (bytes.length > MAX_FILE_BYTES) throw new FileUnusable(`It has ${bytes.length} bytes; ${MAX_FILE_BYTES} is the limit.`);
  const offered = await readAny(bytes, passphrase);
  const count = offered.certificates.length + offered.publicKeys.length + offered.privateKeys.length;
  if (count === 0) throw new FileUnusable('It holds no certificate and no key.');
  if (count > LONGEST_LIST) throw new FileUnusable(`It holds ${count} certificates and keys; ${LONGEST_LIST} is the limit.`);
  return offered;
}

async function readAny(bytes: Uint8Array, passphrase: Secret<string> | undefined): Promise<OfferedFile> {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes('-----BEGIN ')) return readPem(text, passphrase);
  if (/^\s*\{/.test(text)) return readJwks(Buffer.from(bytes).toString('utf8'));
  if (bytes[0] !== 0x30) throw new FileUnusable('It is neither PEM, DER, PKCS #7, PKCS #12 nor a JSON Web Key Set.');
  return readDer(bytes, passphrase);
}

const NOTHING: OfferedFile = { certificates: [], publicKeys: [], privateKeys: [] };

async function readPem(text: string, passphrase: Secret<string> | undefined): Promise<OfferedFile> {
  const found: OfferedFile[] = [];
  for (const [block, label = ''] of text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g))
    found.push(await readBlock(label, block, passphrase));
  if (found.length === 0) throw new FileUnusable('It begins like PEM, and no block of it is whole (-----BEGIN …----- to -----END …-----).');
  return joined(found);
}

async function readBlock(label: string, block: string, passphrase: Secret<string> | undefined): Promise<OfferedFile> {
  if (label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE' || label === 'X509 CERTIFICATE')
    return { ...NOTHING, certificates: [certificatePem(block)] };
  if (label.endsWith('PUBLIC KEY')) return { ...NOTHING, publicKeys: [publicKeyPem(block)] };
  if (label.endsWith('PRIVATE KEY')) return { ...NOTHING, privateKeys: [privateKeyPem(block, passphrase)] };
  if (label === 'PKCS7' || label === 'CMS')
    return (await import('./asn1-files.ts')).readPkcs7(Buffer.from(block.replace(/-----[^-]*-----|\s/g, ''), 'base64'));
  // parameters of curves, and what other programs note there
  return NOTHING;
}

async function readDer(bytes: Uint8Array, passphrase: Secret<string> | undefined): Promise<OfferedFile> {
  const { containerOf, readPkcs12, readPkcs7 } = await import('./asn1-files.ts');
  const container = containerOf(bytes);
  if (container === 'pkcs7') return readPkcs7(bytes);
  if (container === 'pkcs12') return readPkcs12(bytes, passphrase);
  return { ...NOTHING, certificates: [certificatePem(bytes)] };
}

function readJwks(text: string): OfferedFile {
  let json: { keys?: unknown };
  try {
    json = JSON.parse(text) as { keys?: unknown };
  } catch {
    throw new FileUnusable('It begins like JSON, and is none.');
  }
  const keys = Array.isArray(json.keys) ? (json.keys as unknown[]) : [json];
  return { ...NOTHING, publicKeys: keys.map(publicKeyOfJwk) };
}

function publicKeyOfJwk(jwk: unknown, index: number): string {
  if (typeof jwk === 'object' && jwk !== null && ('d' in jwk || 'k' in jwk))
    throw new FileUnusable(
      `Key ${index + 1} of the set is private. Only public keys belong into a set that is given away: whose it is should make a new one.`,
    );
  try {
    return pemOf(createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }));
  } catch {
    throw new FileUnusable(`Key ${index + 1} of the set is not a public key that can be read.`);
  }
}

function joined(files: readonly OfferedFile[]): OfferedFile {
  return {
    certificates: files.flatMap(({ certificates }) => certificates),
    publicKeys: files.flatMap(({ publicKeys }) => publicKeys),
    privateKeys: files.flatMap(({ privateKeys }) => privateKeys),
  };
}
