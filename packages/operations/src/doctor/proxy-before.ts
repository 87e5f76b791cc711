import type { Config } from '@payment-manager/configuration';
import { publicEndpoint } from '@payment-manager/configuration/addresses';
import { type Environment, VaultError } from '@payment-manager/vault';
import type { ProxyBefore } from './own-listeners.ts';

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
