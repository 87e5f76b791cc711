import type { PostgresClient, PostgresPool, PostgresQuery, PostgresRows } from '@payment-manager/database';
import type { VirtualTime } from '@payment-manager/runtime';
import type { Life } from '../life.ts';

/** By event: it is told an error, a notice, or nothing. */
type Listeners = Map<string, (told?: unknown) => void>;

/** One connection as the server sees it. */
export interface Connection {
  readonly who: string;
  readonly life: Life;
  readonly listeners: Listeners;
  /** Rejects what is under way when the connection breaks. */
  readonly underWay: Set<(error: Error) => void>;
  open: boolean;
  listens: boolean;
  last: Promise<unknown>;
}

/** What becomes of a statement once it is its turn. */
type Perform = (connection: Connection, query: PostgresQuery) => Promise<readonly object[]>;

export const ROUND_TRIP_MS = 1;
const CONNECT_TIMEOUT_MS = 2_000;

const broken = (): Error => new Error('simulated: the connection broke');

/** The connections of a server: made, broken and cut; each carries out one statement after the other. */
export class Connections {
  readonly #time: VirtualTime;
  readonly #perform: Perform;
  readonly #all = new Set<Connection>();
  readonly #cut = new Set<string>();
  #unreachable = false;
  #statements = 0;

  constructor(time: VirtualTime, perform: Perform) {
    this.#time = time;
    this.#perform = perform;
  }

  /** Statements that wait for their turn. */
  get statements(): number {
    return this.#statements;
  }

  get unreachable(): boolean {
    return this.#unreachable;
  }

  isCut(who: string): boolean {
    return this.#cut.has(who);
  }

  setCut(who: string, isCut: boolean): void {
    if (isCut) this.#cut.add(who);
    else this.#cut.delete(who);
  }

  setUnreachable(unreachable: boolean): void {
    this.#unreachable = unreachable;
    if (unreachable) for (const connection of [...this.#all]) this.breakOff(connection);
  }

  /** Those that hear notices, but for a writer's own. */
  listening(writer: string): readonly Connection[] {
    return [...this.#all].filter((connection) => connection.listens && connection.open && connection.who !== writer);
  }

  breakOff(connection: Connection): void {
    if (!connection.open) return;
    this.#close(connection);
    for (const breaks of [...connection.underWay]) breaks(broken());
    connection.life.run(() => connection.listeners.get('error')?.(broken()));
  }

  client(life: Life, who: string): PostgresClient {
    let connection: Connection | undefined;
    const listeners: Listeners = new Map();
    const end = (): void => {
      if (connection !== undefined) this.#close(connection);
    };
    return {
      connect: async () => {
        connection = await this.#connected(life, who);
        for (const [event, listener] of listeners) connection.listeners.set(event, listener);
      },
      query: (query, values) => (connection === undefined ? Promise.reject(broken()) : this.#ask(connection, query, values)),
      on(event: string, listener: (told: never) => void) {
        const known = listeners.get(event);
        const told = listener as (told?: unknown) => void;
        const both = known === undefined ? told : (what?: unknown) => [known, told].map((one) => one(what));
        listeners.set(event, both);
        connection?.listeners.set(event, both);
      },
      end: async () => end(),
      destroy: end,
    };
  }

  /** As many connections as are asked for: questions do not wait for each other. */
  pool(life: Life, who: string): PostgresPool {
    return {
      waitingCount: 0,
      query: async <R>(query: PostgresQuery): Promise<PostgresRows<R>> => {
        if (this.#unreachable) throw broken();
        const one = this.#opened(life, who);
        try {
          return { rows: (await this.#perform(one, query)) as R[] };
        } finally {
          this.#close(one);
        }
      },
      on: () => {},
      end: async () => {},
    };
  }

  #opened(life: Life, who: string): Connection {
    const listeners: Listeners = new Map();
    const connection: Connection = { who, life, listeners, underWay: new Set(), open: true, listens: false, last: Promise.resolve() };
    this.#all.add(connection);
    return connection;
  }

  #close(connection: Connection): void {
    connection.open = false;
    this.#all.delete(connection);
  }

  #connected(life: Life, who: string): Promise<Connection> {
    const later = (ms: number, run: () => void): void => void this.#time.after(ms, run);
    return new Promise((resolve, reject) => {
      if (this.#cut.has(who)) later(CONNECT_TIMEOUT_MS, () => life.run(() => reject(new Error('simulated: no connection'))));
      else
        later(ROUND_TRIP_MS, () => {
          if (this.#unreachable) {
            life.run(() => reject(new Error('simulated: connection refused')));
            return;
          }
          const made = this.#opened(life, who);
          life.onDeath(() => this.#close(made));
          life.run(() => resolve(made));
        });
    });
  }

  async #ask<R>(connection: Connection, given: string | PostgresQuery, values?: unknown[]): Promise<PostgresRows<R>> {
    const query = typeof given === 'string' ? { text: given, values: values ?? [] } : given;
    if (!connection.open) throw broken();
    this.#statements++;
    const before = connection.last;
    const turn = before.catch(() => {}).then(() => (connection.open ? this.#perform(connection, query) : Promise.reject(broken())));
    connection.last = turn;
    try {
      const rows = (await turn) as R[];
      if (query.text.startsWith('LISTEN')) connection.listens = true;
      return { rows };
    } finally {
      this.#statements--;
    }
  }
}
