import { dirname } from 'node:path';
import { every, type World, watchFolders } from '@payment-manager/runtime';
import { openPart, type Part } from './part.ts';
import { type Revocations, readRevocations } from './revocations.ts';

/** What the CAs of one side have revoked. */
export interface WatchedRevocations extends Part<Revocations> {
  stop(): void;
}

/**
 * The revocation lists of a side, `file`: read now, whenever the file changes, and when asked, for other CAs may be trusted. Lists that cannot
 * be read leave those that were read before in force, with an alarm; so do those whose time is over.
 *
 * @param cas PEM: whom the side trusts now
 * @throws CredentialsInvalid when the first reading fails
 */
export async function watchRevocations(
  side: string,
  file: { readonly crlFile: string; readonly pollMs: number },
  cas: () => string,
  changed: () => void,
  world: Pick<World, 'clock' | 'timers' | 'log'>,
): Promise<WatchedRevocations> {
  const { clock, timers, log } = world;
  const part = await openPart<Revocations>(
    {
      about: `${side} revocations`,
      what: `The revocation lists of ${side}`,
      read: () => readRevocations(file.crlFile, cas(), clock.now()),
      same: ({ revoked: one }, { revoked: other }) => one.size === other.size && [...one].every((mark) => other.has(mark)),
      flaws: ({ flaws }) => flaws.join(' '),
      changed({ revoked }) {
        changed();
        log.info('revocation lists replaced', { side, revoked: revoked.size });
      },
    },
    world,
  );
  const polling = every(file.pollMs, timers, part.readAgain);
  const noticing = watchFolders([dirname(file.crlFile)], timers, log, () => void polling.now());
  return {
    ...part,
    stop() {
      noticing.stop();
      polling.stop();
    },
  };
}
