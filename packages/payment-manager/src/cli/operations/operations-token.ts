import type { Config } from '@payment-manager/configuration';
import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { type Authorization, authorizationIn, operationsTokenFile } from '@payment-manager/operations/api';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';

/** By what the running product of a configuration knows us. @throws CommandFailed where its token is not for us */
export function authorizationFor(config: Pick<Config, 'operations' | 'dataFolder'>): Promise<Authorization> {
  return authorizationBy(operationsTokenFile(config));
}

/** The same, for a file that is named. */
export async function authorizationBy(file: string): Promise<Authorization> {
  try {
    return await authorizationIn(file);
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    throw new CommandFailed(EXIT_CODES.config, error.message);
  }
}
