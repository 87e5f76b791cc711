import { readCertificates } from '@payment-manager/runtime';
import type { ClientConfig } from 'pg';
import { DatabaseUnavailable } from './database-unavailable.ts';

/** How the server is reached. */
export interface PostgresAddress {
  /** `postgres://user:password@host:port/database`, and nothing after it but `sslmode` (see `tlsOf`); never logged. */
  readonly url: string;
  /** Schema that holds the tables; made when it is not there. Default `payment_manager`. */
  readonly schema?: string;
  /** TLS with these PEM texts: the server's certificate must come from `ca` and bear its host name. Default: as `sslmode` in the URL says. */
  readonly tls?: { readonly ca: string; readonly certificate?: string; readonly key?: string };
  /** Longest time to open a connection. Default 2,000. */
  readonly connectTimeoutMs?: number;
  /** Longest time for one statement, on both sides. Default 5,000. */
  readonly statementTimeoutMs?: number;
}

const DEFAULT_SCHEMA = 'payment_manager';

/** The schema's name, checked: it goes into SQL as it is. */
export function schemaOf({ schema = DEFAULT_SCHEMA }: PostgresAddress): string {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) throw new RangeError('a schema has a name of small letters, digits and _');
  return schema;
}

/** Set for each session, so that nothing depends on what the server, the role or the database was given. */
const EVERY_SESSION = {
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
const BY_INDEX_ONLY = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/** What a client of `pg` is made with. `indexOnly` for the sessions that write. */
export function clientConfig(address: PostgresAddress, name: string, indexOnly: boolean): ClientConfig {
  const { connectTimeoutMs = 2_000, statementTimeoutMs = 5_000 } = address;
  const settings = { search_path: schemaOf(address), ...EVERY_SESSION, ...(indexOnly ? BY_INDEX_ONLY : {}) };
  return {
    // without what stands after it: `pg` would let that overrule what is said here
    connectionString: address.url.replace(/\?.*$/s, ''),
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
    ssl: tlsOf(address),
  };
}

/**
 * How a connection is protected. With `tls`: by these texts. Else by the URL's `sslmode`: `verify-full` demands a certificate of a public
 * CA for the server's host name; `disable`, or nothing, is no TLS. Everything between those would encrypt for whoever answers.
 *
 * @throws DatabaseUnavailable `DATABASE_OPEN_FAILED` for anything else in the URL
 */
function tlsOf({ url, tls }: PostgresAddress): NonNullable<ClientConfig['ssl']> {
  const asked = new URLSearchParams(/\?(.*)$/s.exec(url)?.[1]);
  const other = [...asked.keys()].find((name) => name !== 'sslmode');
  if (other !== undefined) throw unusable(`the URL has \`${other.slice(0, 40)}\` in it; after the database it may have \`sslmode\` alone`);
  const mode = asked.get('sslmode');
  if (tls !== undefined) {
    if (mode !== null) throw unusable('the URL has `sslmode` in it, and a CA is given, which demands TLS; give one of them');
    const { certificate, key } = tls;
    const ca = anchors(tls.ca);
    return { ...DEMANDED, ca, ...(certificate === undefined ? {} : { cert: certificate }), ...(key === undefined ? {} : { key }) };
  }
  if (mode === 'verify-full') return DEMANDED;
  if (mode === null || mode === 'disable') return false;
  throw unusable(`the URL's \`sslmode\` is \`${mode.slice(0, 40)}\`; it may be \`verify-full\` or \`disable\``);
}

/** Node takes an empty text for every public CA. */
function anchors(ca: string): string[] {
  try {
    return readCertificates(ca, 'its CA bundle').map(String);
  } catch (error) {
    throw unusable((error as Error).message.replace(/\.$/, ''));
  }
}

const DEMANDED = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

function unusable(why: string): DatabaseUnavailable {
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `PostgreSQL cannot be reached as configured: ${why}.`);
}

/** Host, port and database, for people; no user and no password. */
export function shownAddress({ url }: PostgresAddress): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed ? `${parsed.host}${parsed.pathname}` : 'PostgreSQL';
}
