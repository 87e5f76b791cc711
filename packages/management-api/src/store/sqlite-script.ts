import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { StoreMigration, StoreOperations } from '@payment-manager/database';

const SCHEMA1 = `
  CREATE TABLE mgmt_kept (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, owner TEXT NOT NULL, expires INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mgmt_owner ON mgmt_kept (kind, owner, id);
  CREATE INDEX mgmt_expires ON mgmt_kept (expires);
  CREATE TABLE mgmt_audit (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX mgmt_audit_actor ON mgmt_audit (actor, seq);
  CREATE INDEX mgmt_audit_action ON mgmt_audit (action, seq);
  CREATE INDEX mgmt_audit_target ON mgmt_audit (target, seq);
  CREATE TRIGGER mgmt_audit_kept BEFORE DELETE ON mgmt_audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
  CREATE TRIGGER mgmt_audit_same BEFORE UPDATE ON mgmt_audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
`;

/** The tables, one text per version, oldest first; a released one is never changed. */
const MIGRATIONS: readonly StoreMigration[] = [SCHEMA1];

export { MIGRATIONS as migrations };

/** `[kind, id, version that was seen, body or null to remove, owner, expires]` */
type PutRow = readonly [string, string, number, string | null, string, number];
/** `[at, actor, action, target, text]` */
type EntryRow = readonly [number, string, string, string, string];
export type ChangeOp = readonly [puts: readonly PutRow[], entries: readonly EntryRow[], now: number];

type Row = Record<string, unknown>;

/** What of an entry is hashed, in the form in which PostgreSQL hashes it, too. */
export function hashOf(before: string, seq: number, text: string): string {
  return createHash('sha256').update(`${before}\n${seq}\n${text}`).digest('hex');
}

/** What can be done to the tables; run in the thread that owns the database. */
export function operations(db: DatabaseSync) {
  const version = db.prepare('SELECT version FROM mgmt_kept WHERE kind = ? AND id = ? AND (expires = 0 OR expires >= ?)');
  const put = db.prepare(`INSERT INTO mgmt_kept (kind, id, version, body, owner, expires) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body, owner = excluded.owner, expires = excluded.expires`);
  const remove = db.prepare('DELETE FROM mgmt_kept WHERE kind = ? AND id = ?');
  const head = db.prepare('SELECT seq, hash FROM mgmt_audit ORDER BY seq DESC LIMIT 1');
  const append = db.prepare('INSERT INTO mgmt_audit (seq, at, actor, action, target, text, hash) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const clean = db.prepare('DELETE FROM mgmt_kept WHERE expires > 0 AND expires < ?');
  const all = (text: string, values: readonly SQLInputValue[]): readonly Row[] => db.prepare(text).all(...values) as Row[];
  return {
    write([puts, entries, now]: ChangeOp): boolean {
      for (const [kind, id, seen] of puts) if (Number(version.get(kind, id, now)?.['version'] ?? 0) !== seen) return false;
      clean.run(now);
      for (const [kind, id, seen, body, owner, expires] of puts) {
        if (body === null) remove.run(kind, id);
        else put.run(kind, id, seen + 1, body, owner, expires);
      }
      const last = head.get();
      let [seq, hash] = [Number(last?.['seq'] ?? 0), String(last?.['hash'] ?? '')];
      for (const [at, actor, action, target, text] of entries) {
        seq += 1;
        hash = hashOf(hash, seq, text);
        append.run(seq, at, actor, action, target, text, hash);
      }
      return true;
    },
    read: {
      get: ([kind, id, now]: readonly [string, string, number]) =>
        all('SELECT id, version, body FROM mgmt_kept WHERE kind = ? AND id = ? AND (expires = 0 OR expires >= ?)', [kind, id, now]),
      list: ([kind, owner, after, limit, now]: readonly [string, string | null, string, number, number]) =>
        owner === null
          ? all('SELECT id, version, body FROM mgmt_kept WHERE kind = ? AND id > ? AND (expires = 0 OR expires >= ?) ORDER BY id LIMIT ?', [
              kind,
              after,
              now,
              limit,
            ])
          : all(
              'SELECT id, version, body FROM mgmt_kept WHERE kind = ? AND owner = ? AND id > ? AND (expires = 0 OR expires >= ?) ORDER BY id LIMIT ?',
              [kind, owner, after, now, limit],
            ),
      ask: ([text, values]: readonly [string, readonly SQLInputValue[]]) => all(text, values),
    },
  } satisfies StoreOperations;
}
