import { every, type Log, type Timers, watchFolders } from '@payment-manager/runtime';
import type { Vault } from './vault.ts';
import { VaultError } from './vault-error.ts';

/**
 * Looks every `pollMs` what others (replicas, the command line, who puts files) changed in the vault, so that its listeners are told and no key
 * that was reported as compromised elsewhere signs for longer; and soon after a change in one of `folders`. Returns what ends it.
 */
export function watchVault(
  vault: Pick<Vault, 'refresh'>,
  pollMs: number,
  timers: Timers,
  log: Log,
  folders: readonly string[] = [],
): { stop(): void } {
  let complaint = '';
  const looking = every(pollMs, timers, async () => {
    try {
      await vault.refresh();
      complaint = '';
    } catch (error) {
      const code = error instanceof VaultError ? error.code : 'unknown';
      if (code !== complaint)
        log.error('the vault cannot be read; what was read before stays in use', {
          code,
          reason: error instanceof VaultError ? error.message : 'a defect',
        });
      complaint = code;
    }
  });
  const noticing = watchFolders(folders, timers, log, () => void looking.now());
  return {
    stop() {
      noticing.stop();
      looking.stop();
    },
  };
}
