import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { keyFor } from '@payment-manager/credentials';
import { dayOf, type FrameStore, fileStore, type Messages, openMessages, postgresStore } from '@payment-manager/messages';
import type { JournalWatch } from '@payment-manager/operations/api';
import type { World } from '@payment-manager/runtime';

/** Of what the product reports as too little free space, so many times as much is left by messages. */
const SPACE_LEFT = 2;
const DAY_MS = 86_400_000;

/** What of a configuration says where messages are kept: of a Payment Manager, or of a connector in a process of its own. */
export type MessagesConfig = Pick<Config, 'journal' | 'messages' | 'dataFolder'> & {
  readonly operations: Pick<Config['operations'], 'minimumFreeBytes'>;
};

type StoreWorld = Pick<World, 'random' | 'log' | 'clock'>;
/** How the journal's last commit went. */
type JournalLook = Pick<JournalWatch, 'recentFailure'>;

/**
 * The store of messages that the configuration names; nothing is opened before it is used. `journal`: on a server's disk that both share messages are
 * written only while it can be.
 */
export function messageStore(config: MessagesConfig, { random, log, clock }: StoreWorld, journal?: JournalLook): FrameStore {
  if (config.journal.store === 'postgres') {
    const mayAppend = (): boolean => journal?.recentFailure() === undefined;
    return postgresStore({ address: () => postgresAddress(config.journal), mayAppend, random, log, clock });
  }
  return fileStore({
    folder: config.messages.folder ?? join(config.dataFolder, 'messages'),
    random,
    leaveFreeBytes: SPACE_LEFT * config.operations.minimumFreeBytes,
  });
}

/** Undefined: none are kept (`messages.keepDays` 0), and those that are there are removed, while everything else starts. */
export function configuredMessages(
  config: MessagesConfig,
  world: World,
  journalKey: Uint8Array,
  journal: JournalLook,
): Messages | undefined {
  const { keepDays } = config.messages;
  const store = messageStore(config, world, journal);
  if (keepDays > 0) return openMessages({ ...world, store, rootKey: keyFor('messages', journalKey), keepDays });
  store
    .removeBefore(dayOf(world.clock.now() + DAY_MS))
    .finally(() => store.close())
    .catch((error: unknown) => world.log.warn('messages of before cannot be removed', { reason: String(error) }));
  return undefined;
}
