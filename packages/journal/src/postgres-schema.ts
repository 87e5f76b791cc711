import { chainMigration } from './chain/postgres-chain.ts';
import { pruneMigration } from './prune/postgres-prune.ts';

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
const tables1 = `
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
    closed_at bigint
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
    kind text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    record bigint NOT NULL,
    PRIMARY KEY (kind, scope, value)
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
 * Stores a batch of appends: each array has one entry per append, per event, per claim, and so on; `_ops` says to which
 * append (from 1) an entry belongs. In a batch no two appends have a record or a claim in common.
 *
 * Rows are locked and made in the order of their keys, so that two batches do not wait for each other in a circle. Where
 * another transaction makes the same row at the same time, the batch is undone with SQLSTATE 40001 and sent again: then the
 * other's row is there to be seen, and one append is refused instead of all.
 */
const append1 = `
  CREATE FUNCTION append_batch(
    p_epoch bigint, p_batch bigint,
    p_ids text[], p_kinds text[], p_labels text[], p_expected integer[], p_events integer[], p_open boolean[],
    p_attentions integer[], p_topics integer[], p_updated bigint[],
    p_event_ops integer[], p_event_seqs integer[], p_event_types text[], p_event_ats bigint[], p_event_bodies text,
    p_claim_ops integer[], p_claim_places integer[], p_claim_kinds text[], p_claim_scopes text[], p_claim_values text[],
    p_attention_ops integer[], p_attention_places integer[], p_attention_levels text[], p_attention_codes text[],
    p_attention_reasons text[], p_attention_sinces bigint[],
    p_topic_ops integer[], p_topic_names text[]
  ) RETURNS json LANGUAGE plpgsql AS $$
  DECLARE
    ordinals bigint[];
    versions integer[];
    old_attentions bigint;
    old_topics bigint;
    fresh_claims bigint := 0;
    held_claims bigint := 0;
    new_records bigint := cardinality(array_positions(p_expected, 0));
    made bigint;
    refused integer[] := '{}';
    refusals json;
    changed text := array_to_string(p_ids, E'\\x1f');
  BEGIN
    PERFORM begin_batch(p_epoch, p_batch);

    PERFORM 1 FROM records WHERE record_id = ANY (p_ids) ORDER BY record_id FOR UPDATE;
    SELECT array_agg(coalesce(o.ordinal, nextval('record_ordinals'))), array_agg(o.version), sum(o.attentions), sum(o.topics)
      INTO ordinals, versions, old_attentions, old_topics
      FROM (
        SELECT r.ordinal, coalesce(r.version, 0) AS version, coalesce(r.attentions, 0) AS attentions, coalesce(r.topics, 0) AS topics
        FROM unnest(p_ids) WITH ORDINALITY AS a (id, n) LEFT JOIN records r ON r.record_id = a.id ORDER BY a.n
      ) o;
    IF cardinality(p_claim_ops) > 0 THEN
      SELECT count(*) FILTER (WHERE c.record IS NULL), count(*) FILTER (WHERE c.record <> ordinals[k.op]) INTO fresh_claims, held_claims
        FROM unnest(p_claim_ops, p_claim_kinds, p_claim_scopes, p_claim_values) AS k (op, kind, scope, value)
        LEFT JOIN claims c ON c.kind = k.kind AND c.scope = k.scope AND c.value = k.value;
    END IF;

    IF versions <> p_expected OR held_claims > 0 THEN
      SELECT array_agg(why.op), json_agg(why.refusal) INTO refused, refusals FROM (
        SELECT v.op::integer AS op, json_build_array(v.op - 1, 'version', v.version) AS refusal
          FROM unnest(versions, p_expected) WITH ORDINALITY AS v (version, expected, op) WHERE v.version <> v.expected
        UNION ALL
        (SELECT DISTINCT ON (k.op) k.op, json_build_array(k.op - 1, 'claim', k.place, r.record_id)
          FROM unnest(p_claim_ops, p_claim_places, p_claim_kinds, p_claim_scopes, p_claim_values) AS k (op, place, kind, scope, value)
          JOIN claims c ON c.kind = k.kind AND c.scope = k.scope AND c.value = k.value
          JOIN records r ON r.ordinal = c.record
          WHERE c.record <> ordinals[k.op] AND versions[k.op] = p_expected[k.op]
          ORDER BY k.op, k.place)
      ) why;
      SELECT string_agg(a.id, E'\\x1f') INTO changed FROM unnest(p_ids) WITH ORDINALITY AS a (id, n) WHERE a.n <> ALL (refused);
      SELECT count(*) INTO fresh_claims
        FROM unnest(p_claim_ops, p_claim_kinds, p_claim_scopes, p_claim_values) AS k (op, kind, scope, value)
        LEFT JOIN claims c ON c.kind = k.kind AND c.scope = k.scope AND c.value = k.value
        WHERE c.record IS NULL AND k.op <> ALL (refused);
      SELECT count(*) INTO new_records FROM unnest(p_expected) WITH ORDINALITY AS a (expected, n)
        WHERE a.expected = 0 AND a.n <> ALL (refused);
    END IF;

    IF new_records > 0 THEN
      INSERT INTO records (ordinal, record_id, kind, label, version, open, attentions, topics, updated_at, closed_at)
        SELECT a.ordinal, a.id, a.kind, a.label, a.events, a.open, a.attentions, a.topics, a.updated, CASE WHEN NOT a.open THEN a.updated END
        FROM unnest(ordinals, p_ids, p_kinds, p_labels, p_expected, p_events, p_open, p_attentions, p_topics, p_updated)
          WITH ORDINALITY AS a (ordinal, id, kind, label, expected, events, open, attentions, topics, updated, n)
        WHERE a.expected = 0 AND a.n <> ALL (refused)
        ORDER BY a.id COLLATE "C" ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS made = ROW_COUNT;
      IF made <> new_records THEN RAISE EXCEPTION 'another batch made the same record' USING ERRCODE = '40001'; END IF;
    END IF;

    IF fresh_claims > 0 THEN
      INSERT INTO claims (kind, scope, value, record)
        SELECT k.kind, k.scope, k.value, ordinals[k.op]
        FROM unnest(p_claim_ops, p_claim_kinds, p_claim_scopes, p_claim_values) AS k (op, kind, scope, value)
        WHERE k.op <> ALL (refused)
        ORDER BY k.kind COLLATE "C", k.scope COLLATE "C", k.value COLLATE "C" ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS made = ROW_COUNT;
      IF made <> fresh_claims THEN RAISE EXCEPTION 'another batch made the same claim' USING ERRCODE = '40001'; END IF;
    END IF;

    IF cardinality(p_ids) > new_records + cardinality(refused) THEN
      UPDATE records r SET label = a.label, version = a.expected + a.events, open = a.open, attentions = a.attentions,
          topics = a.topics, updated_at = greatest(r.updated_at, a.updated),
          closed_at = CASE WHEN NOT a.open THEN greatest(r.updated_at, a.updated) END
        FROM unnest(ordinals, p_labels, p_expected, p_events, p_open, p_attentions, p_topics, p_updated)
          WITH ORDINALITY AS a (ordinal, label, expected, events, open, attentions, topics, updated, n)
        WHERE r.ordinal = a.ordinal AND a.expected > 0 AND a.n <> ALL (refused);
    END IF;

    INSERT INTO events (record, seq, type, at, writer, owner, body)
      SELECT ordinals[e.op], e.seq, e.type, e.at, p_epoch, p_epoch, e.body
      FROM unnest(p_event_ops, p_event_seqs, p_event_types, p_event_ats, string_to_array(p_event_bodies, E'\\x1f'))
        AS e (op, seq, type, at, body)
      WHERE e.op <> ALL (refused);

    IF old_attentions > 0 THEN
      DELETE FROM attention WHERE record IN (SELECT a.ordinal FROM unnest(ordinals) WITH ORDINALITY AS a (ordinal, n) WHERE a.n <> ALL (refused));
    END IF;
    IF cardinality(p_attention_ops) > 0 THEN
      INSERT INTO attention (record, place, level, code, reason, since)
        SELECT ordinals[t.op], t.place, t.level, t.code, t.reason, t.since
        FROM unnest(p_attention_ops, p_attention_places, p_attention_levels, p_attention_codes, p_attention_reasons, p_attention_sinces)
          AS t (op, place, level, code, reason, since)
        WHERE t.op <> ALL (refused);
    END IF;
    IF old_topics > 0 THEN
      DELETE FROM topics WHERE record IN (SELECT a.ordinal FROM unnest(ordinals) WITH ORDINALITY AS a (ordinal, n) WHERE a.n <> ALL (refused));
    END IF;
    IF cardinality(p_topic_ops) > 0 THEN
      INSERT INTO topics (topic, record)
        SELECT t.topic, ordinals[t.op] FROM unnest(p_topic_ops, p_topic_names) AS t (op, topic) WHERE t.op <> ALL (refused);
    END IF;

    PERFORM end_batch(p_epoch, p_batch, coalesce(changed, ''), refusals);
    RETURN refusals;
  END $$;
`;

/**
 * Gives this replica up to `p_limit` open records with events that belong to a lease that has ended, and returns their
 * ordinals. One replica at a time; a record that is just being written is left for the next time. A lease of which
 * nothing open is left is marked as drained, so that nobody looks for it again.
 */
const takeOver1 = `
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

/** Schema of the journal, one text per version, oldest first. */
export const journalMigrations: readonly string[] = [tables1 + append1 + takeOver1, chainMigration, pruneMigration];
