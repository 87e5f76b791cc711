import { createPublicKey, type KeyObject } from 'node:crypto';
import { weaknessOf } from '@payment-manager/runtime';

/**
 * A peer's public key out of a PEM file: one public key or one certificate, RSA from 2048 bits on or EC P-256.
 *
 * @throws TypeError with the reason, in words that may be logged.
 */
export function parsePeerKey(pem: string): KeyObject {
  const blocks = pem.match(/-----BEGIN [A-Z0-9 ]+-----/g) ?? [];
  if (blocks.length !== 1) throw new TypeError(`it must hold exactly one PEM block, it holds ${blocks.length}`);
  if (blocks[0]?.includes('PRIVATE')) throw new TypeError('it holds a private key; only public keys belong here');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new TypeError('it holds no public key that can be read');
  }
  const weakness = weaknessOf(key);
  if (weakness !== undefined) throw new TypeError(`its key ${weakness}`);
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new TypeError('its EC key is not on P-256, with which messages are signed (ES256)');
  return key;
}
