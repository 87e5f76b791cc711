import { readSecretFiles, SecretUnreadable } from '@payment-manager/configuration/files';
import { Secret } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { VaultError } from '@payment-manager/vault/error';

/** Under which ids the vault has what the configuration does not give. `./pm import` knows them, too. */
export const ALERT_SECRET_IDS = { webhook: 'alert-webhook', email: 'alert-email' } as const;

/** How the configuration gives a secret: by its value, by a file, or not at all. */
export interface GivenSecret {
  /** The key of the configuration that may have the value. */
  readonly key: string;
  readonly value: string | undefined;
  readonly file: string | undefined;
  /** In the vault, where neither is given. */
  readonly id: string;
  /** Characters that it has at least. */
  readonly atLeast: number;
}

/** There is no secret that could be used; in our own words, which name the place where it was sought and nothing of what is there. */
export class AlertSecretMissing extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AlertSecretMissing';
  }
}

/** What a channel tells of it. Whatever else was thrown is thrown on. */
export function missingIn(error: unknown): string {
  if (error instanceof AlertSecretMissing) return error.message;
  throw error;
}

/**
 * Reads the secret anew at each delivery, so that one that was replaced, in a mounted file or in the vault, counts without a restart. Rejects with AlertSecretMissing.
 */
export function alertSecretOf(given: GivenSecret, environment: Pick<Environment, 'secrets'> | undefined): () => Promise<Secret<string>> {
  return async () => {
    const secret = await secretIn(given, environment);
    if (secret.reveal().length < given.atLeast)
      throw new AlertSecretMissing(`the secret \`${given.key}\` has fewer than ${given.atLeast} characters`);
    return secret;
  };
}

async function secretIn(
  { key, value, file, id }: GivenSecret,
  environment: Pick<Environment, 'secrets'> | undefined,
): Promise<Secret<string>> {
  if (value !== undefined) return new Secret(value);
  if (file !== undefined) return secretInFile(file, `${key}File`);
  try {
    const kept = await environment?.secrets.get(id);
    if (kept !== undefined) return kept;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new AlertSecretMissing(`the secret \`${key}\` cannot be had from the vault (${error.code})`);
  }
  throw new AlertSecretMissing(`there is no secret: give \`${key}\` or \`${key}File\`, or keep it in the vault as \`${id}\``);
}

async function secretInFile(file: string, key: string): Promise<Secret<string>> {
  try {
    const { secret = '' } = await readSecretFiles({ secret: file }, key);
    return new Secret(secret);
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    throw new AlertSecretMissing(error.message);
  }
}
