import { isOnThisMachine } from '../local-host.ts';
import { SettingMissing } from '../setting.ts';

/** How a database is reached. */
export interface SqlAddress {
  readonly dialect: 'postgresql' | 'mysql' | 'sqlite';
  /** Of SQLite the file. */
  readonly path: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** PEM texts, or undefined for the well-known ones; no TLS: false. */
  readonly tls: false | { readonly ca: string | undefined };
}

interface Given {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly ca: string | undefined;
  readonly allowedHosts: readonly string[] | undefined;
}

const DIALECTS: Readonly<Record<string, SqlAddress['dialect']>> = {
  'postgres:': 'postgresql',
  'postgresql:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'sqlite:': 'sqlite',
};
const PORTS = { postgresql: 5432, mysql: 3306, sqlite: 0 } as const;

/** Reads a database's URL. @throws SettingMissing, without the URL: a password may be in it. */
export function addressOf({ url: text, user, password, ca, allowedHosts }: Given): SqlAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const dialect = url && DIALECTS[url.protocol];
  if (url === undefined || dialect === undefined)
    throw new SettingMissing('the URL of a database begins with postgres://, mysql:// or sqlite:///');
  if (url.search !== '' || url.hash !== '')
    throw new SettingMissing('the URL of a database has nothing after its name: TLS stands under `tls`');
  const path = decodeURIComponent(url.pathname);
  if (dialect === 'sqlite') {
    if (url.host !== '' || path.length < 2) throw new SettingMissing('the URL of an SQLite file is sqlite:///path/of/the/file');
    return { dialect, path, host: '', port: 0, user: '', password: '', tls: false };
  }
  if (!/^\/[^/]+$/.test(path)) throw new SettingMissing('the URL of a database names it after the host: postgres://host/database');
  if (allowedHosts !== undefined && !allowedHosts.includes(url.host) && !allowedHosts.includes(url.hostname))
    throw new SettingMissing(`${url.host} is not among the hosts that may be called`);
  if (ca === undefined && !isOnThisMachine(url.hostname))
    throw new SettingMissing('a database on another machine is reached by TLS: `tls` says whose certificates are trusted');
  return {
    dialect,
    path: path.slice(1),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? PORTS[dialect] : Number(url.port),
    user: user ?? decodeURIComponent(url.username),
    password: password ?? decodeURIComponent(url.password),
    tls: ca !== undefined && { ca: ca === 'public' ? undefined : ca },
  };
}
