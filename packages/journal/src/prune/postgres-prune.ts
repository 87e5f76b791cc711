import { PRUNED_TYPE } from './pruned.ts';

/**
 * Pruning in PostgreSQL, as in SQLite (see `sqlite-prune.ts`). It takes the lease's row and the records' rows as a batch does,
 * and adds a batch to the writer's chain: `add_to_chain` closes the list of appends, so what is given to it ends that list, and
 * begins the one of prunes.
 */
export const PRUNE_MIGRATION = `
  CREATE FUNCTION prune_records(p_epoch bigint, p_ids text[], p_versions integer[], p_ats bigint[], p_summaries text[])
  RETURNS text[] LANGUAGE plpgsql AS $$
  DECLARE
    r record;
    event_body text;
    results text[] := '{}';
    prunes text[] := '{}';
  BEGIN
    PERFORM 1 FROM leases WHERE epoch = p_epoch AND NOT ended FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'the lease % has ended', p_epoch USING ERRCODE = 'PM001'; END IF;
    PERFORM 1 FROM records WHERE record_id = ANY (p_ids) ORDER BY record_id FOR UPDATE;
    FOR r IN
      SELECT a.n, a.version AS expected, a.at, a.summary, o.ordinal, o.version, o.open, o.attentions, o.pruned, o.head
      FROM unnest(p_ids, p_versions, p_ats, p_summaries) WITH ORDINALITY AS a (id, version, at, summary, n)
      LEFT JOIN records o ON o.record_id = a.id ORDER BY a.n
    LOOP
      results[r.n] := CASE WHEN r.ordinal IS NULL THEN 'missing' WHEN r.pruned > 0 THEN 'pruned-before'
        WHEN r.version <> r.expected THEN 'changed' WHEN r.open OR r.attentions > 0 THEN 'not-at-rest' ELSE 'pruned' END;
      CONTINUE WHEN results[r.n] <> 'pruned';
      event_body := concat('{"type":"${PRUNED_TYPE}","at":', r.at, ',"version":', r.version, ',"head":"', r.head, '","summary":', r.summary, '}');
      DELETE FROM events WHERE record = r.ordinal;
      INSERT INTO events (record, seq, type, at, writer, owner, body)
        VALUES (r.ordinal, 0, '${PRUNED_TYPE}', r.at, p_epoch, p_epoch, event_body);
      UPDATE records SET pruned = r.version WHERE ordinal = r.ordinal;
      prunes := prunes || concat('[', r.ordinal, ',', r.version, ',"',
        chain_hash(concat_ws(E'\\x1f', r.head, r.at, '${PRUNED_TYPE}', event_body)), '"]');
    END LOOP;
    IF cardinality(prunes) > 0 THEN PERFORM add_to_chain(p_epoch, '],"prunes":[' || array_to_string(prunes, ',')); END IF;
    RETURN results;
  END $$;
`;
