import { PRUNED_TYPE, type PrunedEvent } from '../prune/pruned.ts';
import { eventHash, UNIT } from './chain-hash.ts';
import type { RecordFacts } from './journal-view.ts';

/** What is proven of the event that replaces those that were pruned. */
export interface Tombstone {
  readonly version: number;
  readonly head: string;
  /** As the chain tells it. */
  readonly hash: string;
}

/** The event with the number 0, if it is there and is what it should be. */
export function tombstoneOf({ events }: Pick<RecordFacts, 'events'>): Tombstone | undefined {
  const [seq, text] = events[0] ?? [];
  if (seq !== 0 || text === undefined) return undefined;
  const [, type = '', ...body] = text.split(UNIT);
  if (type !== PRUNED_TYPE) return undefined;
  try {
    const { version, head } = JSON.parse(body.join(UNIT)) as PrunedEvent;
    return typeof head === 'string' && Number.isSafeInteger(version) ? { version, head, hash: eventHash(head, text) } : undefined;
  } catch {
    return undefined;
  }
}
