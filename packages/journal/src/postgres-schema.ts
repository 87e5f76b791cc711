import { RETIRED_MIGRATION } from '@payment-manager/database';
import { BATCH_MIGRATION } from './chain/postgres-batch.ts';
import { CHAIN_MIGRATION } from './chain/postgres-chain.ts';
import { PRUNE_MIGRATION } from './prune/postgres-prune.ts';

/**
 * The journal's tables in PostgreSQL, as in SQLite (see `sqlite-script.ts`), and what replicas need besides: for each event
 * who wrote it and to whom it belongs, and the topics that records wait on.
 *
 * `closed_at` is `updated_at` of a record at rest: an open one would move in the index with each of its events, and every
 * index of the table with it.
 *
 * `shared_by`: what every replica must have in common.
 *
 * There are no foreign keys: `append_batch` is the only writer, and a check per row would cost more than the row. Texts that
 * are looked up compare by their bytes (collation C), whatever the database's own collation is.
 */
const TABLES = `
  CREATE SEQUENCE record_ordinals CACHE 1;
  CREATE TABLE records (
    ordinal bigint PRIMARY KEY,
    record_id text COLLATE "C" NOT NULL UNIQUE,
    kind text NOT NULL,
    label text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    open boolean NOT NULL,
    attentions integer NOT NULL,
    topics integer NOT NULL,
    updated_at bigint NOT NULL,
    closed_at bigint,
    head text NOT NULL,
    appends integer NOT NULL,
    pruned integer NOT NULL DEFAULT 0
  ) WITH (fillfactor = 80);
  CREATE INDEX open_records ON records (ordinal) WHERE open;
  CREATE INDEX closed_records ON records (closed_at, ordinal) WHERE closed_at IS NOT NULL;
  CREATE TABLE events (
    record bigint NOT NULL,
    seq integer NOT NULL,
    type text NOT NULL,
    at bigint NOT NULL,
    writer bigint NOT NULL,
    owner bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (record, seq)
  );
  CREATE TABLE claims (
    key uuid PRIMARY KEY,
    record bigint NOT NULL
  );
  CREATE TABLE attention (
    record bigint NOT NULL,
    place integer NOT NULL,
    level text NOT NULL CHECK (level IN ('exception', 'alarm')),
    code text NOT NULL,
    reason text NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (record, place)
  );
  CREATE INDEX attention_by_age ON attention (since, record, place);
  CREATE TABLE topics (
    topic text COLLATE "C" NOT NULL,
    record bigint NOT NULL,
    PRIMARY KEY (topic, record)
  );
  CREATE INDEX topics_by_record ON topics (record);
  CREATE TABLE shared_by (name text PRIMARY KEY, value text NOT NULL);
`;

/**
 * Gives this replica up to `p_limit` open records with events that belong to a lease that has ended, and returns their
 * ordinals. One replica at a time; a record that is just being written is left for the next time. A lease of which
 * nothing open is left is marked as drained, so that nobody looks for it again.
 */
const TAKE_OVER = `
  CREATE FUNCTION take_over(p_epoch bigint, p_connected_ms bigint, p_limit integer) RETURNS bigint[] LANGUAGE plpgsql AS $$
  DECLARE
    dead bigint[];
    taken bigint[];
  BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext(current_schema() || '.take_over')) THEN RETURN '{}'; END IF;
    dead := end_leases(p_epoch, p_connected_ms);
    IF dead IS NULL THEN RETURN '{}'; END IF;
    SELECT coalesce(array_agg(found.ordinal), '{}') INTO taken FROM (
      SELECT r.ordinal FROM records r
      WHERE r.open AND EXISTS (SELECT FROM events e WHERE e.record = r.ordinal AND e.owner = ANY (dead))
      ORDER BY r.ordinal LIMIT p_limit FOR UPDATE OF r SKIP LOCKED
    ) found;
    UPDATE events SET owner = p_epoch WHERE record = ANY (taken) AND owner = ANY (dead);
    IF cardinality(taken) < p_limit THEN
      UPDATE leases l SET drained = true WHERE l.epoch = ANY (dead) AND NOT EXISTS (
        SELECT FROM records r JOIN events e ON e.record = r.ordinal WHERE r.open AND e.owner = l.epoch);
    END IF;
    RETURN taken;
  END $$;
`;

/** Schema of the journal, one text per version, oldest first. The first five made the first stored form, with claims as they are said. */
export const journalMigrations: readonly string[] = [
  ...Array.from({ length: 5 }, () => RETIRED_MIGRATION),
  TABLES + TAKE_OVER + CHAIN_MIGRATION + PRUNE_MIGRATION + BATCH_MIGRATION,
];
