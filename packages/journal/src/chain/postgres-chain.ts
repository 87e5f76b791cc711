/**
 * The chain in PostgreSQL, as in SQLite (see `sqlite-chain.ts`), with a chain for each writer. The hashes are those of
 * `chain-hash.ts`, made by the server, so that a batch is still one statement and no writer waits for another.
 *
 * `chain_positions` is asked when a batch has all its locks: what it could see has a lower position. A number may be left out
 * (a batch that was undone).
 *
 * `chain_heads`: the last batch of each writer that lives, and of each that ended and is not tied yet. A writer's first batch
 * and every 64th name them all (`ties`). The end of a writer whose lease has ended is final: whoever names it takes it out.
 */
const tables = `
  ALTER TABLE records ADD COLUMN head text NOT NULL DEFAULT '', ADD COLUMN appends integer NOT NULL DEFAULT 0;
  CREATE SEQUENCE chain_positions CACHE 1;
  CREATE TABLE chain (
    position bigint PRIMARY KEY,
    writer bigint NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    hash text NOT NULL,
    content text NOT NULL,
    UNIQUE (writer, number)
  );
  ALTER TABLE chain ALTER COLUMN content SET STORAGE EXTERNAL;
  CREATE TABLE chain_heads (
    writer bigint PRIMARY KEY,
    number bigint NOT NULL,
    hash text NOT NULL
  ) WITH (fillfactor = 40, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

  CREATE FUNCTION chain_hash(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT encode(sha256(convert_to(p_text, 'UTF8')), 'base64') $$;

  CREATE FUNCTION add_to_chain(p_writer bigint, p_appends text) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    previous record;
    my_number bigint;
    my_position bigint;
    my_at bigint;
    content text := '{"appends":[' || p_appends || ']';
    ties text;
    my_hash text;
  BEGIN
    SELECT h.number, h.hash INTO previous FROM chain_heads h WHERE h.writer = p_writer;
    my_number := coalesce(previous.number, 0) + 1;
    IF my_number = 1 OR my_number % 64 = 0 THEN
      WITH ended AS (
        DELETE FROM chain_heads WHERE writer IN (
          SELECT h.writer FROM chain_heads h
          WHERE h.writer <> p_writer AND NOT EXISTS (SELECT FROM leases l WHERE l.epoch = h.writer AND NOT l.ended)
          FOR UPDATE SKIP LOCKED
        ) RETURNING writer, number, hash
      ), seen AS (
        SELECT * FROM ended UNION SELECT h.writer, h.number, h.hash FROM chain_heads h WHERE h.writer <> p_writer
      )
      SELECT string_agg('["' || s.writer || '",' || s.number || ',"' || s.hash || '"]', ',' ORDER BY s.writer) INTO ties FROM seen s;
      content := content || coalesce(',"ties":[' || ties || ']', '');
    END IF;
    content := content || '}';
    my_position := nextval('chain_positions');
    my_at := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    my_hash := chain_hash(concat_ws(E'\\x1f', 'batch', coalesce(previous.hash, ''), p_writer, my_number, my_position, my_at, content));
    INSERT INTO chain (position, writer, number, at, hash, content) VALUES (my_position, p_writer, my_number, my_at, my_hash, content);
    IF my_number = 1 THEN
      INSERT INTO chain_heads (writer, number, hash) VALUES (p_writer, my_number, my_hash);
    ELSE
      UPDATE chain_heads SET number = my_number, hash = my_hash WHERE writer = p_writer;
    END IF;
  END $$;
`;

/** What was there before there was a chain becomes its first batches, of the writer 0: each record as one append. */
const beginChain = `
  LOCK TABLE events, claims, attention IN SHARE ROW EXCLUSIVE MODE;
  CREATE TEMPORARY TABLE claims_before ON COMMIT DROP AS
    SELECT record, string_agg(concat_ws(',', to_json(kind), to_json(scope), to_json(value)), ',') AS taken FROM claims GROUP BY record;
  CREATE INDEX ON claims_before (record);
  DO $$
  DECLARE
    r record;
    e record;
    new_head text;
    hashes text[];
    appends text[] := '{}';
  BEGIN
    FOR r IN
      SELECT o.*, c.taken, (
        SELECT chain_hash(string_agg(concat_ws(E'\\x1f', t.since, t.level, t.code, octet_length(t.reason), t.reason), E'\\x1e' ORDER BY t.place))
        FROM attention t WHERE t.record = o.ordinal) AS troubles
      FROM records o LEFT JOIN claims_before c ON c.record = o.ordinal ORDER BY o.ordinal
    LOOP
      new_head := chain_hash(concat_ws(E'\\x1f', 'record', r.kind, r.record_id));
      hashes := '{}';
      FOR e IN SELECT v.at, v.type, v.body FROM events v WHERE v.record = r.ordinal ORDER BY v.seq LOOP
        new_head := chain_hash(concat_ws(E'\\x1f', new_head, e.at, e.type, e.body));
        hashes := hashes || ('"' || new_head || '"');
      END LOOP;
      UPDATE records SET head = new_head, appends = 1 WHERE ordinal = r.ordinal;
      appends := appends || concat('[', concat_ws(',', r.ordinal, 1, 0, r.open::int, to_json(r.label), r.updated_at,
        concat('"', r.troubles, '"'), concat('[', array_to_string(hashes, ','), ']'), concat('[', r.taken, ']'),
        to_json(r.record_id), to_json(r.kind)), ']');
      IF cardinality(appends) = 1000 THEN
        PERFORM add_to_chain(0, array_to_string(appends, ','));
        appends := '{}';
      END IF;
    END LOOP;
    IF cardinality(appends) > 0 THEN PERFORM add_to_chain(0, array_to_string(appends, ',')); END IF;
  END $$;
`;

/**
 * Stores a batch of appends and adds it to the writer's chain: each array has one entry per append, per event, per claim, and so on;
 * `_ops` says to which append (from 1) an entry belongs. In a batch no two appends have a record or a claim in common.
 *
 * Rows are locked and made in the order of their keys, so that two batches do not wait for each other in a circle. Where
 * another transaction makes the same row at the same time, the batch is undone with SQLSTATE 40001 and sent again: then the
 * other's row is there to be seen, and one append is refused instead of all.
 *
 * Journals from before there was a chain have another one with the same parameters: replicas of that time go on with this.
 */
const appendBatch = `
  CREATE OR REPLACE FUNCTION append_batch(
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
    bodies text[] := string_to_array(p_event_bodies, E'\\x1f');
    ordinals bigint[];
    versions integer[];
    nths integer[];
    updates bigint[];
    /* Of each append: the hash of its record's last event, before it and then after it; the hashes it adds; the claims it takes. */
    heads text[];
    hashes text[] := array_fill(''::text, ARRAY[cardinality(p_ids)]);
    taken text[] := array_fill(''::text, ARRAY[cardinality(p_ids)]);
    appends text;
    e record;
    op integer;
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
    SELECT array_agg(coalesce(o.ordinal, nextval('record_ordinals'))), array_agg(o.version), sum(o.attentions), sum(o.topics),
        array_agg(o.nth), array_agg(o.updated), array_agg(o.head)
      INTO ordinals, versions, old_attentions, old_topics, nths, updates, heads
      FROM (
        SELECT r.ordinal, coalesce(r.version, 0) AS version, coalesce(r.attentions, 0) AS attentions, coalesce(r.topics, 0) AS topics,
          coalesce(r.appends, 0) + 1 AS nth, greatest(r.updated_at, a.updated) AS updated,
          coalesce(r.head, chain_hash(concat_ws(E'\\x1f', 'record', a.kind, a.id))) AS head
        FROM unnest(p_ids, p_kinds, p_updated) WITH ORDINALITY AS a (id, kind, updated, n)
        LEFT JOIN records r ON r.record_id = a.id ORDER BY a.n
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

    FOR e IN
      SELECT v.op, v.at, v.type, v.body FROM unnest(p_event_ops, p_event_ats, p_event_types, bodies) AS v (op, at, type, body)
      WHERE v.op <> ALL (refused)
    LOOP
      heads[e.op] := encode(sha256(convert_to(concat_ws(E'\\x1f', heads[e.op], e.at, e.type, e.body), 'UTF8')), 'base64');
      hashes[e.op] := hashes[e.op] || ',"' || heads[e.op] || '"';
    END LOOP;

    IF new_records > 0 THEN
      INSERT INTO records (ordinal, record_id, kind, label, version, open, attentions, topics, updated_at, closed_at, head, appends)
        SELECT a.ordinal, a.id, a.kind, a.label, a.events, a.open, a.attentions, a.topics, a.updated, CASE WHEN NOT a.open THEN a.updated END,
          a.head, 1
        FROM unnest(ordinals, p_ids, p_kinds, p_labels, p_expected, p_events, p_open, p_attentions, p_topics, p_updated, heads)
          WITH ORDINALITY AS a (ordinal, id, kind, label, expected, events, open, attentions, topics, updated, head, n)
        WHERE a.expected = 0 AND a.n <> ALL (refused)
        ORDER BY a.id COLLATE "C" ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS made = ROW_COUNT;
      IF made <> new_records THEN RAISE EXCEPTION 'another batch made the same record' USING ERRCODE = '40001'; END IF;
    END IF;

    IF fresh_claims > 0 THEN
      made := 0;
      FOR e IN
        INSERT INTO claims (kind, scope, value, record)
          SELECT k.kind, k.scope, k.value, ordinals[k.op]
          FROM unnest(p_claim_ops, p_claim_kinds, p_claim_scopes, p_claim_values) AS k (op, kind, scope, value)
          WHERE k.op <> ALL (refused)
          ORDER BY k.kind COLLATE "C", k.scope COLLATE "C", k.value COLLATE "C" ON CONFLICT DO NOTHING
          RETURNING kind, scope, value, record
      LOOP
        made := made + 1;
        op := array_position(ordinals, e.record);
        taken[op] := concat_ws(',', taken[op], to_json(e.kind), to_json(e.scope), to_json(e.value));
      END LOOP;
      IF made <> fresh_claims THEN RAISE EXCEPTION 'another batch made the same claim' USING ERRCODE = '40001'; END IF;
    END IF;

    IF cardinality(p_ids) > new_records + cardinality(refused) THEN
      UPDATE records r SET label = a.label, version = a.expected + a.events, open = a.open, attentions = a.attentions,
          topics = a.topics, updated_at = a.updated, closed_at = CASE WHEN NOT a.open THEN a.updated END, head = a.head, appends = a.nth
        FROM unnest(ordinals, p_labels, p_expected, p_events, p_open, p_attentions, p_topics, updates, heads, nths)
          WITH ORDINALITY AS a (ordinal, label, expected, events, open, attentions, topics, updated, head, nth, n)
        WHERE r.ordinal = a.ordinal AND a.expected > 0 AND a.n <> ALL (refused);
    END IF;

    INSERT INTO events (record, seq, type, at, writer, owner, body)
      SELECT ordinals[v.op], v.seq, v.type, v.at, p_epoch, p_epoch, v.body
      FROM unnest(p_event_ops, p_event_seqs, p_event_types, p_event_ats, bodies) AS v (op, seq, type, at, body)
      WHERE v.op <> ALL (refused);

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

    SELECT string_agg('[' || concat_ws(',', a.ordinal, a.nth, a.expected, a.open::int, to_json(a.label), a.updated,
        concat('"', t.hash, '"'), concat('[', substr(a.hashes, 2), ']'), concat('[', ltrim(a.taken, ','), ']'),
        CASE WHEN a.expected = 0 THEN concat_ws(',', to_json(a.id), to_json(a.kind)) END) || ']', ',' ORDER BY a.n)
      INTO appends
      FROM unnest(ordinals, nths, p_expected, p_open, p_labels, updates, hashes, taken, p_ids, p_kinds)
        WITH ORDINALITY AS a (ordinal, nth, expected, open, label, updated, hashes, taken, id, kind, n)
      LEFT JOIN (
        SELECT t.op, chain_hash(string_agg(concat_ws(E'\\x1f', t.since, t.level, t.code, octet_length(t.reason), t.reason), E'\\x1e' ORDER BY t.place)) AS hash
        FROM unnest(p_attention_ops, p_attention_places, p_attention_levels, p_attention_codes, p_attention_reasons, p_attention_sinces)
          AS t (op, place, level, code, reason, since) GROUP BY t.op
      ) t ON t.op = a.n
      WHERE a.n <> ALL (refused);
    IF appends IS NOT NULL THEN PERFORM add_to_chain(p_epoch, appends); END IF;

    PERFORM end_batch(p_epoch, p_batch, coalesce(changed, ''), refusals);
    RETURN refusals;
  END $$;
`;

/** The migration that makes the chain. */
export const chainMigration = tables + appendBatch + beginChain;
