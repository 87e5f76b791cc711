import type { Config } from '@payment-manager/configuration';
import type { AlarmEntry, World } from '@payment-manager/runtime';
import type { Vault } from '@payment-manager/vault';
import type { Opened } from './opened.ts';

/** What only a product with a vault needs is loaded with it. */
export async function vaultParts() {
  const [{ watchVault }, { openConfiguredVault, configuredOneVault }, { startConnection, startSdkControl }] = await Promise.all([
    import('@payment-manager/vault'),
    import('@payment-manager/vault/configured'),
    import('@payment-manager/operations/connection'),
  ]);
  return { watchVault, openConfiguredVault, configuredOneVault, startConnection, startSdkControl };
}

/** The vault in use, if there is one, and what is wrong with it. */
export interface StartedVault {
  readonly vault: Vault | undefined;
  alarms(): readonly AlarmEntry[];
}

/** Opens the vault, where there is one, and looks again and again what others changed in it. */
export async function startVault(config: Config, world: World, opened: Opened): Promise<StartedVault> {
  const none: StartedVault = { vault: undefined, alarms: () => [] };
  if (config.vault.store === 'none') return none;
  const { openConfiguredVault, watchVault, configuredOneVault } = await vaultParts();
  const found = await openConfiguredVault(config, world);
  if (found === undefined) return none;
  opened.push('vault', () => found.vault.close());
  const oneVault = await configuredOneVault(config, found.id, world);
  opened.push('watch for one vault', () => oneVault?.stop());
  const watching = watchVault({ ...found.vault, refresh: () => found.look() }, config.vault.pollMs, world.timers, world.log);
  opened.push('vault watch', () => watching.stop());
  return { vault: found.vault, alarms: () => oneVault?.alarms() ?? [] };
}
