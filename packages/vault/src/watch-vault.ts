import type { Log, Timer, Timers } from '@payment-manager/runtime';
import type { Vault } from './vault.ts';
import { VaultError } from './vault-error.ts';

/**
 * Looks every `pollMs` what others (replicas, the command line) changed in the vault, so that its listeners are told and no key that
 * was reported as compromised elsewhere signs for longer. Returns what ends it.
 */
export function watchVault(vault: Vault, pollMs: number, timers: Timers, log: Log): { stop(): void } {
  let stopped = false;
  let complaint = '';
  let timer: Timer | undefined;
  const look = async (): Promise<void> => {
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
  };
  const later = (): void => {
    timer = timers.after(pollMs, () => void look().then(() => (stopped ? undefined : later())));
  };
  later();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
