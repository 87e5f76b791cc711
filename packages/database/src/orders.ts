import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, every, type Random, type Timers, type World } from '@payment-manager/runtime';
import { openPostgresQueries } from './postgres-queries.ts';
import type { PostgresAddress } from './postgres-settings.ts';

/** What came of an order. */
export type OrderAnswer =
  | { readonly kind: 'answered'; readonly body: unknown }
  /** Whoever took it could not do it, and says why. */
  | { readonly kind: 'failed'; readonly message: string }
  /** Nobody took it in its time, and nobody will: nothing was done. */
  | { readonly kind: 'not-taken' }
  /** Somebody took it and has not answered: it may be done, or be done by another who goes on with it. */
  | { readonly kind: 'no-answer' };

/** Does an order. `name` stays the same when another goes on with one whose holder died: what is done under it must be done once. */
export type DoesOrder = (kind: string, body: unknown, name: string) => Promise<object>;

/** What a process says of itself. */
export interface ToldProcess {
  readonly name: string;
  readonly role: string;
  readonly body: unknown;
}

/**
 * Orders from one process to others that share a database, as rows: they outlive a notice that gets lost and a process that dies, and each is done by one.
 * Who may write to the database cannot order anything: each bears a code made with a key that only these processes have, for its name, its time and its words.
 */
export interface Orders {
  /**
   * Stores an order for whoever serves `to`, and waits for its answer, for `waitMs` at most. An order that nobody began by then is withdrawn. Rejects with
   * DatabaseUnavailable.
   */
  ask(to: string, kind: string, body: object, waitMs: number): Promise<OrderAnswer>;
  /** Does what is ordered of any of `names`, a few at a time, until it is stopped. */
  serve(names: readonly string[], does: DoesOrder): void;
  /** Says how this process is. Rejects with DatabaseUnavailable. */
  tell(body: object): Promise<void>;
  /** The processes that have said something within this time, by name. Rejects with DatabaseUnavailable. */
  told(withinMs: number): Promise<readonly ToldProcess[]>;
  /** Takes nothing more; what it has taken is left to others when its time is over. */
  stop(): Promise<void>;
}

export interface OrdersOptions extends PostgresAddress, Pick<World, 'log'> {
  /** This process; no two that run at once may bear the same. */
  readonly name: string;
  readonly role: string;
  /** So long what it has taken is left to it. Default 60,000. */
  readonly holdMs?: number;
  /** 32 bytes that all of them have, and the database has not. */
  readonly key: Uint8Array;
  readonly clock: Pick<Clock, 'now'>;
  readonly timers: Timers;
  readonly random: Random;
}

const SCHEMA1 = `
  CREATE TABLE orders (
    id text COLLATE "C" PRIMARY KEY, recipient text COLLATE "C" NOT NULL, kind text NOT NULL, body text NOT NULL,
    asked timestamptz NOT NULL, ends timestamptz NOT NULL, holder text, held_until timestamptz, answer text
  );
  CREATE INDEX orders_waiting ON orders (recipient, asked) WHERE answer IS NULL;
  CREATE TABLE processes (name text COLLATE "C" PRIMARY KEY, role text NOT NULL, told timestamptz NOT NULL, body text NOT NULL);
`;

/** Until when it may be begun, by the clock of who asked, and the code. */
const SCHEMA2 = `ALTER TABLE orders ADD COLUMN until_ms bigint NOT NULL DEFAULT 0, ADD COLUMN code text NOT NULL DEFAULT ''`;

const ASK = `
  INSERT INTO orders (id, recipient, kind, body, asked, ends, until_ms, code)
  VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5::bigint * interval '1 millisecond', $6, $7) ON CONFLICT DO NOTHING`;

/** One that was never begun is begun in its time alone; one whose holder died, for as long as its answer may still be of use. */
const TAKE = `
  UPDATE orders SET holder = $1, held_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
  WHERE id = (
    SELECT id FROM orders WHERE recipient = ANY($3) AND answer IS NULL AND id <> ALL($4)
      AND (CASE WHEN holder IS NULL THEN ends > clock_timestamp()
           ELSE held_until < clock_timestamp() AND ends + interval '10 minutes' > clock_timestamp() END)
    ORDER BY asked LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, recipient, kind, body, until_ms, code`;

/** Who lost it to another does not answer it. */
const ANSWER = 'UPDATE orders SET answer = $3 WHERE id = $1 AND holder = $2 AND answer IS NULL';
const WITHDRAW = 'DELETE FROM orders WHERE id = $1 AND holder IS NULL RETURNING 1 AS gone';
const READ = 'SELECT answer FROM orders WHERE id = $1';
const TELL = `
  INSERT INTO processes VALUES ($1, $2, clock_timestamp(), $3)
  ON CONFLICT (name) DO UPDATE SET role = excluded.role, told = excluded.told, body = excluded.body`;
const TOLD = `
  SELECT name, role, body FROM processes WHERE told > clock_timestamp() - $1::bigint * interval '1 millisecond' ORDER BY name`;
const TIDY = `
  WITH gone AS (DELETE FROM processes WHERE told < clock_timestamp() - interval '1 hour')
  DELETE FROM orders WHERE ends < clock_timestamp() - interval '1 hour'`;

const HOLD_MS = 60_000;
/** How often who serves looks for what is new, and who has asked for an answer. */
const LOOK_EVERY_MS = 250;
const ANSWER_EVERY_MS = 100;
const TIDY_EVERY_MS = 600_000;
const AT_ONCE = 8;

interface Order {
  readonly id: string;
  readonly recipient: string;
  readonly kind: string;
  readonly body: string;
  readonly until_ms: number | string;
}

type Taken = Order & { readonly code: string };

/** How long after its time one whose holder died may still be gone on with; clocks of machines differ by less. */
const GONE_ON_MS = 660_000;

/** Opens the tables of orders. Rejects with DatabaseUnavailable. */
export async function openOrders(options: OrdersOptions): Promise<Orders> {
  const { name, role, holdMs = HOLD_MS, key, clock, timers, random, log } = options;
  const database = await openPostgresQueries({ ...options, room: { room: 'orders', migrations: [SCHEMA1, SCHEMA2] } });
  const ask = <R extends object>(text: string, values: readonly unknown[]) => database.query<R>({ text, values: [...values] });
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void timers.after(ms, resolve));
  const closers: (() => void)[] = [];
  const tidying = every(TIDY_EVERY_MS, timers, async () => void (await ask(TIDY, []).catch(() => {})));
  closers.push(() => tidying.stop());
  let stopped = false;
  return {
    async ask(to, kind, body, waitMs) {
      const id = random.uuid();
      const order = { id, recipient: to, kind, body: JSON.stringify(body), until_ms: clock.now() + waitMs };
      await twice(() => ask(ASK, [id, to, kind, order.body, waitMs, order.until_ms, codeOf(key, order)]));
      for (let left = waitMs; ; left -= ANSWER_EVERY_MS) {
        const [row] = await ask<{ answer: string | null }>(READ, [id]);
        if (typeof row?.answer === 'string') {
          void ask('DELETE FROM orders WHERE id = $1', [id]).catch(() => {});
          return JSON.parse(row.answer) as OrderAnswer;
        }
        if (left <= 0) return (await ask(WITHDRAW, [id])).length > 0 ? { kind: 'not-taken' } : { kind: 'no-answer' };
        await pause(ANSWER_EVERY_MS);
      }
    },
    serve(names, does) {
      const underWay = new Set<string>();
      const one = async (taken: Taken): Promise<void> => {
        const { id, kind, body } = taken;
        const answer: OrderAnswer = await (isGenuine(key, taken, clock.now())
          ? does(kind, JSON.parse(body), id)
          : Promise.reject(new Error('It was not ordered by a process with this journal’s key, or too long ago.'))
        ).then(
          (told) => ({ kind: 'answered', body: told }),
          (error: Error) => ({ kind: 'failed', message: error.message }),
        );
        await twice(() => ask(ANSWER, [id, name, JSON.stringify(answer)])).finally(() => underWay.delete(id));
      };
      const look = async (): Promise<void> => {
        while (!stopped && underWay.size < AT_ONCE) {
          const [taken] = await ask<Taken>(TAKE, [name, holdMs, names, [...underWay]]);
          if (taken === undefined) return;
          underWay.add(taken.id);
          void one(taken).catch((error: Error) =>
            log.warn('an order was done, and its answer not stored', { kind: taken.kind, reason: error.message }),
          );
        }
      };
      // a database that does not answer is told of elsewhere
      const looking = every(LOOK_EVERY_MS, timers, () => look().catch(() => {}));
      closers.push(() => looking.stop());
    },
    tell: async (body) => void (await ask(TELL, [name, role, JSON.stringify(body)])),
    async told(withinMs) {
      const rows = await ask<{ name: string; role: string; body: string }>(TOLD, [withinMs]);
      return rows.map(({ body, ...told }) => ({ ...told, body: JSON.parse(body) as unknown }));
    },
    async stop() {
      stopped = true;
      for (const close of closers) close();
      await ask('DELETE FROM processes WHERE name = $1', [name]).catch(() => {});
      await database.close();
    },
  };
}

function codeOf(key: Uint8Array, { id, recipient, kind, body, until_ms }: Order): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([id, recipient, kind, Number(until_ms), body]))
    .digest('base64url');
}

function isGenuine(key: Uint8Array, order: Taken, now: number): boolean {
  const [wanted, found] = [Buffer.from(codeOf(key, order)), Buffer.from(order.code)];
  return wanted.length === found.length && timingSafeEqual(wanted, found) && now < Number(order.until_ms) + GONE_ON_MS;
}

/** A change whose answer was lost is asked for again: it is the same row. */
async function twice<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'DATABASE_IN_DOUBT') throw error;
    return change();
  }
}
