import type { Secret } from '@payment-manager/runtime';
import forge from 'node-forge';
import { certificatePem, FileUnusable, type OfferedFile, privateKeyPem } from './clean-pem.ts';

type Asn1 = forge.asn1.Asn1;

/** What a DER file is, from its first member: PKCS #12 begins with its version, PKCS #7 with a type. */
export function containerOf(der: Uint8Array): 'pkcs7' | 'pkcs12' | 'other' {
  const type = childrenOf(parsed(der))[0]?.type;
  if (type === forge.asn1.Type.INTEGER) return 'pkcs12';
  return type === forge.asn1.Type.OID ? 'pkcs7' : 'other';
}

/** The certificates of a PKCS #7 bundle (RFC 5652, SignedData). @throws FileUnusable */
export function readPkcs7(der: Uint8Array): OfferedFile {
  const [type, content] = childrenOf(parsed(der));
  const oid = typeof type?.value === 'string' ? forge.asn1.derToOid(type.value) : '';
  const signed = content === undefined ? undefined : childrenOf(content)[0];
  if (oid !== forge.pki.oids['signedData'] || signed === undefined)
    throw new FileUnusable('It is PKCS #7 of another kind: it must be a bundle of certificates (SignedData).');
  const bundle = childrenOf(signed).find((part) => part.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC && Number(part.type) === 0);
  const certificates = bundle === undefined ? [] : childrenOf(bundle).map((one) => certificatePem(derOf(one)));
  return { certificates, publicKeys: [], privateKeys: [] };
}

/** The certificates and keys of a PKCS #12 file. @throws FileUnusable */
export function readPkcs12(der: Uint8Array, passphrase: Secret<string> | undefined): OfferedFile {
  const file = opened(der, passphrase);
  const bagsOf = (type: string | undefined): readonly forge.pkcs12.Bag[] => file.getBags({ bagType: type ?? '' })[type ?? ''] ?? [];
  const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
  return {
    certificates: bagsOf(certBag).map(({ cert, asn1 }) => certificatePem(derOf(cert ? forge.pki.certificateToAsn1(cert) : asn1))),
    publicKeys: [],
    privateKeys: [...bagsOf(keyBag), ...bagsOf(pkcs8ShroudedKeyBag)].map(({ key, asn1 }) =>
      privateKeyPem({ der: derOf(key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : asn1) }),
    ),
  };
}

/** Real files have from 1 to 1,000,000 rounds; each is looked at before one is done. */
const MAX_ROUNDS = 2_000_000;

function opened(der: Uint8Array, passphrase: Secret<string> | undefined): forge.pkcs12.Pkcs12Pfx {
  if (roundsOf(parsed(der)) > MAX_ROUNDS)
    throw new FileUnusable(
      `It is PKCS #12 and wants more than ${MAX_ROUNDS} rounds to make a key of its passphrase: it would keep this machine busy.`,
    );
  try {
    return forge.pkcs12.pkcs12FromAsn1(parsed(der), passphrase?.reveal() ?? '');
  } catch {
    // Its words are dropped: it says the same of a wrong passphrase and of a damaged file.
    throw new FileUnusable(
      passphrase === undefined
        ? 'It is PKCS #12 and needs its passphrase: give it as PM_PASSPHRASE, or in a file with --passphrase-file.'
        : 'It is PKCS #12 and does not open: the passphrase is another, or the file is damaged.',
    );
  }
}

/**
 * The most rounds that it asks for, wherever that stands: a salt (OCTET STRING) followed by a number is how PKCS #5 and #12 say it. What
 * is in OCTET STRINGs is looked into; what is encrypted is not.
 */
function roundsOf(part: Asn1, depth = 0): number {
  if (depth > MAX_DEPTH) return 0;
  const children = childrenOf(part);
  const own = children.map((one, at) => (isNumber(one) && children[at - 1]?.type === forge.asn1.Type.OCTETSTRING ? numberOf(one) : 0));
  return Math.max(0, ...own, ...children.map((one) => roundsOf(one, depth + 1)), ...inside(part).map((one) => roundsOf(one, depth + 1)));
}

const MAX_DEPTH = 32;

function isNumber({ tagClass, type }: Asn1): boolean {
  return tagClass === forge.asn1.Class.UNIVERSAL && type === forge.asn1.Type.INTEGER;
}

function numberOf({ value }: Asn1): number {
  return typeof value === 'string' && value.length <= 6
    ? Number.parseInt(Buffer.from(value, 'binary').toString('hex') || '0', 16)
    : Number.POSITIVE_INFINITY;
}

function inside({ tagClass, type, value }: Asn1): readonly Asn1[] {
  if (tagClass !== forge.asn1.Class.UNIVERSAL || type !== forge.asn1.Type.OCTETSTRING || typeof value !== 'string') return [];
  try {
    return [forge.asn1.fromDer(forge.util.createBuffer(value))];
  } catch {
    return [];
  }
}

function parsed(der: Uint8Array): Asn1 {
  try {
    return forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString('binary')));
  } catch {
    throw new FileUnusable('It begins like DER, and is damaged.');
  }
}

function childrenOf({ value }: Asn1): readonly Asn1[] {
  return Array.isArray(value) ? value : [];
}

function derOf(part: Asn1): Uint8Array {
  return Buffer.from(forge.asn1.toDer(part).getBytes(), 'binary');
}
