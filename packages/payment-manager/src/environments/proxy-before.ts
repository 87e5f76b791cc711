import { type Environment, VaultError } from '@payment-manager/vault';
import type { Config } from '../config/schema.ts';
import type { ProxyBefore } from './doctor/own-listeners.ts';
import { publicEndpoint } from './public-endpoint.ts';

/** The proxy that ends TLS before us, with what it must present; undefined when there is none. @throws VaultError */
export async function proxyBefore(config: Config, environment: Environment): Promise<ProxyBefore | undefined> {
  const url = publicEndpoint(config);
  if (url === undefined) return undefined;
  try {
    return { url, inUse: await environment.credentials('tls-server') };
  } catch (error) {
    if (error instanceof VaultError && error.code === 'VAULT_NO_KEY') return { url, inUse: undefined };
    throw error;
  }
}
