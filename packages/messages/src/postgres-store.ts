import { openPostgresQueries, type PostgresAddress, type PostgresQueries } from '@payment-manager/database';
import type { Timers, World } from '@payment-manager/runtime';
import type { Frame } from './frame.ts';
import { type Change, daysOf, type FrameStore, type StoredFrame } from './frame-store.ts';

export interface PostgresStoreOptions extends Pick<World, 'random' | 'log' | 'clock'> {
  /** Asked when a connection is needed for the first time. */
  readonly address: () => Promise<PostgresAddress>;
  /** Nothing is appended while it answers false, since the journal needs whatever room there is. Default: it may always. */
  readonly mayAppend?: () => boolean;
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
/** After the server's disk was full nothing is appended for this time: what is freed meanwhile is the journal's. */
const FULL_PAUSE_MS = 60_000;
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
  readonly shared = true;
  readonly #options: PostgresStoreOptions;
  /** Days whose partition is there. */
  readonly #partitions = new Set<string>();
  #opening: Promise<PostgresQueries> | undefined;
  /** Monotonic. */
  #fullUntil = 0;

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
  }

  async append(day: string, frame: Frame): Promise<void> {
    const { clock, mayAppend } = this.#options;
    if (clock.monotonic() < this.#fullUntil)
      throw new Error('the disk of the server was full, and what room there is now is kept for the journal');
    if (mayAppend?.() === false) throw new Error('the journal cannot be written, and what room there is is kept for it');
    try {
      await this.#makePartition(day);
      await this.#insert(day, frame);
    } catch (error) {
      this.#partitions.delete(day);
      if ((error as { readonly code?: unknown }).code === 'DATABASE_FULL') this.#fullUntil = clock.monotonic() + FULL_PAUSE_MS;
      throw error;
    }
  }

  async #insert(day: string, { bytes, headBytes, fromMs, toMs }: Frame): Promise<void> {
    await this.#query('INSERT INTO message_frames (day, from_ms, to_ms, id, head, body) VALUES ($1::date, $2, $3, $4, $5, $6)', [
      day,
      fromMs,
      toMs,
      this.#options.random.uuid(),
      bytes.subarray(0, headBytes),
      bytes.subarray(headBytes),
    ]);
  }

  async *frames(stretch: Parameters<FrameStore['frames']>[0]): AsyncIterable<StoredFrame> {
    const { first, last } = daysOf(stretch);
    for await (const row of this.#heads(first, last, stretch.fromMs, stretch.toMs))
      yield { head: row.head, whole: () => this.#wholeOf(row) };
  }

  async rewrite(change: Parameters<FrameStore['rewrite']>[0]): Promise<number> {
    let removed = 0;
    for await (const row of this.#heads('0001-01-01', '9999-12-31', 0, Number.MAX_SAFE_INTEGER))
      removed += await this.#rewritten(row, change);
    return removed;
  }

  /** What another replica has put in its place meanwhile is looked at again: else one erasure would put back what the other has removed. */
  async #rewritten(row: HeadRow, change: (frame: Buffer) => Promise<Change>): Promise<number> {
    for (;;) {
      const whole = await this.#bodyOf(row);
      const made = whole === undefined ? 'same' : await change(Buffer.concat([whole.head, whole.body]));
      if (whole === undefined || made === 'same') return 0;
      if (await this.#replaced(row, whole.head, made.frame)) return made.removed;
    }
  }

  /** False: it is not as it was read. No two frames have the same head, in which their number is. */
  async #replaced({ day, from_ms: from, id }: HeadRow, head: Buffer, by: Frame | undefined): Promise<boolean> {
    const key = [day, from, id, head];
    const where = 'WHERE day = $1::date AND from_ms = $2 AND id = $3 AND head = $4 RETURNING id';
    const rows =
      by === undefined
        ? await this.#query(`DELETE FROM message_frames ${where}`, key)
        : await this.#query(`UPDATE message_frames SET head = $5, body = $6 ${where}`, [
            ...key,
            by.bytes.subarray(0, by.headBytes),
            by.bytes.subarray(by.headBytes),
          ]);
    return rows.length === 1;
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

  async #wholeOf(row: HeadRow): Promise<Buffer | undefined> {
    const whole = await this.#bodyOf(row);
    return whole && Buffer.concat([whole.head, whole.body]);
  }

  /** Both of one moment: since its head was read it may have been replaced. */
  async #bodyOf({ day, from_ms: from, id }: HeadRow): Promise<{ readonly head: Buffer; readonly body: Buffer } | undefined> {
    const text = 'SELECT head, body FROM message_frames WHERE day = $1::date AND from_ms = $2 AND id = $3';
    const [row] = await this.#query<{ head: Buffer; body: Buffer }>(text, [day, from, id]);
    return row;
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
