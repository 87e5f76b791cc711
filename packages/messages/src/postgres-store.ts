import { openPostgresQueries, type PostgresAddress, type PostgresQueries } from '@payment-manager/database';
import type { Timers, World } from '@payment-manager/runtime';
import { daysOf, type FrameStore, type StoredFrame } from './frame-store.ts';

export interface PostgresStoreOptions extends Pick<World, 'random' | 'log'> {
  /** Asked when a connection is needed for the first time. */
  readonly address: () => Promise<PostgresAddress>;
  readonly timers?: Timers;
}

/** Partitions by day are made when they are needed. What is sealed cannot be compressed any more. */
const SCHEMA1 = `
  CREATE TABLE message_frames (
    day date NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    id uuid NOT NULL,
    head bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (day, from_ms, id)
  ) PARTITION BY RANGE (day);
  ALTER TABLE message_frames ALTER COLUMN head SET STORAGE EXTERNAL, ALTER COLUMN body SET STORAGE EXTERNAL;
`;

/** The room's tables, one text per version, oldest first; a released one is never changed. */
export const MESSAGES_MIGRATIONS: readonly string[] = [SCHEMA1];

const PAGE_SIZE = 50;
const PARTITION = /^message_frames_(\d{4})(\d\d)(\d\d)$/;

interface HeadRow {
  readonly day: string;
  readonly from_ms: string;
  readonly id: string;
  readonly head: Buffer;
}

/** Frames in PostgreSQL, for replicas. Connected at the first use, and again after a failure. */
export function postgresStore(options: PostgresStoreOptions): FrameStore {
  return new PostgresFrames(options);
}

class PostgresFrames implements FrameStore {
  readonly #options: PostgresStoreOptions;
  /** Days whose partition is there. */
  readonly #partitions = new Set<string>();
  #opening: Promise<PostgresQueries> | undefined;

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
  }

  async append(day: string, { bytes, headBytes, fromMs, toMs }: Parameters<FrameStore['append']>[1]): Promise<void> {
    await this.#makePartition(day);
    await this.#query('INSERT INTO message_frames (day, from_ms, to_ms, id, head, body) VALUES ($1::date, $2, $3, $4, $5, $6)', [
      day,
      fromMs,
      toMs,
      this.#options.random.uuid(),
      bytes.subarray(0, headBytes),
      bytes.subarray(headBytes),
    ]).catch((error: unknown) => {
      this.#partitions.delete(day);
      throw error;
    });
  }

  async *frames(stretch: Parameters<FrameStore['frames']>[0]): AsyncIterable<StoredFrame> {
    const { first, last } = daysOf(stretch);
    for await (const row of this.#heads(first, last, stretch.fromMs, stretch.toMs))
      yield { head: row.head, whole: () => this.#wholeOf(row) };
  }

  async rewrite(change: Parameters<FrameStore['rewrite']>[0]): Promise<number> {
    let changed = 0;
    for await (const row of this.#heads('0001-01-01', '9999-12-31', 0, Number.MAX_SAFE_INTEGER)) {
      const bytes = await this.#wholeOf(row);
      const made = bytes === undefined ? 'same' : await change(bytes);
      if (made === 'same') continue;
      changed++;
      const key = [row.day, row.from_ms, row.id];
      if (made === undefined) await this.#query('DELETE FROM message_frames WHERE day = $1::date AND from_ms = $2 AND id = $3', key);
      else
        await this.#query('UPDATE message_frames SET head = $4, body = $5 WHERE day = $1::date AND from_ms = $2 AND id = $3', [
          ...key,
          made.bytes.subarray(0, made.headBytes),
          made.bytes.subarray(made.headBytes),
        ]);
    }
    return changed;
  }

  async removeBefore(day: string): Promise<number> {
    const rows = await this.#query<{ name: string }>(
      "SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'message_frames'::regclass",
    );
    const old = rows.filter(({ name }) => (dayOfPartition(name) ?? day) < day);
    for (const { name } of old) await this.#query(`DROP TABLE IF EXISTS ${name}`);
    this.#partitions.clear();
    return old.length;
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.close();
  }

  async #query<R extends object>(text: string, values: unknown[] = []): Promise<readonly R[]> {
    this.#opening ??= open(this.#options).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return (await this.#opening).query<R>({ text, values });
  }

  async #makePartition(day: string): Promise<void> {
    if (this.#partitions.has(day)) return;
    const name = partitionOf(day);
    const statement = `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF message_frames FOR VALUES FROM ('${day}') TO ('${nextDay(day)}')`;
    // Two replicas may do it in the same instant: then one is told that it is there.
    await this.#query(statement).catch(async (error: unknown) => {
      const [found] = await this.#query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
      if (found?.there !== true) throw error;
    });
    this.#partitions.add(day);
  }

  async *#heads(first: string, last: string, fromMs: number, toMs: number): AsyncIterable<HeadRow> {
    let after = { day: first, from: '-1', id: '00000000-0000-0000-0000-000000000000' };
    for (;;) {
      const rows = await this.#query<HeadRow>(
        `SELECT day::text AS day, from_ms, id, head FROM message_frames
          WHERE (day, from_ms, id) > ($1::date, $2::bigint, $3::uuid) AND day >= $1::date AND day <= $4::date AND from_ms <= $5 AND to_ms >= $6
          ORDER BY day, from_ms, id LIMIT ${PAGE_SIZE}`,
        [after.day, after.from, after.id, last, toMs, fromMs],
      );
      yield* rows;
      const end = rows.at(-1);
      if (end === undefined || rows.length < PAGE_SIZE) return;
      after = { day: end.day, from: end.from_ms, id: end.id };
    }
  }

  async #wholeOf({ day, from_ms: from, id, head }: HeadRow): Promise<Buffer | undefined> {
    const text = 'SELECT body FROM message_frames WHERE day = $1::date AND from_ms = $2 AND id = $3';
    const [row] = await this.#query<{ body: Buffer }>(text, [day, from, id]);
    return row === undefined ? undefined : Buffer.concat([head, row.body]);
  }
}

async function open({ address, log, timers }: PostgresStoreOptions): Promise<PostgresQueries> {
  return openPostgresQueries({
    ...(await address()),
    room: { room: 'messages', migrations: MESSAGES_MIGRATIONS },
    log,
    ...(timers === undefined ? {} : { timers }),
  });
}

function partitionOf(day: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new RangeError('a day is like 2026-11-30');
  return `message_frames_${day.replaceAll('-', '')}`;
}

function dayOfPartition(name: string): string | undefined {
  const [, year, month, day] = PARTITION.exec(name) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
