import type { ClientConfig } from 'pg';

/** How the server is reached. */
export interface PostgresAddress {
  /** `postgres://user:password@host:port/database`; never logged. */
  readonly url: string;
  /** Schema that holds the tables; made when it is not there. Default `payment_manager`. */
  readonly schema?: string;
  /** TLS with these PEM texts: the server's certificate must come from `ca` and bear its host name. Default: as the URL says. */
  readonly tls?: { readonly ca: string; readonly certificate?: string; readonly key?: string };
  /** Longest time to open a connection. Default 2,000. */
  readonly connectTimeoutMs?: number;
  /** Longest time for one statement, on both sides. Default 5,000. */
  readonly statementTimeoutMs?: number;
}

const defaultSchema = 'payment_manager';

/** The schema's name, checked: it goes into SQL as it is. */
export function schemaOf({ schema = defaultSchema }: PostgresAddress): string {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) throw new RangeError('a schema has a name of small letters, digits and _');
  return schema;
}

/** Set for each session, so that nothing depends on what the server, the role or the database was given. */
const everySession = {
  jit: 'off',
  default_transaction_isolation: 'read\\ committed',
  lock_timeout: '3000',
  idle_in_transaction_session_timeout: '30000',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
};

/**
 * For sessions whose statements all go by an index. A plan is made once and kept; made on a table that is still empty, it
 * would read the whole table for ever after.
 */
const byIndexOnly = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/** What a client of `pg` is made with. `indexOnly` for the sessions that write. */
export function clientConfig(address: PostgresAddress, name: string, indexOnly: boolean): ClientConfig {
  const { url, tls, connectTimeoutMs = 2_000, statementTimeoutMs = 5_000 } = address;
  const settings = { search_path: schemaOf(address), ...everySession, ...(indexOnly ? byIndexOnly : {}) };
  return {
    connectionString: url,
    application_name: `payment-manager ${name}`,
    options: Object.entries(settings)
      .map(([key, value]) => `-c ${key}=${value}`)
      .join(' '),
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // Ours ends later than the server's, so that a slow statement is mostly an answer, and only a silent server is not.
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    ...(tls ? { ssl: tlsConfig(tls) } : {}),
  };
}

function tlsConfig({ ca, certificate, key }: NonNullable<PostgresAddress['tls']>): NonNullable<Exclude<ClientConfig['ssl'], boolean>> {
  return {
    ca,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Host, port and database, for people; no user and no password. */
export function shownAddress({ url }: PostgresAddress): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed ? `${parsed.host}${parsed.pathname}` : 'PostgreSQL';
}
