import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Sealer } from './crypto.ts';
import type { Random } from './random.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/**
 * AES-256-GCM over small values. A sealed text is `v1.<iv>.<ciphertext and tag>`, both base64url; the context is
 * authenticated but not part of the text, so a value cannot be moved from one record to another.
 *
 * A fresh random 96-bit IV each time: one key seals at most 2^32 values (NIST SP 800-38D 8.3), far beyond one DFSP's
 * payments between two key rotations.
 *
 * @throws RangeError when the key does not have 32 bytes.
 */
export function createSealer(key: Uint8Array, random: Random): Sealer {
  if (key.length !== 32) throw new RangeError(`a sealing key has 32 bytes, not ${key.length}`);
  const own = Buffer.from(key);
  return {
    seal(plain, context) {
      const iv = random.bytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', own, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${Buffer.from(iv).toString('base64url')}.${sealed.toString('base64url')}`;
    },
    open(sealed, context) {
      return open(own, sealed, context);
    },
  };
}

function open(key: Buffer, sealed: string, context: string): Uint8Array {
  const [prefix, ivText, bodyText, ...rest] = sealed.split('.');
  if (prefix !== VERSION || !ivText || !bodyText || rest.length > 0) throw new SealBroken('it is not a text of the form v1.<iv>.<bytes>');
  const iv = Buffer.from(ivText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  if (iv.length !== IV_BYTES || body.length < TAG_BYTES) throw new SealBroken('its parts have the wrong lengths');
  // Base64url has several spellings of the same bytes; only the one that we write is taken.
  if (iv.toString('base64url') !== ivText || body.toString('base64url') !== bodyText) throw new SealBroken('it is not canonical base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, body.length - TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new SealBroken('it was altered, belongs to another context, or was sealed with another key', { cause });
  }
}

/** A sealed value cannot be opened. What to do: check that the sealing key is the one that the data was written with. */
export class SealBroken extends Error {
  readonly code = 'SEAL_BROKEN';
  constructor(why: string, options?: ErrorOptions) {
    super(`A sealed value cannot be opened: ${why}.`, options);
    this.name = 'SealBroken';
  }
}
