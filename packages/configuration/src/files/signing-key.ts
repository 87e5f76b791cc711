import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { weaknessOf } from '@payment-manager/runtime';
import { CredentialsInvalid } from './credentials-invalid.ts';

/** Our JWS signing key out of its file. @throws CredentialsInvalid */
export async function loadSigningKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CredentialsInvalid(
      `The JWS signing key cannot be read: ${file} (${error.code}). Check the path and that this user may read the file.`,
    );
  });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause is dropped on purpose: nothing of a private key's file may reach a log.
    throw new CredentialsInvalid(`${file} holds no private key that can be read. It must be PEM without a passphrase.`);
  }
  const weakness = weaknessOf(key);
  if (key.asymmetricKeyType !== 'rsa' || weakness !== undefined)
    throw new CredentialsInvalid(
      `${file} is not an RSA key for the scheme's signatures (RS256): it ${weakness ?? 'is another kind of key'}.`,
    );
  return key;
}
