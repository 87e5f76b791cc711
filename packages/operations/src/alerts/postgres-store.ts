import { openPostgresQueries, type PostgresAddress } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';
import type { AlertStore } from './alert-store.ts';

const SCHEMA1 = `
  CREATE TABLE alert_incidents (environment text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, body text NOT NULL);
  CREATE TABLE alert_seen (
    environment text COLLATE "C" NOT NULL, holder text COLLATE "C" NOT NULL, at timestamptz NOT NULL, body text NOT NULL,
    PRIMARY KEY (environment, holder)
  );
`;

const WRITE = `
  INSERT INTO alert_incidents AS kept (environment, version, body) VALUES ($1, 1, $2)
  ON CONFLICT (environment) DO UPDATE SET version = kept.version + 1, body = excluded.body WHERE kept.version = $3
  RETURNING version
`;
const TELL = `
  WITH gone AS (DELETE FROM alert_seen WHERE at < clock_timestamp() - interval '1 hour')
  INSERT INTO alert_seen VALUES ($1, $2, clock_timestamp(), $3)
  ON CONFLICT (environment, holder) DO UPDATE SET at = excluded.at, body = excluded.body
`;
const OTHERS = `
  SELECT body FROM alert_seen WHERE environment = $1 AND holder <> $2 AND at > clock_timestamp() - interval '30 seconds' ORDER BY holder
`;

export interface PostgresAlertsOptions extends PostgresAddress, Pick<World, 'log'> {
  readonly environment: string;
  /** This replica. */
  readonly holder: string;
}

/** The store of replicas; instants are the database’s. Rejects with DatabaseUnavailable. */
export async function postgresStore(options: PostgresAlertsOptions): Promise<AlertStore> {
  const { environment, holder } = options;
  const database = await openPostgresQueries({ ...options, room: { room: 'alerts', migrations: [SCHEMA1] } });
  const bodies = (rows: readonly { readonly body: string }[]) => rows.map(({ body }) => JSON.parse(body));
  return {
    async read() {
      const text = 'SELECT version, body FROM alert_incidents WHERE environment = $1';
      const [row] = await database.query<{ version: string; body: string }>({ text, values: [environment] });
      return row === undefined ? { incidents: [], version: 0 } : { incidents: JSON.parse(row.body), version: Number(row.version) };
    },
    async write(incidents, seen) {
      const rows = await database.query<{ version: string }>({ text: WRITE, values: [environment, JSON.stringify(incidents), seen] });
      return rows.length === 1;
    },
    shared: {
      async tell(seen) {
        await database.query({ text: TELL, values: [environment, holder, JSON.stringify(seen)] });
      },
      others: async () => bodies(await database.query<{ body: string }>({ text: OTHERS, values: [environment, holder] })),
    },
    close: () => database.close(),
  };
}
