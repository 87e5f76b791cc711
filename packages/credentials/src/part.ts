import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { type AlarmEntry, notTaken, type World } from '@payment-manager/runtime';
import { VaultError } from '@payment-manager/vault';

/** Something that is read, and read again after changes. */
export interface Part<T> {
  current(): T;
  /** Reads it again, once more after a reading that is under way. Never rejects: what cannot be read stays as it was. */
  readAgain(): Promise<void>;
  /** What keeps it from being read, or is wrong with it. */
  alarms(): readonly AlarmEntry[];
}

export interface PartOptions<T> {
  /** What it is, part of its alarm's id. */
  readonly about: string;
  /** Begins the sentences of the alarm. Default: what the vault holds. */
  readonly what?: string;
  read(): Promise<T>;
  same(a: T, b: T): boolean;
  /** Told of every later value that differs. */
  changed(value: T): void;
  /** What is wrong with a value that counts all the same, for people; empty: nothing. */
  flaws?(value: T): string;
}

/**
 * Reads a part of the vault, now and whenever asked.
 *
 * @throws what `read` throws the first time
 */
export async function openPart<T>(options: PartOptions<T>, world: Pick<World, 'clock' | 'log'>): Promise<Part<T>> {
  const { about, what = 'what the vault holds', read, same, changed, flaws = () => '' } = options;
  const complaints = notTaken(world);
  const judged = (value: T): T => {
    const wrong = flaws(value);
    if (wrong === '') complaints.settle(about);
    else complaints.complain(about, what, wrong);
    return value;
  };
  let current = judged(await read());
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const fresh = judged(await read());
      if (same(fresh, current)) return;
      current = fresh;
      changed(fresh);
    } catch (error) {
      complaints.complain(about, what, reasonOf(error));
    }
  };
  return {
    current: () => current,
    alarms: complaints.alarms,
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

/** What cannot be read has words that may be shown; what else is thrown may not. */
function reasonOf(error: unknown): string {
  if (error instanceof VaultError) return `${error.code}: ${error.message}`;
  return error instanceof TypeError || error instanceof CredentialsInvalid ? error.message : 'a defect';
}
