import { dirname } from 'node:path';
import { CLIENT_SECRET_ID } from '@payment-manager/credentials/manager-api';
import type { Terminal } from '@payment-manager/payment-manager';
import { withEnvironment } from '@payment-manager/payment-manager/with-environment';
import type { SchemeDfsp } from '@payment-manager/sandbox';

/**
 * Puts what the hub's operator gave a DFSP at its registration into that DFSP's vault, as `./pm import client-secret` does: all that a
 * Payment Manager of the sandbox is given. What is there already is left alone. @throws CommandFailed in the vault's words
 */
export async function keepClientSecret(configFile: string, { oauth }: Pick<SchemeDfsp, 'oauth'>): Promise<void> {
  if (oauth === undefined) return;
  const { clientSecret } = oauth;
  await withEnvironment({ config: configFile }, silent(configFile), async ({ environment }) => {
    const kept = await environment.secrets.get(CLIENT_SECRET_ID);
    if (kept?.reveal() === clientSecret.reveal()) return;
    await environment.secrets.put(CLIENT_SECRET_ID, clientSecret, { by: 'the sandbox', why: 'the hub has registered this DFSP' });
  });
}

/** Overrides in the environment are not meant for the sandbox. */
function silent(configFile: string): Terminal {
  return { out: () => {}, err: () => {}, workingFolder: dirname(configFile), environment: {}, interactive: false };
}
