import type { PostgresReader } from './postgres-reader.ts';

/** A message that a replica left for others. */
export interface Letter {
  readonly topic: string;
  readonly message: string;
  /** How long ago it was left, milliseconds. */
  readonly ageMs: number;
}

/**
 * Short messages between replicas, for what need not outlive a crash. Not durable: when the server crashes they are gone, and
 * when an answer of it is lost, so is what the answer held.
 */
export interface ReplicaMail {
  /**
   * Leaves a message for whichever other replica waits on the topic. False: no other one lives, and nothing was left. Rejects
   * with DatabaseUnavailable.
   */
  post(topic: string, message: string): Promise<boolean>;
  /**
   * Takes the oldest message on each of these topics (the next one may be for another who waits on it), and what nobody has
   * taken within `MAIL_LIFE_MS`, whoever left it: some hundreds at most, oldest first. Of several replicas exactly one gets
   * each. Rejects with DatabaseUnavailable.
   */
  collect(topics: readonly string[]): Promise<readonly Letter[]>;
  /** Tells that something was left. Notices get lost: collect every second, too. Returns what ends it. */
  onPosted(listener: () => void): () => void;
}

/** Two replicas that look every second have both looked by then, even where notices get lost. */
export const MAIL_LIFE_MS = 3_000;

/** What a notice of mail says, on the channel of the batches. */
export const MAIL_NOTICE = 'mail';

/**
 * The table is not logged: nothing is written to the disk for it, to a standby, or to a backup. A row that another replica is
 * just taking is passed over, so that nobody waits for a lock.
 */
export const MAIL_MIGRATION = `
  CREATE UNLOGGED TABLE mail (
    topic text COLLATE "C" NOT NULL,
    message text NOT NULL,
    posted_at timestamptz NOT NULL
  );
  CREATE INDEX mail_by_topic ON mail (topic);
  CREATE INDEX mail_by_age ON mail (posted_at);

  CREATE FUNCTION post_mail(p_epoch bigint, p_topic text, p_message text) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM leases WHERE epoch <> p_epoch AND NOT ended AND expires_at > clock_timestamp() LIMIT 1;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO mail (topic, message, posted_at) VALUES (p_topic, p_message, clock_timestamp());
    PERFORM pg_notify(current_schema() || '_batches', '${MAIL_NOTICE}');
    RETURN true;
  END $$;

  CREATE FUNCTION collect_mail(p_topics text[], p_life_ms integer)
  RETURNS TABLE (topic text, message text, age_ms float8) LANGUAGE plpgsql AS $$
  DECLARE
    wanted tid[];
    overdue tid[];
  BEGIN
    wanted := ARRAY(SELECT first.ctid FROM unnest(p_topics) AS t (topic), LATERAL (
      SELECT m.ctid FROM mail m WHERE m.topic = t.topic ORDER BY m.posted_at LIMIT 1 FOR UPDATE SKIP LOCKED) first LIMIT 500);
    overdue := ARRAY(SELECT m.ctid FROM mail m WHERE m.posted_at < clock_timestamp() - p_life_ms * interval '1 ms'
      ORDER BY m.posted_at LIMIT 500 FOR UPDATE SKIP LOCKED);
    IF cardinality(wanted) + cardinality(overdue) = 0 THEN RETURN; END IF;
    RETURN QUERY WITH taken AS (
      DELETE FROM mail m WHERE m.ctid = ANY (wanted || overdue)
      RETURNING m.topic, m.message, m.posted_at
    ) SELECT t.topic, t.message, (extract(epoch FROM clock_timestamp() - t.posted_at) * 1000)::float8 FROM taken t ORDER BY t.posted_at;
  END $$;
`;

interface LetterRow {
  readonly topic: string;
  readonly message: string;
  readonly age_ms: number;
}

/** The mail of one replica. Its statements go by the connections for questions, so that no batch waits for them. */
export function replicaMail(
  run: PostgresReader['read'],
  epoch: string,
): ReplicaMail & {
  /** A notice of mail has come. */
  posted(): void;
} {
  const listeners = new Set<() => void>();
  return {
    async post(topic, message) {
      const [row] = await run<{ left: boolean }>({
        name: 'post',
        text: 'SELECT post_mail($1, $2, $3) AS left',
        values: [epoch, topic, message],
      });
      return row?.left === true;
    },
    async collect(topics) {
      const rows = await run<LetterRow & Record<string, unknown>>({
        name: 'collect',
        text: 'SELECT topic, message, age_ms FROM collect_mail($1, $2)',
        values: [topics, MAIL_LIFE_MS],
      });
      return rows.map(({ topic, message, age_ms }) => ({ topic, message, ageMs: age_ms }));
    },
    onPosted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    posted() {
      for (const listener of listeners) listener();
    },
  };
}
