import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';

const RSA_BITS = { least: 2_048, most: 8_192 } as const;
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
/** Below 65,537 signatures can be forged (with 1 by anybody), above 2^32 each verification costs what it should not (FIPS 186-5, A.1.1 has the lower bound). */
const EXPONENT = { least: 65_537n, below: 2n ** 32n } as const;
const SHA2 = /sha-?(?:256|384|512)/i;

/**
 * Why a public key must not be trusted or used, as the end of a sentence that begins with "the key"; undefined: it is strong enough: RSA of
 * 2,048 to 8,192 bits whose exponent is odd and from 65,537 to below 2^32, or EC on P-256, P-384 or P-521.
 */
export function weaknessOf(key: KeyObject): string | undefined {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec')
    return namedCurve !== undefined && Object.hasOwn(CURVES, namedCurve)
      ? undefined
      : `is EC-${namedCurve ?? 'unknown'}, not EC on ${Object.values(CURVES).join(', ')}`;
  if (key.asymmetricKeyType !== 'rsa') return `is ${key.asymmetricKeyType ?? 'of an unknown kind'}, neither RSA nor EC`;
  if (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most)
    return `is RSA-${modulusLength}, not RSA of ${RSA_BITS.least} to ${RSA_BITS.most} bits`;
  const isUsual = publicExponent >= EXPONENT.least && publicExponent < EXPONENT.below && publicExponent % 2n === 1n;
  return isUsual ? undefined : `has an RSA exponent that is not odd and between ${EXPONENT.least} and ${EXPONENT.below}`;
}

/**
 * Why a certificate proves too little, as the end of a sentence that begins with its name: a weak key, or a signature that is not made with
 * SHA-2. Undefined: neither.
 */
export function weaknessOfCertificate({ publicKey, signatureAlgorithm }: X509Certificate): string | undefined {
  const weakness = weaknessOf(publicKey);
  if (weakness !== undefined) return `has a key that ${weakness}`;
  return signatureAlgorithm !== undefined && SHA2.test(signatureAlgorithm)
    ? undefined
    : `is signed with ${signatureAlgorithm ?? 'an unknown algorithm'}, not with SHA-2`;
}

/** The id of a public key: the first 32 hexadecimal digits of the SHA-256 of its SubjectPublicKeyInfo (DER). */
export function publicKeyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);
}
