import type { PostgresQuery } from '@payment-manager/database';
import type { VirtualTime } from '@payment-manager/runtime';
import { between, type Chance } from '../../chance.ts';
import { type Connection, type Connections, ROUND_TRIP_MS } from './connections.ts';
import { ServerError } from './leases.ts';
import { carryOut, type StatementParts } from './statements.ts';

interface PerformingParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly isCalm: () => boolean;
}

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

/** What happens to a statement: locks, the disk, races, lost answers, and the notices of what was stored. */
export class Performing {
  full = false;
  readonly #parts: PerformingParts;
  readonly #connections: Connections;
  readonly #statements: StatementParts;
  readonly #notices = { batch: 0, mail: 0 };
  #batches = 0;
  #armed = 0;

  constructor(parts: PerformingParts, connections: Connections, statements: StatementParts) {
    this.#parts = parts;
    this.#connections = connections;
    this.#statements = statements;
  }

  /** The answer of the nth batch from now on is lost with its connection. */
  loseCommit(nth: number): void {
    this.#armed = nth;
  }

  perform(connection: Connection, query: PostgresQuery): Promise<readonly object[]> {
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
      if (this.#connections.isCut(connection.who)) {
        this.#later(QUERY_TIMEOUT_MS, () => breaks(new Error('simulated: no answer from the server')));
        return;
      }
      const answer = (): void => {
        try {
          const rows = carryOut(this.#statements, query);
          if (query.name === 'post') this.#notify(connection.who, 'mail', 'mail');
          end(() => resolve(rows));
        } catch (error) {
          end(() => reject(error));
        }
      };
      if (query.name === 'append') this.#storeBatch(connection, query, answer, breaks);
      else this.#later(ROUND_TRIP_MS, () => this.#unlocked(query, answer, breaks));
    });
  }

  #later(ms: number, run: () => void): void {
    this.#parts.time.after(ms, run);
  }

  /** The row of a lease is locked while a batch of it is being stored. */
  #unlocked(query: PostgresQuery, run: () => void, refuse: (error: Error) => void, sinceMs = this.#parts.time.monotonic()): void {
    const isOfLease = query.name === 'renew' || query.text.startsWith('SELECT refused FROM settle_batch');
    if (!isOfLease || !this.#statements.leases.isBusy(String(query.values?.[0]))) run();
    else if (this.#parts.time.monotonic() - sinceMs >= LOCK_TIMEOUT_MS) refuse(new ServerError('55P03', 'simulated: the row is locked'));
    else this.#later(LOCK_POLL_MS, () => this.#unlocked(query, run, refuse, sinceMs));
  }

  #storeBatch(connection: Connection, query: PostgresQuery, answer: () => void, breaks: (error: Error) => void): void {
    const { name, chance, isCalm } = this.#parts;
    const { leases } = this.#statements;
    const label = `${name} batch ${++this.#batches}`;
    const epoch = String(query.values?.[0]);
    const ms = between(chance, `${label} fsync`, 1, FSYNC_MS_MAX);
    const lost = this.#armed > 0 && --this.#armed === 0;
    if (lost && chance(`${label} arrives`) < 0.3) {
      this.#connections.breakOff(connection);
      return;
    }
    const isLate = lost && chance(`${label} late`) < 0.5;
    leases.setBusy(epoch, true);
    if (isLate) this.#connections.breakOff(connection);
    this.#later(isLate ? between(chance, `${label} late by`, ms, LATE_COMMIT_MS_MAX) : ms, () => {
      leases.setBusy(epoch, false);
      // a server that is gone, or a client that died: what it had sent was stored, or was not
      const torn = this.#connections.unreachable || !connection.life.alive;
      if (torn && chance(`${label} torn`) < 0.5) return;
      if (this.full) breaks(new ServerError('53100', 'simulated: the disk is full'));
      else if (!isCalm() && chance(`${label} raced`) < RACED_BATCHES) breaks(new ServerError('40001', 'simulated: raced'));
      else if (!connection.open || lost) {
        // stored, and nobody hears of it
        this.#connections.breakOff(connection);
        this.#storeUnheard(query);
      } else answer();
      this.#notify(connection.who, 'batch', leases.notice(epoch, Number(query.values?.[1])));
    });
  }

  #storeUnheard(query: PostgresQuery): void {
    try {
      carryOut(this.#statements, query);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    }
  }

  #notify(writer: string, of: 'batch' | 'mail', payload: string): void {
    const { name, chance, isCalm } = this.#parts;
    for (const connection of this.#connections.listening(writer)) {
      const label = `${name} ${of === 'batch' ? '' : 'mail '}notice ${++this.#notices[of]}`;
      const luck = isCalm() ? 1 : chance(label);
      if (luck < LOST_NOTICES) continue;
      this.#later(between(chance, `${label} ms`, 1, luck < LATE_NOTICES ? LATE_NOTICE_MS_MAX : NOTICE_MS_MAX), () => {
        if (connection.open) connection.life.run(() => connection.listeners.get('notification')?.({ payload }));
      });
    }
  }
}
