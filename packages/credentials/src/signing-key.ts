import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { type AlarmEntry, weaknessOf } from '@payment-manager/runtime';
import { complaintAbout } from './complaint.ts';
import { lookAgain } from './look-again.ts';
import type { WatchDeps } from './tls-watch.ts';

export interface SigningKey {
  /** The key to sign with now. */
  current(): KeyObject;
  /** What is there and cannot be used. */
  alarms(): readonly AlarmEntry[];
  stop(): void;
}

/** Our JWS signing key, parsed once and again when the file changes. @throws CredentialsInvalid when the first load fails. */
export async function watchSigningKey(file: string, deps: WatchDeps): Promise<SigningKey> {
  let key = await loadSigningKey(file);
  const complaint = complaintAbout('jws', 'the JWS signing key on disk', deps);
  const look = async (): Promise<void> => {
    try {
      const fresh = await loadSigningKey(file);
      complaint.clear();
      if (createPublicKey(fresh).equals(createPublicKey(key))) return;
      key = fresh;
      deps.log.info('JWS signing key replaced');
    } catch (error) {
      complaint.raise((error as Error).message);
    }
  };
  const watching = lookAgain([dirname(file)], deps.pollMs, deps.timers, deps.log, look);
  return { current: () => key, alarms: complaint.alarms, stop: () => watching.stop() };
}

/** Our signing key out of its file. @throws CredentialsInvalid */
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
    throw new CredentialsInvalid(`${file} is no RSA key for the scheme's signatures (RS256): it ${weakness ?? 'is another kind of key'}.`);
  return key;
}
