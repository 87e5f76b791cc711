import type { Clock, Timer, World } from '@payment-manager/runtime';
import { openPostgresQueries, type PostgresQueries } from './postgres-queries.ts';
import type { PostgresAddress } from './postgres-settings.ts';

/** Which of several replicas acts; the others only look. */
export interface Leadership {
  leads(): boolean;
  /** Gives it back, so that another goes on at once. */
  stop(): Promise<void>;
}

/** One process alone. */
export const alone: Leadership = { leads: () => true, stop: async () => {} };

const SCHEMA1 = `
  CREATE TABLE connection_leader (
    name text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    ends timestamptz NOT NULL
  );
`;

const TAKE = `
  INSERT INTO connection_leader AS held (name, holder, ends)
  VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends = excluded.ends
  WHERE held.holder = excluded.holder OR held.ends < clock_timestamp()
  RETURNING 1 AS taken
`;

export interface LeadershipOptions extends PostgresAddress, Pick<World, 'timers' | 'log'> {
  /** What is led: one leader for each name. */
  readonly name: string;
  /** The same, for people. */
  readonly what: string;
  /** This replica; no two that run at once may bear the same. */
  readonly holder: string;
  /** One that died is followed within it. Default 15,000. */
  readonly leaseMs?: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

const DEFAULT_LEASE_MS = 15_000;

/**
 * Competes for a lease in PostgreSQL, timed by the database's clock, as long as this process runs. What is led must bear two leaders for
 * a moment all the same: between the asking and the acting this process may have stood still.
 *
 * @throws DatabaseUnavailable when the database cannot be opened; later failures only end the lead
 */
export async function competeForLead(options: LeadershipOptions): Promise<Leadership> {
  const { name, what, holder, leaseMs = DEFAULT_LEASE_MS, clock, timers, log } = options;
  const database = await openPostgresQueries({ ...options, room: { room: 'connection', migrations: [SCHEMA1] } });
  /** Monotonic: by then nobody else can have it. Undefined: we have not got it. */
  let until: number | undefined;
  let stopped = false;
  let timer: Timer | undefined;
  const leads = (): boolean => until !== undefined && clock.monotonic() < until;
  const look = async (): Promise<void> => {
    const led = leads();
    // From when it was asked, and a little less: clocks differ in speed.
    const asked = clock.monotonic();
    const taken = await holds(database, [name, holder, leaseMs]);
    if (taken !== undefined) until = taken ? asked + leaseMs * 0.9 : undefined;
    if (leads() !== led) log.info(leads() ? `this replica leads ${what}` : `another replica leads ${what}`);
  };
  const later = (): void => {
    timer = timers.after(leaseMs / 3, () => void look().then(() => (stopped ? undefined : later())));
  };
  await look();
  later();
  return {
    leads,
    async stop() {
      stopped = true;
      timer?.cancel();
      until = undefined;
      await database
        .query({ text: 'DELETE FROM connection_leader WHERE name = $1 AND holder = $2', values: [name, holder] })
        .catch(() => {});
      await database.close();
    },
  };
}

/** Undefined: the database does not say. */
async function holds(database: PostgresQueries, values: readonly unknown[]): Promise<boolean | undefined> {
  try {
    return (await database.query({ name: 'connection_lead', text: TAKE, values: [...values] })).length > 0;
  } catch {
    return undefined;
  }
}
