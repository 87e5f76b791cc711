/**
 * The chain in PostgreSQL, as in SQLite (see `sqlite-chain.ts`), with a chain for each writer. The hashes are those of
 * `chain-hash.ts`, made by the server, so that a batch is still one statement and no writer waits for another.
 *
 * `chain_positions` is asked when a batch has all its other locks: what it could see has a lower position, and what is committed later a higher one.
 * A number may be left out (a batch that was undone).
 *
 * `chain_heads`: the last batch of each writer that lives, and of each that ended and is not tied yet. A writer's first batch
 * and every 64th name them all (`ties`). The end of a writer whose lease has ended is final: whoever names it takes it out.
 */
const TABLES = `
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
`;

/**
 * Adds a batch to its writer's chain. The position is drawn under a lock that is held until the commit, so positions are in the order of the commits:
 * who reads after a position misses nothing that is committed later (`follow/events-after.ts`). Where several replicas run, `NOTIFY` makes commits go
 * one after the other in any case; this lock is taken just before, and nobody who has it waits for anything but the disk.
 */
const ADD_TO_CHAIN = `
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
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.chain'));
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

/** The chain's tables, and what adds to them. */
export const CHAIN_MIGRATION = TABLES + ADD_TO_CHAIN;
