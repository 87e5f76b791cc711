import { type AlarmEntry, complaintAbout, type World } from '@payment-manager/runtime';
import { VaultError } from '@payment-manager/vault';

/** Something that is read out of the vault, and read again after changes. */
export interface VaultPart<T> {
  current(): T;
  /** Reads it again, once more after a reading that is under way. Never rejects: what cannot be read stays as it was. */
  readAgain(): Promise<void>;
  /** What keeps it from being read. */
  alarms(): readonly AlarmEntry[];
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
  world: Pick<World, 'clock' | 'log'>,
): Promise<VaultPart<T>> {
  let current = await read();
  const complaint = complaintAbout(what, 'what the vault holds', world);
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const fresh = await read();
      complaint.clear();
      if (same(fresh, current)) return;
      current = fresh;
      changed(fresh);
    } catch (error) {
      complaint.raise(reasonOf(error));
    }
  };
  return {
    current: () => current,
    alarms: complaint.alarms,
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

/** A certificate that cannot be read has words that may be shown; what else is thrown may not. */
function reasonOf(error: unknown): string {
  if (error instanceof VaultError) return `${error.code}: ${error.message}`;
  return error instanceof TypeError ? error.message : 'a defect';
}
