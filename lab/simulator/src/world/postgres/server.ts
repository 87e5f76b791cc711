import type { PostgresClient, PostgresDriver, PostgresPool, PostgresQuery, PostgresRows } from '@payment-manager/database';
import type { VirtualTime } from '@payment-manager/runtime';
import { between, type Chance } from '../../chance.ts';
import type { Life } from '../life.ts';
import type { BatchAppend } from './batch-columns.ts';
import { noLeases, ServerError } from './leases.ts';
import { noMail } from './mail.ts';
import { carryOut, type DatabaseFlaw } from './statements.ts';
import { emptyTables } from './tables.ts';

export interface PostgresParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly flaw: DatabaseFlaw | undefined;
  /** Called for each append in the instant in which it is durable; `fenced`: its writer had no right to it any more. */
  readonly onDurable: (one: BatchAppend, epoch: string, fenced: boolean) => void;
  readonly isCalm: () => boolean;
}

/**
 * A PostgreSQL with one journal in it, as far as the product sees it: connections, statements by their names, leases, notices.
 * Everything on the product's side of a connection is the product's own code.
 */
export interface SimulatedPostgres {
  /** How a process connects; `who` names it. */
  driver(life: Life, who: string): PostgresDriver;
  setFull(full: boolean): void;
  /** The server is gone: connections break, new ones are refused. */
  setUnreachable(unreachable: boolean): void;
  /** A process is cut off: nothing it asks is answered. */
  setCut(who: string, cut: boolean): void;
  /** The answer of the nth batch from now on is lost with its connection. */
  loseCommit(nth: number): void;
  hasEnded(epoch: string): boolean;
  ownerOf(recordId: string, eventType: string): string | undefined;
  /** Statements that wait for their turn. */
  readonly waiting: number;
}

/** By event: it is told an error, a notice, or nothing. */
type Listeners = Map<string, (told?: unknown) => void>;

interface Connection {
  readonly who: string;
  readonly life: Life;
  readonly listeners: Listeners;
  /** Rejects what is under way when the connection breaks. */
  readonly underWay: Set<(error: Error) => void>;
  open: boolean;
  listens: boolean;
  last: Promise<unknown>;
}

const ROUND_TRIP_MS = 1;
const FSYNC_MS_MAX = 12;
const LATE_COMMIT_MS_MAX = 1_500;
const LOCK_TIMEOUT_MS = 3_000;
const LOCK_POLL_MS = 5;
const NOTICE_MS_MAX = 40;
const LATE_NOTICE_MS_MAX = 2_500;
/** Notices that a reader never gets, and that come late: it has to look by itself, too. */
const LOST_NOTICES = 0.1;
const LATE_NOTICES = 0.3;
/** A race with another batch for a row: undone, to be sent again. */
const RACED_BATCHES = 0.02;
const QUERY_TIMEOUT_MS = 6_000;
const CONNECT_TIMEOUT_MS = 2_000;

const broken = (): Error => new Error('simulated: the connection broke');

/** Makes an empty server. */
export function simulatedPostgres(parts: PostgresParts): SimulatedPostgres {
  const { time, chance, name } = parts;
  const leases = noLeases(() => time.monotonic());
  const connections = new Set<Connection>();
  const cut = new Set<string>();
  let [full, unreachable] = [false, false];
  let [statements, batches] = [0, 0];
  const notices = { batch: 0, mail: 0 };
  let armed = 0;
  const tables = emptyTables();
  const statementParts = {
    leases,
    tables,
    mail: noMail(() => time.monotonic()),
    flaw: parts.flaw,
    onStored: parts.onDurable,
  };
  const later = (ms: number, run: () => void): void => void time.after(ms, run);

  // ---- what happens to a statement

  function perform(connection: Connection, query: PostgresQuery): Promise<readonly object[]> {
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (settle: () => void): void => {
        if (over) return;
        over = true;
        connection.underWay.delete(breaks);
        connection.life.run(settle);
      };
      const breaks = (error: Error): void => end(() => reject(error));
      connection.underWay.add(breaks);
      if (cut.has(connection.who)) {
        later(QUERY_TIMEOUT_MS, () => breaks(new Error('simulated: no answer from the server')));
        return;
      }
      const answer = (): void => {
        try {
          const rows = carryOut(statementParts, query);
          if (query.name === 'post') notify(connection.who, 'mail', 'mail');
          end(() => resolve(rows));
        } catch (error) {
          end(() => reject(error));
        }
      };
      if (query.name === 'append') storeBatch(connection, query, answer, breaks);
      else later(ROUND_TRIP_MS, () => unlocked(query, answer, breaks));
    });
  }

  /** The row of a lease is locked while a batch of it is being stored. */
  function unlocked(query: PostgresQuery, run: () => void, refuse: (error: Error) => void, sinceMs = time.monotonic()): void {
    const isOfLease = query.name === 'renew' || query.text.startsWith('SELECT refused FROM settle_batch');
    if (!isOfLease || !leases.isBusy(String(query.values?.[0]))) run();
    else if (time.monotonic() - sinceMs >= LOCK_TIMEOUT_MS) refuse(new ServerError('55P03', 'simulated: the row is locked'));
    else later(LOCK_POLL_MS, () => unlocked(query, run, refuse, sinceMs));
  }

  function storeBatch(connection: Connection, query: PostgresQuery, answer: () => void, breaks: (error: Error) => void): void {
    const label = `${name} batch ${++batches}`;
    const epoch = String(query.values?.[0]);
    const ms = between(chance, `${label} fsync`, 1, FSYNC_MS_MAX);
    const lost = armed > 0 && --armed === 0;
    if (lost && chance(`${label} arrives`) < 0.3) {
      breakOff(connection);
      return;
    }
    const isLate = lost && chance(`${label} late`) < 0.5;
    leases.setBusy(epoch, true);
    if (isLate) breakOff(connection);
    later(isLate ? between(chance, `${label} late by`, ms, LATE_COMMIT_MS_MAX) : ms, () => {
      leases.setBusy(epoch, false);
      // a server that is gone, or a client that died: what it had sent was stored, or was not
      const torn = unreachable || !connection.life.alive;
      if (torn && chance(`${label} torn`) < 0.5) return;
      if (full) breaks(new ServerError('53100', 'simulated: the disk is full'));
      else if (!parts.isCalm() && chance(`${label} raced`) < RACED_BATCHES) breaks(new ServerError('40001', 'simulated: raced'));
      else if (!connection.open || lost) {
        // stored, and nobody hears of it
        breakOff(connection);
        storeUnheard(query);
      } else answer();
      notify(connection.who, 'batch', leases.notice(epoch, Number(query.values?.[1])));
    });
  }

  function storeUnheard(query: PostgresQuery): void {
    try {
      carryOut(statementParts, query);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    }
  }

  function notify(writer: string, of: keyof typeof notices, payload: string): void {
    for (const connection of connections) {
      if (!connection.listens || !connection.open || connection.who === writer) continue;
      const label = `${name} ${of === 'batch' ? '' : 'mail '}notice ${++notices[of]}`;
      const luck = parts.isCalm() ? 1 : chance(label);
      if (luck < LOST_NOTICES) continue;
      later(between(chance, `${label} ms`, 1, luck < LATE_NOTICES ? LATE_NOTICE_MS_MAX : NOTICE_MS_MAX), () => {
        if (connection.open) connection.life.run(() => connection.listeners.get('notification')?.({ payload }));
      });
    }
  }

  // ---- connections

  function opened(life: Life, who: string): Connection {
    const listeners: Connection['listeners'] = new Map();
    const connection: Connection = { who, life, listeners, underWay: new Set(), open: true, listens: false, last: Promise.resolve() };
    connections.add(connection);
    return connection;
  }

  function breakOff(connection: Connection): void {
    if (!connection.open) return;
    connection.open = false;
    connections.delete(connection);
    for (const breaks of [...connection.underWay]) breaks(broken());
    connection.life.run(() => connection.listeners.get('error')?.(broken()));
  }

  function connected(life: Life, who: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const failed = (ms: number): void => later(ms, () => life.run(() => reject(new Error('simulated: no connection'))));
      if (cut.has(who)) failed(CONNECT_TIMEOUT_MS);
      else
        later(ROUND_TRIP_MS, () => {
          if (unreachable) {
            life.run(() => reject(new Error('simulated: connection refused')));
            return;
          }
          const made = opened(life, who);
          life.onDeath(() => close(made));
          life.run(() => resolve(made));
        });
    });
  }

  async function ask<R>(connection: Connection, given: string | PostgresQuery, values?: unknown[]): Promise<PostgresRows<R>> {
    const query = typeof given === 'string' ? { text: given, values: values ?? [] } : given;
    if (!connection.open) throw broken();
    statements++;
    const before = connection.last;
    const turn = before.catch(() => {}).then(() => (connection.open ? perform(connection, query) : Promise.reject(broken())));
    connection.last = turn;
    try {
      const rows = (await turn) as R[];
      if (query.text.startsWith('LISTEN')) connection.listens = true;
      return { rows };
    } finally {
      statements--;
    }
  }

  function client(life: Life, who: string): PostgresClient {
    let connection: Connection | undefined;
    const listeners: Listeners = new Map();
    return {
      async connect() {
        connection = await connected(life, who);
        for (const [event, listener] of listeners) connection.listeners.set(event, listener);
      },
      query: (query, values) => (connection === undefined ? Promise.reject(broken()) : ask(connection, query, values)),
      on(event: string, listener: (told: never) => void) {
        const known = listeners.get(event);
        const told = listener as (told?: unknown) => void;
        const both = known === undefined ? told : (what?: unknown) => [known, told].map((one) => one(what));
        listeners.set(event, both);
        connection?.listeners.set(event, both);
      },
      async end() {
        if (connection !== undefined) close(connection);
      },
      destroy() {
        if (connection !== undefined) close(connection);
      },
    };
  }

  function close(connection: Connection): void {
    connection.open = false;
    connections.delete(connection);
  }

  /** As many connections as are asked for: questions do not wait for each other. */
  function pool(life: Life, who: string): PostgresPool {
    return {
      waitingCount: 0,
      async query<R>(query: PostgresQuery): Promise<PostgresRows<R>> {
        if (unreachable) throw broken();
        const one = opened(life, who);
        try {
          return { rows: (await perform(one, query)) as R[] };
        } finally {
          close(one);
        }
      },
      on: () => {},
      end: async () => {},
    };
  }

  return {
    driver: (life, who) => ({ client: () => client(life, who), pool: () => pool(life, who) }),
    setFull(value) {
      full = value;
    },
    setUnreachable(value) {
      unreachable = value;
      if (value) for (const connection of [...connections]) breakOff(connection);
    },
    setCut(who, value) {
      if (value) cut.add(who);
      else cut.delete(who);
    },
    loseCommit(nth) {
      armed = nth;
    },
    hasEnded: (epoch) => leases.hasEnded(epoch),
    ownerOf: tables.ownerOf,
    get waiting() {
      return statements;
    },
  };
}
