import type { Timer, Timers } from '@payment-manager/runtime';
import type { QueryResultRow } from 'pg';
import { DatabaseUnavailable } from './database-unavailable.ts';
import type { PostgresClient, PostgresQuery, PostgresRows } from './postgres-driver.ts';
import { postgresFailure } from './postgres-errors.ts';
import { messageOf } from './sqlite-errors.ts';

export interface PostgresLinkOptions {
  /** Makes a client that is not connected yet. */
  readonly client: () => PostgresClient;
  /** Checks and prepares a new connection before it counts as up; what it throws counts as not reachable. */
  readonly prepare: (client: PostgresClient) => Promise<void>;
  readonly onUp?: () => void;
  /** The connection is gone, or could not be made again; `reason` names no secret. */
  readonly onDown: (reason: string) => void;
  readonly timers: Timers;
}

/** One connection that comes back by itself. Never more than one at a time, so what it writes keeps its order. */
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
  let current: PostgresClient | undefined;
  let downReason: string | undefined;
  let closed = false;
  let pauseMs = FIRST_PAUSE_MS;
  let pause: Timer | undefined;
  const waiters = new Set<(up: boolean) => void>();

  const connect = async (): Promise<void> => {
    const client = options.client();
    const gone = (error?: Error): void => dropped(client, error ? messageOf(error) : 'the server ended the connection');
    client.on('error', gone);
    client.on('end', () => gone());
    try {
      await client.connect();
      await options.prepare(client);
    } catch (error) {
      destroy(client);
      throw error;
    }
    if (closed) {
      destroy(client);
      return;
    }
    current = client;
    downReason = undefined;
    pauseMs = FIRST_PAUSE_MS;
    options.onUp?.();
    settleWaiters(true);
  };

  const settleWaiters = (up: boolean): void => {
    for (const settle of [...waiters]) settle(up);
  };

  const dropped = (client: PostgresClient, reason: string): void => {
    if (client !== current) return;
    current = undefined;
    destroy(client);
    if (closed) return;
    downReason = reason;
    options.onDown(reason);
    reconnectLater();
  };

  const reconnectLater = (): void => {
    pause = options.timers.after(pauseMs, () => {
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      connect().catch((error: unknown) => {
        if (closed) return;
        const reason = messageOf(error);
        if (reason !== downReason) options.onDown(reason);
        downReason = reason;
        reconnectLater();
      });
    });
  };

  await connect();
  return {
    get isUp() {
      return current !== undefined;
    },
    get downReason() {
      return current === undefined ? (downReason ?? 'it is closed') : undefined;
    },
    async query<R extends QueryResultRow>(query: PostgresQuery): Promise<PostgresRows<R>> {
      const client = current;
      if (!client)
        throw new DatabaseUnavailable('DATABASE_UNREACHABLE', `There is no connection to PostgreSQL: ${downReason ?? 'closed'}.`);
      try {
        return await client.query<R>({ ...query, values: query.values ?? [] });
      } catch (error) {
        if (postgresFailure(error) === 'lost') dropped(client, messageOf(error));
        throw error;
      }
    },
    drop(reason) {
      if (current) dropped(current, reason);
    },
    whenUp(withinMs) {
      if (current) return Promise.resolve(true);
      if (closed) return Promise.resolve(false);
      return new Promise((resolve) => {
        const settle = (up: boolean): void => {
          timer.cancel();
          waiters.delete(settle);
          resolve(up);
        };
        const timer = options.timers.after(withinMs, () => settle(false));
        waiters.add(settle);
      });
    },
    async close() {
      closed = true;
      pause?.cancel();
      settleWaiters(false);
      const client = current;
      current = undefined;
      await client?.end().catch(() => {});
    },
  };
}

function destroy(client: PostgresClient): void {
  client.on('error', () => {});
  client.destroy();
}
