import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Secret } from '@payment-manager/runtime';
import { readTextFile, writePrivateFile } from './private-file.ts';

/** An RSA-2048 key pair for FSPIOP signatures (docs/protocol.md, 12.2: RSA of at least 2048 bits). PEM: PKCS#8 and SPKI. */
export interface SigningKey {
  readonly privateKey: Secret<string>;
  readonly publicKey: string;
  /** File of the private key, for configurations that name files. */
  readonly privateKeyFile: string;
  /** File of the public key: `<folder>/public/<name>.pem`, one folder that peers may watch. */
  readonly publicKeyFile: string;
}

const generate = promisify(generateKeyPair);

/** Opens the JWS key pair of `name` kept in `folder`, or makes one there. */
export async function openSigningKey(folder: string, name: string): Promise<SigningKey> {
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(name)) throw new TypeError(`not a name for a key: ${JSON.stringify(name)}`);
  const privateKeyFile = join(folder, 'private', `${name}.pem`);
  const publicKeyFile = join(folder, 'public', `${name}.pem`);
  let privatePem = readTextFile(privateKeyFile);
  if (privatePem === undefined) {
    const pair = await generate('rsa', { modulusLength: 2048 });
    privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writePrivateFile(privateKeyFile, privatePem);
  }
  const publicKey = createPublicKey(createPrivateKey(privatePem)).export({ type: 'spki', format: 'pem' }).toString();
  if (readTextFile(publicKeyFile) !== publicKey) writePrivateFile(publicKeyFile, publicKey);
  return { privateKey: new Secret(privatePem), publicKey, privateKeyFile, publicKeyFile };
}
