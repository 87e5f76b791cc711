import { readFile } from 'node:fs/promises';

/** A file that should have a secret, and cannot be read or has none. */
export class SecretUnreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretUnreadable';
  }
}

const LONGEST = 8_192;

/** What is in the files, by name, without the newline at the end. @throws SecretUnreadable which names the first that cannot be read */
export async function readSecretFiles(files: Readonly<Record<string, string>>, key: string): Promise<Readonly<Record<string, string>>> {
  const secrets: Record<string, string> = {};
  for (const [name, file] of Object.entries(files)) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new SecretUnreadable(`the secret ${name} (${key}) cannot be read: ${file} (${error.code ?? error.name})`);
    });
    const secret = text.replace(/\r?\n$/, '');
    if (secret === '' || secret.length > LONGEST)
      throw new SecretUnreadable(`the secret ${name} (${key}) has to have 1 to ${LONGEST} characters: ${file}`);
    secrets[name] = secret;
  }
  return secrets;
}
