/** Pruning of a journal in SQLite. Runs in the database's thread. */
import type { DatabaseSync } from 'node:sqlite';
import { eventHash, hashedEvent } from '../chain/chain-hash.ts';
import type { SqliteChain } from '../chain/sqlite-chain.ts';
import { PRUNED_TYPE, type PruneResult, prunedBody } from './pruned.ts';

/** A prune as it crosses to the database's thread; no append begins with a number. */
export type PruneOp = readonly [prune: 0, recordId: string, version: number, at: number, summary: string];

/** Pages that a batch of prunes gives back to the system; fifty payments free about as many, in a few milliseconds. */
const PAGES_PER_BATCH = 128;

/**
 * Gives pages that pruning freed back, some in each batch: the file gets smaller as it goes. In a file from before it could be
 * (made without `auto_vacuum`), nothing happens: the next payments use the pages.
 */
export function givePagesBack(db: DatabaseSync): void {
  // all of it: a statement would take one step, which is one page
  db.exec(`PRAGMA incremental_vacuum(${PAGES_PER_BATCH})`);
}

/** Takes the events of one record, and leaves one in their place. */
export function pruneWith(db: DatabaseSync, chain: SqliteChain): (op: PruneOp) => PruneResult {
  const recordOf = db.prepare('SELECT ordinal, version, open, attentions, pruned, head FROM records WHERE record_id = ?');
  const dropEvents = db.prepare('DELETE FROM events WHERE place BETWEEN (?1 << 20) AND (?1 << 20 | 1048575)');
  const addEvent = db.prepare(`INSERT INTO events (place, type, at, body) VALUES (? << 20, '${PRUNED_TYPE}', ?, ?)`);
  const mark = db.prepare('UPDATE records SET pruned = ? WHERE ordinal = ?');
  recordOf.setReturnArrays(true);
  return ([, recordId, version, at, summary]) => {
    const stored = recordOf.get(recordId) as unknown as StoredRow | undefined;
    if (!stored) return 'missing';
    const [ordinal, storedVersion, open, attentions, pruned, head] = stored;
    if (pruned > 0) return 'pruned-before';
    if (storedVersion !== version) return 'changed';
    if (open === 1 || attentions > 0) return 'not-at-rest';
    const body = prunedBody(at, version, head, summary);
    dropEvents.run(ordinal);
    addEvent.run(ordinal, at, body);
    mark.run(version, ordinal);
    chain.notePrune([ordinal, version, eventHash(head, hashedEvent(at, PRUNED_TYPE, body))]);
    return 'pruned';
  };
}

type StoredRow = readonly [ordinal: number, version: number, open: number, attentions: number, pruned: number, head: string];
