import {
  type Ask,
  DatabaseUnavailable,
  isRetired,
  openPostgresSnapshots,
  type PostgresAddress,
  retiredMessage,
} from '@payment-manager/database';
import { journalMigrations } from '../postgres-schema.ts';
import type { ChainedHead } from './chain-hash.ts';
import type { JournalSnapshot, JournalView, RecordFacts, StoredBatch } from './journal-view.ts';

/** Divides rows, and an event's number from the rest; JSON holds neither. */
const [rowEnd, numberEnd] = ['\u001d', '\u001e'];

/** Looks at a journal in PostgreSQL, on the primary or on a standby. Rejects with DatabaseUnavailable. */
export async function viewPostgresJournal(address: PostgresAddress): Promise<JournalView> {
  const snapshots = await openPostgresSnapshots(address, 'verify');
  const [room] = await snapshots.snapshot((ask) =>
    ask<{ version: number }>({ text: `SELECT version FROM schema_versions WHERE room = 'journal'` }),
  );
  if (isRetired(room?.version ?? 0, journalMigrations)) {
    await snapshots.close();
    throw new DatabaseUnavailable('DATABASE_OLD_FORM', retiredMessage('The journal in PostgreSQL'));
  }
  return {
    snapshot: (look) => snapshots.snapshot((ask) => look(snapshotWith(ask))),
    close: () => snapshots.close(),
  };
}

/** No claim has it. */
const BEFORE_ALL_KEYS = '0'.repeat(32);

const QUESTIONS = {
  batches: `SELECT position::float8, writer::text, number::float8, at::float8, hash, content FROM chain
    WHERE position > $1 ORDER BY position LIMIT $2`,
  lastBatch: `SELECT position::float8, writer::text, number::float8, at::float8, hash, content FROM chain ORDER BY position DESC LIMIT 1`,
  lastOrdinal: 'SELECT coalesce(max(ordinal), 0)::float8 AS ordinal FROM records',
  hash: 'SELECT hash FROM chain WHERE writer = $1 AND number = $2',
  records: `SELECT r.ordinal::float8, r.record_id AS "recordId", r.kind, r.label, r.version, r.open, r.updated_at::float8 AS "updatedAt",
      r.appends, r.head, r.pruned, r.closed_at IS NOT DISTINCT FROM CASE WHEN NOT r.open THEN r.updated_at END
        AND r.attentions = (SELECT count(*) FROM attention t WHERE t.record = r.ordinal) AS agrees, (
        SELECT string_agg(e.seq || E'\\x1e' || concat_ws(E'\\x1f', e.at, e.type, e.body), E'\\x1d' ORDER BY e.seq)
        FROM events e WHERE e.record = r.ordinal) AS events, coalesce((
        SELECT chain_hash(string_agg(concat_ws(E'\\x1f', t.since, t.level, t.code, octet_length(t.reason), t.reason), E'\\x1e' ORDER BY t.place))
        FROM attention t WHERE t.record = r.ordinal), '') AS attention
    FROM records r WHERE r.ordinal = ANY ($1::bigint[])`,
  holders: `SELECT c.record::float8 FROM unnest($1::uuid[]) WITH ORDINALITY AS k (key, n)
    LEFT JOIN claims c ON c.key = k.key ORDER BY k.n`,
  recordIds: 'SELECT ordinal::float8, record_id FROM records WHERE ordinal > $1 ORDER BY ordinal LIMIT $2',
  prunable: `SELECT closed_at::float8 AS "updatedAt", ordinal::float8 FROM records
    WHERE closed_at IS NOT NULL AND attentions = 0 AND pruned = 0 AND closed_at < $1 AND (closed_at, ordinal) > ($2, $3)
    ORDER BY closed_at, ordinal LIMIT $4`,
  claimCount: 'SELECT count(*)::float8 AS count FROM claims',
  claims: `SELECT replace(key::text, '-', '') AS key, record::float8 AS ordinal FROM claims WHERE key > $1 ORDER BY key LIMIT $2`,
  stray: `SELECT least((SELECT min(record) FROM events WHERE record > $1 AND record < $2),
    (SELECT min(record) FROM attention WHERE record > $1 AND record < $2))::float8 AS ordinal`,
  heads: 'SELECT writer::text, number::float8, hash FROM chain_heads ORDER BY writer',
} as const;

function snapshotWith(ask: Ask): JournalSnapshot {
  const rows = <R extends object>(name: keyof typeof QUESTIONS, ...values: unknown[]) => ask<R>({ name, text: QUESTIONS[name], values });
  return {
    batches: (after, limit) => rows<StoredBatch>('batches', after, limit),
    async lastBatch() {
      return (await rows<StoredBatch>('lastBatch'))[0];
    },
    async lastOrdinal() {
      return (await rows<{ ordinal: number }>('lastOrdinal'))[0]?.ordinal ?? 0;
    },
    async hashOf(writer, number) {
      return (await rows<{ hash: string }>('hash', writer, number))[0]?.hash;
    },
    async records(ordinals) {
      const found = await rows<RecordRow>('records', ordinals);
      return new Map(found.map((row) => [row.ordinal, { ...row, events: eventsIn(row.events) }]));
    },
    async holders(keys) {
      return (await rows<{ record: number | null }>('holders', keys)).map(({ record }) => record ?? undefined);
    },
    async recordIds(after, limit) {
      const found = await rows<{ ordinal: number; record_id: string }>('recordIds', after, limit);
      return found.map(({ ordinal, record_id }) => [ordinal, record_id] as const);
    },
    async prunable(beforeMs, after, limit) {
      const found = await rows<{ updatedAt: number; ordinal: number }>('prunable', beforeMs, ...after, limit);
      return found.map(({ updatedAt, ordinal }) => [updatedAt, ordinal] as const);
    },
    async claimCount() {
      return (await rows<{ count: number }>('claimCount'))[0]?.count ?? 0;
    },
    claims: (after, limit) => rows('claims', after ?? BEFORE_ALL_KEYS, limit),
    async strayBetween(ordinal, next) {
      return (await rows<{ ordinal: number | null }>('stray', ordinal, next))[0]?.ordinal ?? undefined;
    },
    async heads() {
      const found = await rows<{ writer: string; number: number; hash: string }>('heads');
      return found.map(({ writer, number, hash }): ChainedHead => [writer, number, hash]);
    },
  };
}

type RecordRow = Omit<RecordFacts, 'events'> & { readonly events: string | null };

function eventsIn(text: string | null): RecordFacts['events'] {
  if (text === null) return [];
  return text.split(rowEnd as string).map((row) => {
    const end = row.indexOf(numberEnd as string);
    return [Number(row.slice(0, end)), row.slice(end + 1)] as const;
  });
}
