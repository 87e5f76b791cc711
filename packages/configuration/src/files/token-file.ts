import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type HttpRequest, type Random, Secret } from '@payment-manager/runtime';
import { CredentialsInvalid } from './credentials-invalid.ts';

const TOKEN_BYTES = 32;
/** What stands in a header as it is, and cannot be guessed. */
const TOKEN_FORM = /^[\w.~+/=-]{32,512}$/;

/**
 * The token in a file, white space around it aside.
 *
 * @throws CredentialsInvalid when it cannot be read, or is none
 */
export async function readTokenFile(file: string, key: string): Promise<Secret<string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CredentialsInvalid(`The token ${file} (${key}) cannot be read (${error.code ?? error.name}).`);
  });
  if (!TOKEN_FORM.test(text.trim()))
    throw new CredentialsInvalid(
      `The token ${file} (${key}) must have 32 to 512 letters, digits or . _ ~ + / = -. Make one, e.g. by: openssl rand -hex 32`,
    );
  return new Secret(text.trim());
}

/** As `readTokenFile`, and makes the file, for this user alone, when there is none. */
export async function tokenFileMade(file: string, key: string, random: Pick<Random, 'bytes'>): Promise<Secret<string>> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url')}\n`).finally(() => handle.close());
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new CredentialsInvalid(`The token ${file} (${key}) cannot be made (${code ?? name}).`);
  }
  return readTokenFile(file, key);
}

/** Whether a request bears the token, as `Authorization: Bearer TOKEN`; how long it takes tells nothing of the token. */
export function bearerCheck(token: Secret<string>): (request: Pick<HttpRequest, 'headers'>) => boolean {
  const wanted = digest(token.reveal());
  return ({ headers }) => {
    const [scheme = '', given = ''] = (headers['authorization'] ?? '').split(' ', 2);
    return timingSafeEqual(digest(given), wanted) && scheme.toLowerCase() === 'bearer';
  };
}

/** One length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
