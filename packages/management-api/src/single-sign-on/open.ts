import type { Config } from '@payment-manager/configuration';
import { CredentialsInvalid, readSecretFiles } from '@payment-manager/configuration/files';
import { type HttpClient, Secret } from '@payment-manager/runtime';
import type { Role } from '../access/permissions.ts';
import type { SingleSignOnSettings } from './settings.ts';
import type { SingleSignOn } from './sign-in-by-provider.ts';

/** Single sign-on as it is configured; undefined: it is not, and nothing of it is loaded. @throws CredentialsInvalid for a secret that cannot be read */
export async function openSingleSignOn(config: Config, client: HttpClient): Promise<SingleSignOn | undefined> {
  const { singleSignOn } = config.management;
  if (singleSignOn.issuer === undefined) return undefined;
  const settings: SingleSignOnSettings = {
    issuer: singleSignOn.issuer,
    clientId: singleSignOn.clientId ?? '',
    clientSecret: await secretOf(singleSignOn),
    scopes: singleSignOn.scopes,
    rolesClaim: singleSignOn.rolesClaim,
    roles: singleSignOn.roles as Readonly<Partial<Record<Role, string>>>,
    acr: singleSignOn.acr,
    amr: singleSignOn.amr,
    label: singleSignOn.label,
    insecure: config.sandbox,
  };
  const { openIdProvider } = await import('./provider.ts');
  return { settings, provider: openIdProvider(settings, client) };
}

async function secretOf({ clientSecret, clientSecretFile }: Config['management']['singleSignOn']): Promise<Secret<string> | undefined> {
  if (clientSecret !== undefined) return new Secret(clientSecret);
  if (clientSecretFile === undefined) return undefined;
  try {
    const { secret = '' } = await readSecretFiles({ secret: clientSecretFile }, 'management.singleSignOn.clientSecretFile');
    return new Secret(secret);
  } catch (error) {
    throw new CredentialsInvalid((error as Error).message);
  }
}
