export { VaultError, type VaultErrorCode } from './vault-error.ts';
