/** The journal's tables and what is done with them. Runs in the database's thread; imports little. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { StoreMigration } from '@payment-manager/database';
import { RETIRED_MIGRATION } from '@payment-manager/database/retired-migration';
import type { AppendOp, AppendReply } from './append-op.ts';
import { attentionHash, claimKeyOf, eventHash, hashedEvent, recordStart } from './chain/chain-hash.ts';
import { CHAIN_TABLE, type SqliteChain, sqliteChain } from './chain/sqlite-chain.ts';
import type { PruneResult } from './prune/pruned.ts';
import { givePagesBack, type PruneOp, pruneWith } from './prune/sqlite-prune.ts';
import { MARK_KIND } from './restored/mark.ts';

/**
 * Events and attention hang on the record's ordinal, not on its id: ids are random, and a tree ordered by them would
 * touch another page for every payment, while by ordinal the payments of today lie side by side.
 *
 * An event's place is its record's ordinal and its number in one integer, so that the table is ordered by it: a table
 * without rowid would put each body of more than 1,000 bytes on pages of its own, and take twice the room.
 *
 * `claims.key`: `claimKeyOf`. `closed_records` is for reconciliation, and has only records at rest: open ones are few, and would move in it with
 * each of their events. `head`: the hash of the record's last event. `appends`: how many there were, those without events too. `pruned`: how many of its
 * first events were pruned; their place has the event with the number 0. `shared_by`: what whoever opens the journal must have, by name. `format`: see
 * `JOURNAL_FORMAT`.
 */
const TABLES = `
  CREATE TABLE records (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    version INTEGER NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    attentions INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    head TEXT NOT NULL,
    appends INTEGER NOT NULL,
    pruned INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX open_records ON records (ordinal) WHERE open = 1;
  CREATE INDEX closed_records ON records (updated_at, ordinal) WHERE open = 0;
  CREATE INDEX ${MARK_KIND}_records ON records (ordinal) WHERE kind = '${MARK_KIND}';
  CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    record INTEGER NOT NULL GENERATED ALWAYS AS (place >> 20) VIRTUAL,
    seq INTEGER NOT NULL GENERATED ALWAYS AS (place & 1048575) VIRTUAL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE claims (
    key BLOB PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES records (ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE attention (
    record INTEGER NOT NULL REFERENCES records (ordinal),
    place INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('exception', 'alarm')),
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (record, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attention_by_age ON attention (since, record, place);
  CREATE TABLE shared_by (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE format (version INTEGER NOT NULL) STRICT;
  INSERT INTO format (version) VALUES (1);
  ${CHAIN_TABLE}
`;

/** Events that a record can have; a payment has a dozen. */
const EVENTS_MAX = 2 ** 20 - 1;

/** Exact as a number up to 8 thousand million records. */
const placeOf = (record: number, seq: number): number => record * (EVENTS_MAX + 1) + seq;

const SELECT_HOLDER = 'SELECT r.record_id FROM claims c JOIN records r ON r.ordinal = c.record WHERE c.key = ?';
const SELECT_BODIES = 'SELECT body FROM events WHERE place BETWEEN (?1 << 20) AND (?1 << 20 | 1048575) ORDER BY place';

/** The first five made the first stored form, with claims as they are said. */
export const migrations: readonly StoreMigration[] = [...Array.from({ length: 5 }, () => RETIRED_MIGRATION), TABLES];

/** A stored record as it crosses the thread: `recordId, kind, open, body…`. */
export type RecordRow = readonly [recordId: string, kind: string, open: number, ...bodies: string[]];
/** A stored record with the time of its last event before it. */
export type DatedRow = readonly [updatedAt: number, ...row: RecordRow];
/** `recordId, kind, label, level, code, reason, since` */
export type AttentionValues = readonly [string, string, string, string, string, string, number];

/** What is done with the tables; statements are prepared once. See `StoreScript`. */
export function operations(db: DatabaseSync) {
  const chain = sqliteChain(db);
  const [append, prune, share] = [appendWith(db, chain), pruneWith(db, chain), shareWith(db)];
  const restores = restoresIn(db);
  const raiseFormat = db.prepare('UPDATE format SET version = ?');
  let known = restores();
  return {
    write(op: AppendOp | PruneOp | ShareOp | KnowOp | FormatOp): AppendReply | PruneResult | string {
      if (op[0] === 0) return prune(op as PruneOp);
      if (op[0] === 3) {
        raiseFormat.run(op[1] as number);
        return '';
      }
      if (op[0] === 2) {
        known = restores();
        return '';
      }
      return op[0] === 1 ? share(op as ShareOp) : append(op as AppendOp);
    },
    beginBatch(): void {
      if (restores() !== known) throw Object.assign(new Error('the journal was marked as restored'), { code: 'DATABASE_RESTORED' });
      chain.begin();
    },
    endBatch(): void {
      if (chain.seal()) givePagesBack(db);
    },
    read: { ...recordQuestions(db), between: betweenQuestion(db), attention: attentionQuestion(db), ...chainQuestions(db, chain) },
  };
}

/** What the one who opens has as it crosses to the database's thread; no append begins with a number. */
export type ShareOp = readonly [share: 1, name: string, value: string];

/** Whoever sets a mark at the opening says in the same batch that it knows it. */
export type KnowOp = readonly [know: 2];

/** From now on events of this format may be written. */
export type FormatOp = readonly [format: 3, version: number];

/** How many restores are marked: read in each batch's transaction, by an index that has nothing else. */
function restoresIn(db: DatabaseSync): () => number {
  const count = db.prepare(`SELECT count(*) FROM records WHERE kind = '${MARK_KIND}'`);
  count.setReturnArrays(true);
  return () => (count.get() as unknown as readonly [number])[0];
}

/** Gives the value that stands there: the one of whoever opened the journal first. */
function shareWith(db: DatabaseSync): (op: ShareOp) => string {
  const add = db.prepare('INSERT INTO shared_by (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const held = db.prepare('SELECT value FROM shared_by WHERE name = ?');
  return ([, name, value]) => {
    add.run(name, value);
    return String(held.get(name)?.['value']);
  };
}

type Value = string | number;

/** A key as it is stored. */
const blobOf = (key: string): Uint8Array => Buffer.from(key, 'hex');

function appendWith(db: DatabaseSync, chain: SqliteChain): (op: AppendOp) => AppendReply {
  const recordOf = db.prepare('SELECT ordinal, version, attentions, appends, updated_at, head FROM records WHERE record_id = ?');
  const addRecord = db.prepare(
    'INSERT INTO records (record_id, kind, label, version, open, attentions, updated_at, appends, head) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)',
  );
  const changeRecord = db.prepare(
    'UPDATE records SET label = ?, version = ?, open = ?, attentions = ?, updated_at = ?, appends = ?, head = ? WHERE ordinal = ?',
  );
  const addEvent = db.prepare('INSERT INTO events (place, type, at, body) VALUES (?, ?, ?, ?)');
  const holderOf = db.prepare(SELECT_HOLDER);
  const addClaim = db.prepare('INSERT INTO claims (key, record) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const dropAttention = db.prepare('DELETE FROM attention WHERE record = ?');
  const addAttention = db.prepare('INSERT INTO attention (record, place, level, code, reason, since) VALUES (?, ?, ?, ?, ?, ?)');
  recordOf.setReturnArrays(true);
  holderOf.setReturnArrays(true);

  return (op) => {
    const [recordId, kind, label, expected, open, eventAt] = op as [string, string, string, number, number, number];
    const events = 7;
    const eventCount = op[6] as number;
    const claims = events + eventCount * 3 + 1;
    const claimCount = op[claims - 1] as number;
    const attentions = claims + claimCount * 3 + 1;
    const attentionCount = op[attentions - 1] as number;
    const version = expected + eventCount;

    if (version > EVENTS_MAX) throw new RangeError(`a record has at most ${EVENTS_MAX} events`);
    // Everything that can be refused is refused before the first change.
    const stored = recordOf.get(recordId) as unknown as StoredRow | undefined;
    const storedVersion = stored?.[1] ?? 0;
    if (storedVersion !== expected) return ['version', storedVersion];
    const keys = Array.from({ length: claimCount }, (_, index) =>
      claimKeyOf(...(three(op, claims + index * 3) as [string, string, string])),
    );
    for (const [index, key] of keys.entries()) {
      const holder = holderOf.get(blobOf(key)) as readonly string[] | undefined;
      if (holder?.[0] !== undefined && holder[0] !== recordId) return ['claim', index, holder[0]];
    }

    const hashes = hashesOf(op, events, eventCount, stored?.[5] ?? recordStart(recordId, kind));
    const head = hashes.at(-1) ?? stored?.[5] ?? '';
    const [nth, updatedAt] = [(stored?.[3] ?? 0) + 1, Math.max(stored?.[4] ?? 0, eventAt)];
    let record = stored?.[0];
    if (record === undefined) {
      record = Number(addRecord.run(recordId, kind, label, version, open, attentionCount, updatedAt, head).lastInsertRowid);
    } else {
      changeRecord.run(label, version, open, attentionCount, updatedAt, nth, head, record);
      if (stored?.[2]) dropAttention.run(record);
    }
    for (let index = 0; index < eventCount; index++) addEvent.run(placeOf(record, expected + index + 1), ...three(op, events + index * 3));
    const owner = record;
    const taken = keys.filter((key) => addClaim.run(blobOf(key), owner).changes !== 0);
    const rows: [string, string, string, number][] = [];
    for (let index = 0; index < attentionCount; index++) {
      const at = attentions + index * 4;
      const row = [...three(op, at), op[at + 3] as number] as [string, string, string, number];
      addAttention.run(record, index, ...row);
      rows.push(row);
    }
    const made = stored ? {} : { made: [recordId, kind] as const };
    const attention = attentionHash(rows);
    chain.note({ ordinal: record, nth, before: expected, open, label, updatedAt, attention, events: hashes, claims: taken, ...made });
    return [version];
  };
}

type StoredRow = readonly [ordinal: number, version: number, attentions: number, appends: number, updatedAt: number, head: string];

function hashesOf(op: AppendOp, from: number, count: number, start: string): readonly string[] {
  const hashes: string[] = [];
  let head = start;
  for (let index = 0; index < count; index++) {
    const [type, at, body] = three(op, from + index * 3) as [string, number, string];
    head = eventHash(head, hashedEvent(at, type, body));
    hashes.push(head);
  }
  return hashes;
}

function three(op: AppendOp, at: number): [Value, Value, Value] {
  return [op[at] as Value, op[at + 1] as Value, op[at + 2] as Value];
}

function recordQuestions(db: DatabaseSync) {
  const byId = db.prepare('SELECT ordinal, record_id, kind, open FROM records WHERE record_id = ?');
  const openAfter = db.prepare(
    'SELECT ordinal, record_id, kind, open FROM records WHERE open = 1 AND ordinal > ? ORDER BY ordinal LIMIT ?',
  );
  const bodies = db.prepare(SELECT_BODIES);
  const holderOf = db.prepare(SELECT_HOLDER);
  for (const statement of [byId, openAfter, bodies, holderOf]) statement.setReturnArrays(true);

  const withBodies = (row: readonly SQLOutputValue[]): RecordRow => rowWith(bodies, row);

  return {
    load(recordId: string): RecordRow | undefined {
      const row = byId.get(recordId) as unknown as readonly SQLOutputValue[] | undefined;
      return row && withBodies(row);
    },
    findByClaim(claim: readonly [kind: string, scope: string, value: string]): string | undefined {
      const row = holderOf.get(blobOf(claimKeyOf(...claim))) as unknown as readonly [string] | undefined;
      return row?.[0];
    },
    /** Undefined when there is no record `after`. */
    openRecords([limit, after]: readonly [limit: number, after: string | undefined]): readonly RecordRow[] | undefined {
      const last = after === undefined ? [0] : (byId.get(after) as unknown as readonly number[] | undefined);
      if (last?.[0] === undefined) return undefined;
      return (openAfter.all(last[0], limit) as unknown as readonly (readonly SQLOutputValue[])[]).map(withBodies);
    },
  };
}

/** The record of a row `ordinal, record_id, kind, open`, with its events. */
function rowWith(bodies: StatementSync, [ordinal = 0, recordId, kind, open]: readonly SQLOutputValue[]): RecordRow {
  const rows = bodies.all(ordinal) as unknown as readonly (readonly [string])[];
  return [recordId as string, kind as string, open as number, ...rows.map(([body]) => body)];
}

type BetweenArguments = readonly [fromMs: number, toMs: number, limit: number, afterMs: number, afterId: string | null];

function betweenQuestion(db: DatabaseSync): (args: BetweenArguments) => readonly DatedRow[] | undefined {
  const ordinalOf = db.prepare('SELECT ordinal FROM records WHERE record_id = ?');
  const bodies = db.prepare(SELECT_BODIES);
  // Each half by its own index, in order, so that no day is sorted.
  const half = (open: 0 | 1): string => `
    SELECT * FROM (
      SELECT updated_at, ordinal, record_id, kind, open FROM records
      WHERE open = ${open} AND updated_at >= ?1 AND updated_at < ?2 AND (updated_at, ordinal) > (?4, ?5)
      ORDER BY updated_at, ordinal LIMIT ?3)`;
  const page = db.prepare(`SELECT * FROM (${half(0)} UNION ALL ${half(1)}) ORDER BY updated_at, ordinal LIMIT ?3`);
  for (const statement of [ordinalOf, bodies, page]) statement.setReturnArrays(true);
  return ([fromMs, toMs, limit, afterMs, afterId]) => {
    const last = afterId === null ? [0] : (ordinalOf.get(afterId) as unknown as readonly number[] | undefined);
    if (last?.[0] === undefined) return undefined;
    const rows = page.all(fromMs, toMs, limit, afterMs, last[0]) as unknown as readonly (readonly SQLOutputValue[])[];
    return rows.map(([updatedAt, ...row]) => [updatedAt as number, ...rowWith(bodies, row)]);
  };
}

function chainQuestions(db: DatabaseSync, chain: SqliteChain) {
  const hash = db.prepare('SELECT hash FROM chain WHERE position = ?');
  const last = db.prepare('SELECT coalesce(max(updated_at), 0) AS at FROM records');
  const format = db.prepare('SELECT version FROM format');
  return {
    chainHeads: chain.heads,
    batchHash: (position: number): string | undefined => hash.get(position)?.['hash'] as string | undefined,
    format: (_: undefined): number => Number(format.get()?.['version']),
    /** Time of the latest event. */
    lastEventAt: (_: undefined): number => Number(last.get()?.['at']),
  };
}

function attentionQuestion(db: DatabaseSync) {
  const columns = 'r.record_id, r.kind, r.label, a.level, a.code, a.reason, a.since';
  const wanted = db.prepare(`
    SELECT ${columns} FROM attention a JOIN records r ON r.ordinal = a.record
    WHERE (?1 IS NULL OR a.level = ?1) AND (?2 IS NULL OR r.label = ?2)
    ORDER BY a.since, a.record, a.place LIMIT ?3`);
  wanted.setReturnArrays(true);
  return ([level, label, limit]: readonly [string | null, string | null, number]): readonly AttentionValues[] =>
    wanted.all(level, label, limit) as unknown as readonly AttentionValues[];
}
