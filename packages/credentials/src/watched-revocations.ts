import { dirname } from 'node:path';
import { type Credentials, complaintAbout, every, type World, watchFolders } from '@payment-manager/runtime';
import { type Revocations, readRevocations } from './revocations.ts';
import type { WatchedTls } from './watch-tls.ts';

/**
 * A side's credentials with what its CAs have revoked, `crlFile`: read now, whenever the file changes, and when other CAs are trusted.
 * Lists that cannot be read leave those that were read before in force, with an alarm; so do those whose time is over.
 *
 * @throws CredentialsInvalid when the first reading fails
 */
export async function withRevocations(
  side: string,
  inner: WatchedTls,
  file: string,
  world: Pick<World, 'clock' | 'timers' | 'log'> & { readonly pollMs: number },
): Promise<WatchedTls> {
  const { clock, timers, log } = world;
  const complaint = complaintAbout(`${side} revocations`, `The revocation lists of ${side}`, world);
  let credentials = inner.credentials;
  let found = await readRevocations(file, credentials.trustedCas, clock.now());
  let use: ((credentials: Credentials) => void) | undefined;
  const tell = ({ flaws }: Revocations): void => {
    if (flaws.length === 0) complaint.clear();
    else complaint.raise(flaws.join(' '));
  };
  const look = async (): Promise<void> => {
    try {
      const fresh = await readRevocations(file, credentials.trustedCas, clock.now());
      tell(fresh);
      if (same(fresh.revoked, found.revoked)) return;
      found = fresh;
      use?.(merged());
      log.info('revocation lists replaced', { side, revoked: found.revoked.size });
    } catch (error) {
      complaint.raise((error as Error).message);
    }
  };
  const merged = (): Credentials => ({ ...credentials, revoked: found.revoked });
  tell(found);
  const watching = every(world.pollMs, timers, look);
  const noticing = watchFolders([dirname(file)], timers, log, () => void watching.now());
  return Object.create(inner, {
    credentials: {
      get() {
        credentials = inner.credentials;
        return merged();
      },
    },
    onChange: {
      value(listener: (credentials: Credentials) => void): void {
        use = listener;
        inner.onChange((fresh) => {
          credentials = fresh;
          listener(merged());
          void watching.now();
        });
      },
    },
    alarms: { value: () => [...inner.alarms(), ...complaint.alarms()] },
    stop: {
      value(): void {
        noticing.stop();
        watching.stop();
        inner.stop();
      },
    },
  });
}

function same(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((mark) => other.has(mark));
}
