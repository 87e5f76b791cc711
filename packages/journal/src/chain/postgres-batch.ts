/** As `claimKeyOf`, which is made of the same bytes. */
const CLAIM_KEY = `
  CREATE FUNCTION claim_key(p_kind text, p_scope text, p_value text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT left(encode(sha256(convert_to(concat_ws(E'\\x1f', 'claim', octet_length(p_kind), octet_length(p_scope), p_kind, p_scope, p_value), 'UTF8')), 'hex'), 32)::uuid
  $$;
`;

/**
 * Stores a batch of appends and adds it to the writer's chain (see `postgres-chain.ts`): each array has one entry per append, per event, per
 * claim, and so on; `_ops` says to which append (from 1) an entry belongs. In a batch no two appends have a record or a claim in common.
 *
 * Rows are locked and made in the order of their keys, so that two batches do not wait for each other in a circle. Where
 * another transaction makes the same row at the same time, the batch is undone with SQLSTATE 40001 and sent again: then the
 * other's row is there to be seen, and one append is refused instead of all. Records that are all to be made need no lock.
 *
 * Arrays are read by their subscripts: `unnest` of ten of them copies each into a table of its own first, which cost a fifth of
 * the batch. What is not in the batch (claims, topics, what needs a person) costs no statement.
 */
export const BATCH_MIGRATION = `${CLAIM_KEY}
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
    many integer := cardinality(p_ids);
    bodies text[] := string_to_array(p_event_bodies, E'\\x1f');
    ordinals bigint[];
    versions integer[];
    nths integer[];
    updates bigint[];
    /*
     * Of each append: the hash of its record's last event, before it and then after it; the hashes it adds; the claims it takes;
     * the hash of what needs a person.
     */
    heads text[];
    hashes text[] := array_fill(''::text, ARRAY[many]);
    taken text[] := array_fill(''::text, ARRAY[many]);
    troubles text[] := '{}';
    appends text;
    hash text;
    e record;
    op integer;
    old_attentions bigint;
    old_topics bigint;
    fresh_claims bigint := 0;
    held_claims bigint := 0;
    keys uuid[] := '{}';
    new_records bigint := cardinality(array_positions(p_expected, 0));
    made bigint;
    refused integer[] := '{}';
    refusals json;
    changed text := array_to_string(p_ids, E'\\x1f');
  BEGIN
    PERFORM begin_batch(p_epoch, p_batch);

    IF new_records < many THEN PERFORM 1 FROM records WHERE record_id = ANY (p_ids) ORDER BY record_id FOR UPDATE; END IF;
    SELECT array_agg(coalesce(o.ordinal, nextval('record_ordinals'))), array_agg(o.version), sum(o.attentions), sum(o.topics),
        array_agg(o.nth), array_agg(o.updated), array_agg(o.head)
      INTO ordinals, versions, old_attentions, old_topics, nths, updates, heads
      FROM (
        SELECT r.ordinal, coalesce(r.version, 0) AS version, coalesce(r.attentions, 0) AS attentions, coalesce(r.topics, 0) AS topics,
          coalesce(r.appends, 0) + 1 AS nth, greatest(r.updated_at, p_updated[a.n]) AS updated,
          coalesce(r.head, encode(sha256(convert_to(concat_ws(E'\\x1f', 'record', p_kinds[a.n], p_ids[a.n]), 'UTF8')), 'base64')) AS head
        FROM generate_series(1, many) AS a (n) LEFT JOIN records r ON r.record_id = p_ids[a.n] ORDER BY a.n
      ) o;
    IF cardinality(p_claim_ops) > 0 THEN
      FOR i IN 1 .. cardinality(p_claim_ops) LOOP
        keys[i] := claim_key(p_claim_kinds[i], p_claim_scopes[i], p_claim_values[i]);
      END LOOP;
      SELECT count(*) FILTER (WHERE c.record IS NULL), count(*) FILTER (WHERE c.record <> ordinals[k.op]) INTO fresh_claims, held_claims
        FROM unnest(p_claim_ops, keys) AS k (op, key) LEFT JOIN claims c ON c.key = k.key;
    END IF;

    IF versions <> p_expected OR held_claims > 0 THEN
      SELECT array_agg(why.op), json_agg(why.refusal) INTO refused, refusals FROM (
        SELECT v.op::integer AS op, json_build_array(v.op - 1, 'version', v.version) AS refusal
          FROM unnest(versions, p_expected) WITH ORDINALITY AS v (version, expected, op) WHERE v.version <> v.expected
        UNION ALL
        (SELECT DISTINCT ON (k.op) k.op, json_build_array(k.op - 1, 'claim', k.place, r.record_id)
          FROM unnest(p_claim_ops, p_claim_places, keys) AS k (op, place, key)
          JOIN claims c ON c.key = k.key
          JOIN records r ON r.ordinal = c.record
          WHERE c.record <> ordinals[k.op] AND versions[k.op] = p_expected[k.op]
          ORDER BY k.op, k.place)
      ) why;
      SELECT string_agg(a.id, E'\\x1f') INTO changed FROM unnest(p_ids) WITH ORDINALITY AS a (id, n) WHERE a.n <> ALL (refused);
      SELECT count(*) INTO fresh_claims
        FROM unnest(p_claim_ops, keys) AS k (op, key) LEFT JOIN claims c ON c.key = k.key
        WHERE c.record IS NULL AND k.op <> ALL (refused);
      SELECT count(*) INTO new_records FROM unnest(p_expected) WITH ORDINALITY AS a (expected, n)
        WHERE a.expected = 0 AND a.n <> ALL (refused);
    END IF;

    FOR i IN 1 .. cardinality(p_event_ops) LOOP
      op := p_event_ops[i];
      hash := encode(sha256(convert_to(concat_ws(E'\\x1f', heads[op], p_event_ats[i], p_event_types[i], bodies[i]), 'UTF8')), 'base64');
      heads[op] := hash;
      hashes[op] := concat(hashes[op], ',"', hash, '"');
    END LOOP;

    IF new_records > 0 THEN
      INSERT INTO records (ordinal, record_id, kind, label, version, open, attentions, topics, updated_at, closed_at, head, appends)
        SELECT ordinals[a.n], p_ids[a.n], p_kinds[a.n], p_labels[a.n], p_events[a.n], p_open[a.n], p_attentions[a.n], p_topics[a.n], p_updated[a.n],
          CASE WHEN NOT p_open[a.n] THEN p_updated[a.n] END, heads[a.n], 1
        FROM generate_series(1, many) AS a (n)
        WHERE p_expected[a.n] = 0 AND a.n <> ALL (refused)
        ORDER BY p_ids[a.n] COLLATE "C" ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS made = ROW_COUNT;
      IF made <> new_records THEN RAISE EXCEPTION 'another batch made the same record' USING ERRCODE = '40001'; END IF;
    END IF;

    IF fresh_claims > 0 THEN
      made := 0;
      FOR e IN
        INSERT INTO claims (key, record)
          SELECT k.key, ordinals[k.op] FROM unnest(p_claim_ops, keys) AS k (op, key)
          WHERE k.op <> ALL (refused)
          ORDER BY k.key ON CONFLICT DO NOTHING
          RETURNING key, record
      LOOP
        made := made + 1;
        op := array_position(ordinals, e.record);
        taken[op] := concat(taken[op], ',"', replace(e.key::text, '-', ''), '"');
      END LOOP;
      IF made <> fresh_claims THEN RAISE EXCEPTION 'another batch made the same claim' USING ERRCODE = '40001'; END IF;
    END IF;

    IF many > new_records + cardinality(refused) THEN
      UPDATE records r SET label = p_labels[a.n], version = p_expected[a.n] + p_events[a.n], open = p_open[a.n], attentions = p_attentions[a.n],
          topics = p_topics[a.n], updated_at = updates[a.n], closed_at = CASE WHEN NOT p_open[a.n] THEN updates[a.n] END, head = heads[a.n],
          appends = nths[a.n]
        FROM generate_series(1, many) AS a (n)
        WHERE r.ordinal = ordinals[a.n] AND p_expected[a.n] > 0 AND a.n <> ALL (refused);
    END IF;

    INSERT INTO events (record, seq, type, at, writer, owner, body)
      SELECT ordinals[p_event_ops[v.i]], p_event_seqs[v.i], p_event_types[v.i], p_event_ats[v.i], p_epoch, p_epoch, bodies[v.i]
      FROM generate_series(1, cardinality(p_event_ops)) AS v (i)
      WHERE p_event_ops[v.i] <> ALL (refused);

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

    IF cardinality(p_attention_ops) > 0 THEN
      FOR e IN
        SELECT t.op, encode(sha256(convert_to(
            string_agg(concat_ws(E'\\x1f', t.since, t.level, t.code, octet_length(t.reason), t.reason), E'\\x1e' ORDER BY t.place), 'UTF8')), 'base64') AS hash
          FROM unnest(p_attention_ops, p_attention_places, p_attention_levels, p_attention_codes, p_attention_reasons, p_attention_sinces)
            AS t (op, place, level, code, reason, since) GROUP BY t.op
      LOOP
        troubles[e.op] := e.hash;
      END LOOP;
    END IF;
    SELECT string_agg('[' || concat_ws(',', ordinals[a.n], nths[a.n], p_expected[a.n], p_open[a.n]::int, to_json(p_labels[a.n]), updates[a.n],
        concat('"', troubles[a.n], '"'), concat('[', substr(hashes[a.n], 2), ']'), concat('[', ltrim(taken[a.n], ','), ']'),
        CASE WHEN p_expected[a.n] = 0 THEN concat_ws(',', to_json(p_ids[a.n]), to_json(p_kinds[a.n])) END) || ']', ',' ORDER BY a.n)
      INTO appends
      FROM generate_series(1, many) AS a (n)
      WHERE a.n <> ALL (refused);
    IF appends IS NOT NULL THEN PERFORM add_to_chain(p_epoch, appends); END IF;

    PERFORM end_batch(p_epoch, p_batch, coalesce(changed, ''), refusals);
    RETURN refusals;
  END $$;
`;
