import { VaultError } from './vault-error.ts';

/**
 * The format of what the vault stores: of the envelopes that its own stores hold, and of the entries in a HashiCorp Vault. It stands in each entry, so that whoever opens a
 * vault that a later version has written to sees it before it writes anything.
 *
 * | format | what came with it |
 * |---|---|
 * | 1 | everything until now; an entry in a HashiCorp Vault without a number is of it |
 */
export const VAULT_FORMAT = 1;

/** @throws VaultError `VAULT_NEWER` for a format that this version does not read */
export function refuseNewer(format: number, path: string): void {
  if (format <= VAULT_FORMAT) return;
  throw new VaultError(
    'VAULT_NEWER',
    `The vault's entry ${path} is of format ${format}, and this version reads up to ${VAULT_FORMAT}: a later version of Payment Manager wrote it. Nothing was written. Run that version or a later one; or restore the copy of the vault from before the upgrade (docs/operations/upgrade.md).`,
  );
}
