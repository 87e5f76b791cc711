import { readFile } from 'node:fs/promises';
import type { Config } from '@payment-manager/configuration';
import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { ControlError, startControlServer, vaultCredentials } from '@payment-manager/connection-manager-client';
import { Secret, type World } from '@payment-manager/runtime';
import type { Vault } from '@payment-manager/vault';

export interface SdkControlConfig {
  readonly sdkControl: Config['sdkControl'];
  readonly environment: Config['environment'];
}

export type SdkControlWorld = Pick<World, 'timers' | 'random' | 'log'>;

/** What gives a Mojaloop SDK its keys, for this machine only. */
export interface SdkControl {
  readonly port: number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts the control WebSocket, where one is configured.
 *
 * @throws CredentialsInvalid; Error when the port cannot be taken
 */
export async function startSdkControl(
  { sdkControl, environment: name }: SdkControlConfig,
  vault: Vault,
  { timers, random, log }: SdkControlWorld,
): Promise<SdkControl | undefined> {
  const { port, tokenFile = '' } = sdkControl;
  if (port === undefined) return undefined;
  const text = await readFile(tokenFile, 'utf8').catch(() => {
    throw new CredentialsInvalid(`${tokenFile}, the token of the Mojaloop SDK (sdkControl.tokenFile), cannot be read.`);
  });
  const environment = vault.environment(name);
  const credentials = () => vaultCredentials(environment);
  const token = new Secret(text.trim());
  const server = await startControlServer({ host: HOST, port, token, credentials, timers, random, log }).catch((error: unknown) => {
    throw error instanceof ControlError ? new CredentialsInvalid(`${tokenFile}: ${error.message}`, { cause: error }) : error;
  });
  const unwatch = vault.onChange((changed) => {
    if (changed.environment === name) server.push();
  });
  log.info('a Mojaloop SDK gets its keys here', { host: HOST, port: server.port });
  return {
    port: server.port,
    async stop() {
      unwatch();
      await server.stop();
    },
  };
}
