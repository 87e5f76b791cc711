import { MAIL_MIGRATION } from './postgres-mail.ts';

/**
 * The tables of this room in PostgreSQL: who may write, and what was written lately. They know nothing of payments.
 *
 * `leases`: one row per process, keyed by its epoch, which no other process ever gets. A lease is over when another
 * replica has marked it `ended` (or its owner did, leaving); that takes the row's lock, as every batch does, so a batch is
 * either before the end or refused. `drained`: ended, and nothing of it is left to take over.
 *
 * `batches`: the latest batches of each writer: the records that changed, for the others, and which operations were
 * refused, for a writer whose answer was lost. Foreign keys are left out on purpose: the functions here are the only writers,
 * and a check per row would cost more than the row.
 */
const SCHEMA1 = `
  CREATE SEQUENCE lease_epochs;
  CREATE TABLE leases (
    epoch bigint PRIMARY KEY DEFAULT nextval('lease_epochs'),
    replica text NOT NULL,
    lease_ms integer NOT NULL,
    expires_at timestamptz NOT NULL,
    ended boolean NOT NULL DEFAULT false,
    drained boolean NOT NULL DEFAULT false,
    last_batch bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 40, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
  CREATE TABLE batches (
    writer bigint NOT NULL,
    batch bigint NOT NULL,
    changed text NOT NULL,
    refusals json,
    PRIMARY KEY (writer, batch)
  );

  /* A new lease; null while another process with this name holds one. One that ran out is ended: its process is gone. */
  CREATE FUNCTION open_lease(p_replica text, p_lease_ms integer) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE made bigint;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.leases'));
    PERFORM 1 FROM leases WHERE replica = p_replica AND NOT ended AND expires_at > clock_timestamp();
    IF FOUND THEN RETURN NULL; END IF;
    UPDATE leases SET ended = true WHERE replica = p_replica AND NOT ended;
    INSERT INTO leases (replica, lease_ms, expires_at)
      VALUES (p_replica, p_lease_ms, clock_timestamp() + p_lease_ms * interval '1 ms') RETURNING epoch INTO made;
    RETURN made;
  END $$;

  /* Also forgets old batches, and leases of which nothing is left. */
  CREATE FUNCTION renew_lease(p_epoch bigint) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE last bigint;
  BEGIN
    UPDATE leases SET expires_at = clock_timestamp() + lease_ms * interval '1 ms'
      WHERE epoch = p_epoch AND NOT ended RETURNING last_batch INTO last;
    IF NOT FOUND THEN RAISE EXCEPTION 'the lease % has ended', p_epoch USING ERRCODE = 'PM001'; END IF;
    DELETE FROM batches WHERE writer = p_epoch AND batch < last - 10000;
    WITH gone AS (
      DELETE FROM leases WHERE epoch IN (
        SELECT epoch FROM leases WHERE drained AND expires_at < clock_timestamp() - interval '10 minutes' FOR UPDATE SKIP LOCKED
      ) RETURNING epoch
    ) DELETE FROM batches USING gone WHERE writer = gone.epoch;
  END $$;

  /* First in every batch: locks the writer's lease, checks that it stands, and renews it (docs/money-rules.md, 7). */
  CREATE FUNCTION begin_batch(p_epoch bigint, p_batch bigint) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE leases SET last_batch = p_batch, expires_at = clock_timestamp() + lease_ms * interval '1 ms'
      WHERE epoch = p_epoch AND NOT ended AND last_batch < p_batch;
    IF FOUND THEN RETURN; END IF;
    PERFORM 1 FROM leases WHERE epoch = p_epoch AND NOT ended;
    IF FOUND THEN RAISE EXCEPTION 'batch % was given up', p_batch USING ERRCODE = 'PM002'; END IF;
    RAISE EXCEPTION 'the lease % has ended', p_epoch USING ERRCODE = 'PM001';
  END $$;

  /*
   * Last in every batch. p_changed: record ids, divided by U+001F. The notice carries writer and number only (its size is
   * limited to 8,000 bytes), and is left out while nobody else is there: it takes a lock of the whole server until the commit.
   */
  CREATE FUNCTION end_batch(p_epoch bigint, p_batch bigint, p_changed text, p_refusals json) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO batches (writer, batch, changed, refusals) VALUES (p_epoch, p_batch, p_changed, p_refusals);
    PERFORM 1 FROM leases WHERE epoch <> p_epoch AND NOT ended LIMIT 1;
    IF FOUND AND p_changed <> '' THEN PERFORM pg_notify(current_schema() || '_batches', p_epoch || ':' || p_batch); END IF;
  END $$;

  /*
   * For a writer whose answer was lost. Waits for the lease's lock, so that a commit that is still on its way ends first, and
   * takes the number, so that one that has not begun is refused. One row if the batch is stored, else none.
   */
  CREATE FUNCTION settle_batch(p_epoch bigint, p_batch bigint) RETURNS TABLE (refused json) LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE leases SET last_batch = greatest(last_batch, p_batch) WHERE epoch = p_epoch;
    RETURN QUERY SELECT b.refusals FROM batches b WHERE b.writer = p_epoch AND b.batch = p_batch;
  END $$;

  /*
   * Ends every lease that ran out, and tells which ended ones are not drained. Whoever ends a lease must have been connected
   * for as long as that lease lasts: while the server was away nobody could renew, and afterwards everybody has a whole lease
   * to come back. A lease whose row is locked has a batch on its way.
   */
  CREATE FUNCTION end_leases(p_epoch bigint, p_connected_ms bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM leases WHERE epoch = p_epoch AND NOT ended;
    IF NOT FOUND THEN RAISE EXCEPTION 'the lease % has ended', p_epoch USING ERRCODE = 'PM001'; END IF;
    UPDATE leases SET ended = true WHERE epoch IN (
      SELECT epoch FROM leases
      WHERE NOT ended AND epoch <> p_epoch AND expires_at <= clock_timestamp()
        AND p_connected_ms >= lease_ms
      FOR UPDATE SKIP LOCKED);
    RETURN (SELECT array_agg(epoch) FROM leases WHERE ended AND NOT drained AND epoch <> p_epoch);
  END $$;

  /* What others changed since the batches that were seen: by writer, its latest batch and the records, divided by U+001F. */
  CREATE FUNCTION changes_since(p_epoch bigint, p_writers bigint[], p_batches bigint[])
  RETURNS TABLE (writer bigint, latest bigint, changed text) LANGUAGE sql STABLE AS $$
    SELECT l.epoch, l.last_batch, (
        SELECT string_agg(b.changed, E'\\x1f' ORDER BY b.batch) FROM batches b
        WHERE b.writer = l.epoch AND b.batch > coalesce(seen.batch, 0) AND b.batch > l.last_batch - 2000)
    FROM leases l LEFT JOIN unnest(p_writers, p_batches) AS seen (writer, batch) ON seen.writer = l.epoch
    WHERE l.epoch <> p_epoch AND l.last_batch > coalesce(seen.batch, 0)
  $$;
`;

/** The notice tells what changed where that has room (it is limited to 8,000 bytes), so that nobody has to ask for it. */
const TELLING_NOTICES = `
  CREATE OR REPLACE FUNCTION end_batch(p_epoch bigint, p_batch bigint, p_changed text, p_refusals json) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO batches (writer, batch, changed, refusals) VALUES (p_epoch, p_batch, p_changed, p_refusals);
    IF p_changed = '' THEN RETURN; END IF;
    PERFORM 1 FROM leases WHERE epoch <> p_epoch AND NOT ended LIMIT 1;
    IF FOUND THEN
      PERFORM pg_notify(current_schema() || '_batches',
        p_epoch || ':' || p_batch || CASE WHEN octet_length(p_changed) < 7900 THEN E'\\x1f' || p_changed ELSE '' END);
    END IF;
  END $$;
`;

/**
 * `restores`: one row for each time that the database was put back to an older copy, or that a writer did not find what it had acknowledged. Each
 * lease has the number that its process knows of; a batch of one that knows fewer is refused (PM003), since what it decided may have been
 * forgotten here. A program of a version before knows of none.
 */
const RESTORES = `
  CREATE TABLE restores (number integer PRIMARY KEY, at bigint NOT NULL, sign json NOT NULL);
  ALTER TABLE leases ADD COLUMN restores integer NOT NULL DEFAULT 0;

  CREATE OR REPLACE FUNCTION begin_batch(p_epoch bigint, p_batch bigint) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE leases SET last_batch = p_batch, expires_at = clock_timestamp() + lease_ms * interval '1 ms'
      WHERE epoch = p_epoch AND NOT ended AND last_batch < p_batch AND restores = (SELECT count(*) FROM restores);
    IF FOUND THEN RETURN; END IF;
    PERFORM 1 FROM leases WHERE epoch = p_epoch AND NOT ended;
    IF NOT FOUND THEN RAISE EXCEPTION 'the lease % has ended', p_epoch USING ERRCODE = 'PM001'; END IF;
    PERFORM 1 FROM leases WHERE epoch = p_epoch AND restores = (SELECT count(*) FROM restores);
    IF NOT FOUND THEN RAISE EXCEPTION 'the database was restored since it was opened' USING ERRCODE = 'PM003'; END IF;
    RAISE EXCEPTION 'batch % was given up', p_batch USING ERRCODE = 'PM002';
  END $$;

  /* Writes a restore down. Gives its number. */
  CREATE FUNCTION note_restore(p_at bigint, p_sign json) RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE made integer;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.restores'));
    INSERT INTO restores (number, at, sign) SELECT count(*) + 1, p_at, p_sign FROM restores RETURNING number INTO made;
    RETURN made;
  END $$;
`;

/**
 * `format`: the highest format of what rooms write that may be in their tables; it never falls. `leases.reads`: the highest that its process reads. A
 * process that does not read what may be there gets no lease (PM004), and the format is raised only to what every lease that has not ended reads: one that
 * ran out may go on. Both take the same lock. A program of a version before reads format 1.
 */
const FORMATS = `
  ALTER TABLE leases ADD COLUMN reads integer NOT NULL DEFAULT 1;
  CREATE TABLE format (version integer NOT NULL);
  INSERT INTO format VALUES (1);

  DROP FUNCTION open_lease(text, integer);
  CREATE FUNCTION open_lease(p_replica text, p_lease_ms integer, p_reads integer DEFAULT 1) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE made bigint;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.leases'));
    PERFORM 1 FROM format WHERE version > p_reads;
    IF FOUND THEN RAISE EXCEPTION 'events of a later format than % may be there', p_reads USING ERRCODE = 'PM004'; END IF;
    PERFORM 1 FROM leases WHERE replica = p_replica AND NOT ended AND expires_at > clock_timestamp();
    IF FOUND THEN RETURN NULL; END IF;
    UPDATE leases SET ended = true WHERE replica = p_replica AND NOT ended;
    INSERT INTO leases (replica, lease_ms, expires_at, reads)
      VALUES (p_replica, p_lease_ms, clock_timestamp() + p_lease_ms * interval '1 ms', p_reads) RETURNING epoch INTO made;
    RETURN made;
  END $$;

  /* The format that may be written now, raised as far as it can be. */
  CREATE FUNCTION raise_format() RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE now_version integer;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.leases'));
    UPDATE format SET version = greatest(version, (SELECT min(reads) FROM leases WHERE NOT ended)) RETURNING version INTO now_version;
    RETURN now_version;
  END $$;
`;

/** Schema of this room, one text per version, oldest first. */
export const DATABASE_MIGRATIONS: readonly string[] = [SCHEMA1, MAIL_MIGRATION, TELLING_NOTICES, RESTORES, FORMATS];
