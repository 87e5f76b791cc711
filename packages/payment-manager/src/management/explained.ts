import { ConfigInvalid } from '@payment-manager/configuration';
import { ConnectionFault } from '@payment-manager/connection-manager-client';
import { FileUnusable } from '@payment-manager/connection-manager-client/manual';
import { Problem } from '@payment-manager/management-api';
import { VaultError, type VaultErrorCode } from '@payment-manager/vault';
import { PromotionRefused } from '../onboarding/promotion.ts';

/** What the vault says of what was asked, and not of itself. */
const OF_THE_WISH: ReadonlySet<VaultErrorCode> = new Set([
  'VAULT_NAME_INVALID',
  'VAULT_NO_KEY',
  'VAULT_KEY_STATE',
  'VAULT_KEY_UNSUITABLE',
  'VAULT_CHAIN_INVALID',
  'VAULT_REQUEST_INVALID',
  'VAULT_READ_ONLY',
]);

/** What rooms say no with, in the words of the management API; a defect of ours is thrown on. @throws Problem */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error) ?? error;
  }
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof FileUnusable)
    return new Problem(400, { code: 'UPLOAD_UNUSABLE', message: error.message, place: 'body.pem', advice: 'Bring another file.' });
  if (error instanceof VaultError && OF_THE_WISH.has(error.code))
    return new Problem(409, { code: error.code, message: error.message, advice: 'See the list of keys: it may have changed.' });
  if (error instanceof ConnectionFault) return new Problem(502, { code: error.code, message: error.message, advice: error.nextStep });
  if (error instanceof PromotionRefused)
    return new Problem(409, { code: 'NOT_ALLOWED_NOW', message: error.message, advice: 'docs/onboarding.md' });
  if (error instanceof ConfigInvalid)
    return new Problem(409, { code: 'CONFIG_INVALID', message: error.message.slice(0, 2_000), advice: './pm config' });
  return undefined;
}
