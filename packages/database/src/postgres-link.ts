import type { Timer, World } from '@payment-manager/runtime';
import type { QueryResultRow } from 'pg';
import { DatabaseUnavailable } from './database-unavailable.ts';
import type { PostgresClient, PostgresQuery, PostgresRows } from './postgres-driver.ts';
import { postgresFailure } from './postgres-errors.ts';
import { messageOf } from './sqlite-errors.ts';

export interface PostgresLinkOptions extends Pick<World, 'timers'> {
  /** Makes a client that is not connected yet. */
  readonly client: () => PostgresClient;
  /** Checks and prepares a new connection before it counts as up; what it throws counts as not reachable. */
  readonly prepare: (client: PostgresClient) => Promise<void>;
  readonly onUp?: () => void;
  /** The connection is gone, or could not be made again; `reason` names no secret. */
  readonly onDown: (reason: string) => void;
}

/**
 * One connection that comes back by itself. Never more than one at a time, and one query at a time on it, so what it writes keeps its order: who
 * asks while another is under way waits here, since the driver takes no second one.
 */
export interface PostgresLink {
  readonly isUp: boolean;
  /** Why it is not up; undefined when it is. */
  readonly downReason: string | undefined;
  /** Rejects with pg's error; after one that leaves the outcome open the connection is dropped and made anew. */
  query<R extends QueryResultRow>(query: PostgresQuery): Promise<PostgresRows<R>>;
  /** Gives the connection up, if it is up, and makes another; `reason` names no secret. */
  drop(reason: string): void;
  /** Resolves when it is up: true, or when the time is over or it was closed: false. */
  whenUp(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Connects, and rejects when the first attempt fails; from then on it reconnects for as long as it is not closed. */
export async function openPostgresLink(options: PostgresLinkOptions): Promise<PostgresLink> {
  const link = new ReconnectingLink(options);
  await link.connect();
  return link;
}

class ReconnectingLink implements PostgresLink {
  readonly #options: PostgresLinkOptions;
  readonly #waiters = new Set<(up: boolean) => void>();
  #current: PostgresClient | undefined;
  #downReason: string | undefined;
  #closed = false;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: Timer | undefined;
  /** Ends with the last query that was asked on the present connection; undefined: none is under way. Never rejects. */
  #lastQuery: Promise<void> | undefined;

  constructor(options: PostgresLinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#current !== undefined;
  }

  get downReason(): string | undefined {
    return this.#current === undefined ? (this.#downReason ?? 'it is closed') : undefined;
  }

  async query<R extends QueryResultRow>(query: PostgresQuery): Promise<PostgresRows<R>> {
    const client = this.#upOr(undefined);
    const before = this.#lastQuery;
    const ended = Promise.withResolvers<void>();
    this.#lastQuery = ended.promise;
    try {
      if (before !== undefined) {
        await before;
        // not sent on a connection that is gone, nor on the next one: who asked may have to look first what became of the query before
        this.#upOr(client);
      }
      return await client.query<R>({ ...query, values: query.values ?? [] });
    } catch (error) {
      if (postgresFailure(error) === 'lost') this.#dropped(client, messageOf(error));
      throw error;
    } finally {
      ended.resolve();
      if (this.#lastQuery === ended.promise) this.#lastQuery = undefined;
    }
  }

  /** The connection, if it is up and still the one that was `expected`. @throws DatabaseUnavailable */
  #upOr(expected: PostgresClient | undefined): PostgresClient {
    const client = this.#current;
    if (client && (expected === undefined || client === expected)) return client;
    throw new DatabaseUnavailable('DATABASE_UNREACHABLE', `There is no connection to PostgreSQL: ${this.#downReason ?? 'closed'}.`);
  }

  drop(reason: string): void {
    if (this.#current) this.#dropped(this.#current, reason);
  }

  whenUp(withinMs: number): Promise<boolean> {
    if (this.#current) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (up: boolean): void => {
        timer.cancel();
        this.#waiters.delete(settle);
        resolve(up);
      };
      const timer = this.#options.timers.after(withinMs, () => settle(false));
      this.#waiters.add(settle);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pause?.cancel();
    this.#settleWaiters(false);
    const client = this.#current;
    this.#current = undefined;
    await client?.end().catch(() => {});
  }

  /** Rejects when the server cannot be reached, or is not what is needed. */
  async connect(): Promise<void> {
    const client = this.#options.client();
    const gone = (error?: Error): void => this.#dropped(client, error ? messageOf(error) : 'the server ended the connection');
    client.on('error', gone);
    client.on('end', () => gone());
    try {
      await client.connect();
      await this.#options.prepare(client);
    } catch (error) {
      destroy(client);
      throw error;
    }
    if (this.#closed) {
      destroy(client);
      return;
    }
    this.#current = client;
    this.#lastQuery = undefined;
    this.#downReason = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#options.onUp?.();
    this.#settleWaiters(true);
  }

  #settleWaiters(up: boolean): void {
    for (const settle of [...this.#waiters]) settle(up);
  }

  #dropped(client: PostgresClient, reason: string): void {
    if (client !== this.#current) return;
    this.#current = undefined;
    destroy(client);
    if (this.#closed) return;
    this.#downReason = reason;
    this.#options.onDown(reason);
    this.#reconnectLater();
  }

  #reconnectLater(): void {
    this.#pause = this.#options.timers.after(this.#pauseMs, () => {
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      this.connect().catch((error: unknown) => {
        if (this.#closed) return;
        const reason = messageOf(error);
        if (reason !== this.#downReason) this.#options.onDown(reason);
        this.#downReason = reason;
        this.#reconnectLater();
      });
    });
  }
}

function destroy(client: PostgresClient): void {
  client.on('error', () => {});
  client.destroy();
}
