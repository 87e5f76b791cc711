import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Journal, openPostgresJournal, openSqliteJournal } from '@payment-manager/journal';
import { type SandboxPostgres, startSandboxPostgres } from '@payment-manager/local-scheme';
import { openPostgresStore, type ReadModelSource } from '@payment-manager/read-model';
import type { Log } from '@payment-manager/runtime';

const run = promisify(execFile);

/** Where the rows are that are asked for. */
export interface StoreUnderTest {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** Another one after `makeCold`. */
  source(): ReadModelSource;
  journal(): Promise<Journal>;
  /** Bytes of the rows on the disk, without the history. */
  size(): Promise<number>;
  /** CPU that is used outside of this process since it began, milliseconds. */
  cpuMs(): number;
  /** The server begins anew, so that it holds nothing in memory. */
  beginAnew(): Promise<void>;
  /** Takes the files of the rows out of the system's memory. @returns bytes that stayed in it; undefined: this system cannot do it, or does not tell */
  dropPages(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** A read model in a file of the folder. */
export function sqliteUnderTest(folder: string, log: Log): StoreUnderTest {
  const source = { store: 'sqlite', journalFile: join(folder, 'journal.db'), folder: join(folder, 'read-model') } as const;
  const files = (): string[] => readdirSync(source.folder).map((name) => join(source.folder, name));
  return {
    name: 'SQLite',
    source: () => source,
    journal: () => openSqliteJournal({ file: source.journalFile, log }),
    size: async () => files().reduce((sum, file) => sum + (/\d\.db$/.test(file) ? statSync(file).size : 0), 0),
    cpuMs: () => 0,
    beginAnew: async () => {},
    dropPages: () => dropped(files()),
    stop: async () => {},
  };
}

/** A read model in a PostgreSQL of its own below the folder. */
export async function postgresUnderTest(folder: string, log: Log): Promise<StoreUnderTest> {
  let server: SandboxPostgres = await startSandboxPostgres(folder, 0);
  let cpuBefore = 0;
  const address = () => ({ url: server.url, schema: SCHEMA });
  const store = await openPostgresStore({ ...address(), log });
  for (const text of FOR_FILLING) await store.ask(text);
  await store.close();
  return {
    name: 'PostgreSQL',
    source: () => ({ store: 'postgres', address: address() }),
    journal: () => openPostgresJournal({ ...address(), replicaId: 'bench', log, onFatal: () => {} }),
    async size() {
      const store = await openPostgresStore({ ...address(), log });
      const [row] = await store.ask(
        `SELECT sum(pg_total_relation_size(oid)) AS size FROM pg_class
          WHERE relkind = 'r' AND relname LIKE 'rm\\_%' AND relname <> 'rm_history' AND relnamespace = '${SCHEMA}'::regnamespace`,
      );
      await store.close();
      return Number(row?.['size'] ?? 0);
    },
    cpuMs: () => cpuBefore + (server.cpuMs() ?? 0),
    async beginAnew() {
      cpuBefore += server.cpuMs() ?? 0;
      await server.stop();
      server = await startSandboxPostgres(folder, 0);
    },
    dropPages: () => dropped(databaseFiles(join(folder, 'postgres', 'data', 'base'))),
    stop: () => server.stop(),
  };
}

const SCHEMA = 'portal';
/** Of the server that is there for this alone: the fill vacuums at its end, and checkpoints in the middle only make it long. */
const FOR_FILLING = [
  'ALTER SYSTEM SET autovacuum = off',
  `ALTER SYSTEM SET max_wal_size = '8GB'`,
  `ALTER SYSTEM SET checkpoint_timeout = '30min'`,
  'SELECT pg_reload_conf()',
];

/** Folders of the databases from which others are made: always these numbers. */
const TEMPLATES = ['1', '4'];

function databaseFiles(base: string): string[] {
  return readdirSync(base)
    .filter((name) => !TEMPLATES.includes(name))
    .flatMap((name) => readdirSync(join(base, name)).map((file) => join(base, name, file)))
    .filter((file) => statSync(file).size > 0);
}

const DROP_EACH = 'for file; do dd of="$file" oflag=nocache conv=notrunc,fdatasync count=0 status=none; done';

/** Only of these files: what else runs on this machine keeps what it has in memory. */
async function dropped(files: readonly string[]): Promise<number | undefined> {
  try {
    await run('sh', ['-ec', DROP_EACH, 'sh', ...files]);
    const { stdout } = await run('fincore', ['--bytes', '--noheadings', '--output', 'RES', ...files], { maxBuffer: 2 ** 24 });
    return stdout
      .split('\n')
      .filter((line) => line.trim() !== '')
      .reduce((sum, line) => sum + Number(line), 0);
  } catch {
    return undefined;
  }
}

/** Bytes that this process had read from the disk; undefined where the system does not tell. */
export function bytesRead(): number | undefined {
  try {
    return Number(/^read_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
  } catch {
    return undefined;
  }
}
