import type { Log } from '@payment-manager/runtime';
import { VaultError } from '@payment-manager/vault';

/** Something that is read out of the vault, and read again after changes. */
export interface VaultPart<T> {
  current(): T;
  /** Reads it again, once more after a reading that is under way. Never rejects: what cannot be read stays as it was. */
  readAgain(): Promise<void>;
}

/**
 * Reads a part of the vault, now and whenever asked. `changed` is told of every later value that differs, as `same` says.
 *
 * @throws VaultError what `read` throws the first time
 */
export async function openVaultPart<T>(
  what: string,
  read: () => Promise<T>,
  same: (a: T, b: T) => boolean,
  changed: (value: T) => void,
  log: Log,
): Promise<VaultPart<T>> {
  let current = await read();
  let complaint = '';
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const fresh = await read();
      complaint = '';
      if (same(fresh, current)) return;
      current = fresh;
      changed(fresh);
    } catch (error) {
      const reason = error instanceof VaultError ? `${error.code}: ${error.message}` : 'a defect';
      if (reason !== complaint) log.error('the vault cannot be read; what is in use stays', { what, reason });
      complaint = reason;
    }
  };
  return {
    current: () => current,
    readAgain() {
      waiting ??= running.then(() => {
        waiting = undefined;
        running = look();
        return running;
      });
      return waiting;
    },
  };
}

/** What `read` gives; undefined when the vault has no such key. @throws VaultError any other */
export async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof VaultError && error.code === 'VAULT_NO_KEY') return undefined;
    throw error;
  }
}
