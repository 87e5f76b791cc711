import { readFile } from 'node:fs/promises';
import { CredentialsInvalid } from '@payment-manager/configuration/files';

/** What is sent along so that a running product knows us. */
export type Authorization = Readonly<Record<string, string>>;

/**
 * Proves that we may act: we can read the token. Nothing where there is no token yet.
 *
 * @throws CredentialsInvalid where the file is not for us
 */
export async function authorizationIn(file: string): Promise<Authorization> {
  try {
    return { authorization: `Bearer ${(await readFile(file, 'utf8')).trim()}` };
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new CredentialsInvalid(
      `The token of the operations API, ${file}, cannot be read (${code ?? name}). Run this as the user of the product: whoever may read that file may act.`,
    );
  }
}
