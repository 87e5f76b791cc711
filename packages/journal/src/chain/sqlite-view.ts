import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DatabaseUnavailable, demandSchema, FACTS_TABLE } from '@payment-manager/database';
import { migrations } from '../sqlite-script.ts';
import { attentionHash, UNIT } from './chain-hash.ts';
import type { JournalSnapshot, JournalView, RecordFacts, StoredBatch } from './journal-view.ts';
import { ONLY_WRITER } from './sqlite-chain.ts';

/** How long it waits while the writer recovers or closes the file. */
const BUSY_MS = 10_000;
const CACHE_KB = 65_536;

/**
 * Looks at a journal in a SQLite file: of a running product (from another process), of a stopped one, or a backup. It reads
 * a page at a time, so the writer's log can be written back in between.
 *
 * @throws DatabaseUnavailable `DATABASE_ALTERED` for tables, triggers and the like that are not ours, `DATABASE_OPEN_FAILED`
 */
export function viewSqliteJournal(file: string): JournalView {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    db.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA mmap_size = 0`);
    const isBackup = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'backup_facts'").get() !== undefined;
    demandSchema(db, file, migrations, isBackup ? [FACTS_TABLE] : []);
    const seen = snapshotOf(db);
    const open = db;
    return {
      async snapshot(look) {
        try {
          open.exec('BEGIN');
          return await look(seen);
        } catch (error) {
          throw error instanceof Error && 'errcode' in error ? unreadable(file, error) : error;
        } finally {
          if (open.isTransaction) open.exec('COMMIT');
        }
      },
      close: async () => open.close(),
    };
  } catch (error) {
    db?.close();
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): DatabaseUnavailable {
  if (error instanceof DatabaseUnavailable) return error;
  const why = error instanceof Error ? error.message : String(error);
  const what = /no such (?:table|column)/.test(why)
    ? 'it is not a journal, or one of an older version: start the product with it once'
    : why;
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The journal ${file} cannot be read: ${what}.`, { cause: error });
}

function snapshotOf(db: DatabaseSync): JournalSnapshot {
  const ask = (sql: string): StatementSync => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const batches = ask('SELECT position, at, hash, content FROM chain WHERE position > ? ORDER BY position LIMIT ?');
  const lastBatch = ask('SELECT position, at, hash, content FROM chain ORDER BY position DESC LIMIT 1');
  const lastOrdinal = ask('SELECT coalesce(max(ordinal), 0) FROM records');
  const hash = ask('SELECT hash FROM chain WHERE position = ?');
  const holder = ask('SELECT record FROM claims WHERE key = ?');
  const ids = ask('SELECT ordinal, record_id FROM records WHERE ordinal > ? ORDER BY ordinal LIMIT ?');
  const claimCount = ask('SELECT count(*) FROM claims');
  const claims = ask('SELECT key, record FROM claims WHERE key > ? ORDER BY key LIMIT ?');
  const stray = ask(`
    SELECT min(ordinal) FROM (
      SELECT * FROM (SELECT place >> 20 AS ordinal FROM events WHERE place > ?1 << 20 | 1048575 AND place < ?2 << 20 ORDER BY place LIMIT 1)
      UNION ALL SELECT record FROM attention WHERE record > ?1 AND record < ?2)`);
  const prunable = ask(`SELECT updated_at, ordinal FROM records INDEXED BY closed_records
    WHERE open = 0 AND attentions = 0 AND pruned = 0 AND updated_at < ? AND (updated_at, ordinal) > (?, ?)
    ORDER BY updated_at, ordinal LIMIT ?`);
  const record = recordOf(ask);
  return {
    async batches(after, limit) {
      return (batches.all(after, limit) as unknown as readonly BatchRow[]).map(storedBatch);
    },
    async lastBatch() {
      const row = lastBatch.get() as unknown as BatchRow | undefined;
      return row && storedBatch(row);
    },
    async lastOrdinal() {
      return (lastOrdinal.get() as unknown as [number])[0];
    },
    async hashOf(writer, number) {
      return writer === ONLY_WRITER ? (hash.get(number) as unknown as [string] | undefined)?.[0] : undefined;
    },
    async records(ordinals) {
      return new Map(ordinals.map((ordinal) => [ordinal, record(ordinal)]).filter((entry): entry is [number, RecordFacts] => !!entry[1]));
    },
    async holders(keys) {
      return keys.map((key) => (holder.get(Buffer.from(key, 'hex')) as unknown as [number] | undefined)?.[0]);
    },
    async recordIds(after, limit) {
      return ids.all(after, limit) as unknown as readonly (readonly [number, string])[];
    },
    async prunable(beforeMs, [updatedAt, ordinal], limit) {
      return prunable.all(beforeMs, updatedAt, ordinal, limit) as unknown as readonly (readonly [number, number])[];
    },
    async claimCount() {
      return (claimCount.get() as unknown as [number])[0];
    },
    async claims(after, limit) {
      const rows = claims.all(Buffer.from(after ?? '', 'hex'), limit) as unknown as readonly (readonly [Uint8Array, number])[];
      return rows.map(([key, ordinal]) => ({ key: Buffer.from(key).toString('hex'), ordinal }));
    },
    async strayBetween(ordinal, next) {
      return (stray.get(ordinal, next) as unknown as [number | null])[0] ?? undefined;
    },
    async heads() {
      return undefined;
    },
  };
}

type BatchRow = readonly [position: number, at: number, hash: string, content: string];

function storedBatch([position, at, hash, content]: BatchRow): StoredBatch {
  return { writer: ONLY_WRITER, number: position, position, at, hash, content };
}

function recordOf(ask: (sql: string) => StatementSync): (ordinal: number) => RecordFacts | undefined {
  const row = ask(
    'SELECT record_id, kind, label, version, open, updated_at, appends, head, attentions, pruned FROM records WHERE ordinal = ?',
  );
  const events = ask(`
    SELECT place & 1048575, at || char(${UNIT.charCodeAt(0)}) || type || char(${UNIT.charCodeAt(0)}) || body
    FROM events WHERE place BETWEEN (?1 << 20) AND (?1 << 20 | 1048575) ORDER BY place`);
  const attention = ask('SELECT level, code, reason, since FROM attention WHERE record = ? ORDER BY place');
  return (ordinal) => {
    const found = row.get(ordinal) as unknown as RecordRow | undefined;
    if (!found) return undefined;
    const [recordId, kind, label, version, open, updatedAt, appends, head, attentions, pruned] = found;
    const rows = attention.all(ordinal) as unknown as Parameters<typeof attentionHash>[0];
    return {
      ordinal,
      recordId,
      kind,
      label,
      version,
      open: open === 1,
      updatedAt,
      appends,
      head,
      pruned,
      events: events.all(ordinal) as unknown as readonly (readonly [number, string])[],
      attention: attentionHash(rows),
      agrees: attentions === rows.length,
    };
  };
}

type RecordRow = readonly [
  recordId: string,
  kind: string,
  label: string,
  version: number,
  open: number,
  updatedAt: number,
  appends: number,
  head: string,
  attentions: number,
  pruned: number,
];
