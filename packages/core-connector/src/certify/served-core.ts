import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type Clock,
  type HttpOutcome,
  type HttpResponse,
  type OutgoingRequest,
  startHttpServer,
  type Timers,
} from '@payment-manager/runtime';
import { Rows } from '../back-end/sql/session.ts';
import type { Iso8583Backend } from '../language/backend.ts';
import type { CoreCall, CoreDouble } from './core-double.ts';
import type { Fault } from './fault.ts';
import { httpCore } from './http-core.ts';
import type { PlanDatabase } from './plan-database.ts';
import { QUIET } from './process-parts.ts';
import type { Candidate } from './rig.ts';
import type { ScriptedCore } from './scripted-core.ts';
import { scriptedHost } from './scripted-host.ts';
import { TableLedger } from './table-ledger.ts';

/** How a process reaches the core of a plan: a port of 127.0.0.1 for HTTP or ISO 8583, or the file of a database. */
export type CorePlace =
  | { readonly kind: 'http'; readonly port: number }
  | { readonly kind: 'iso8583'; readonly port: number }
  | { readonly kind: 'sql'; readonly file: string };

/** The core of a plan, for other processes. It outlives them. */
export interface ServedCore extends Pick<CoreDouble, 'ledger' | 'said' | 'payments' | 'fault' | 'strays'> {
  readonly place: CorePlace;
  /** False: it has no faults of its own; what is lost is lost because the caller dies. */
  readonly hasFaults: boolean;
  close(): Promise<void>;
}

const BODY_MAX = 1_048_576;
const HOST = '127.0.0.1';
/** How long a call over HTTP waits that is never answered. */
const SILENT_MS = 20_000;
const HEADERS_OF_THE_WAY: readonly string[] = ['host', 'connection', 'content-length', 'transfer-encoding'];

/** Serves the core of a candidate on this machine. `folder`: where a database has its file. */
export async function serveCore(candidate: Candidate, time: Pick<Clock, 'now'> & Timers, folder: string): Promise<ServedCore> {
  const { connector, plan, schema = '' } = candidate;
  if (plan.database !== undefined) return servedDatabase(plan.database, schema, join(folder, 'core.sqlite'));
  const { core } = httpCore(connector, plan, time);
  const host = [...connector.backends.values()].find((each): each is Iso8583Backend => each.kind === 'iso8583');
  const { port, close } = host === undefined ? await overHttp(core) : await overTcp(core, host, time);
  const kind = host === undefined ? 'http' : 'iso8583';
  return Object.assign(core, { place: { kind, port } as const, hasFaults: true, close });
}

interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** A request says as its path where it was to go: one server is all the hosts that a connector calls. */
async function overHttp(core: ScriptedCore): Promise<Listening> {
  const server = await startHttpServer(
    {
      host: HOST,
      port: 0,
      maxBodyBytes: BODY_MAX,
      refuse: () => ({ status: 400 }),
      async handler({ method, target, headers, body }) {
        const url = decodeURIComponent(target.slice(1));
        const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !HEADERS_OF_THE_WAY.includes(name)));
        const content = body.length > 0 ? { body: Buffer.from(body).toString('utf8') } : {};
        return responseOf(
          await core.request({ method: method as OutgoingRequest['method'], url, headers: own, timeoutMs: SILENT_MS, ...content }),
        );
      },
    },
    QUIET,
  );
  return { port: Number(new URL(server.url).port), close: () => server.close(0) };
}

function responseOf(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === 'failed') return { status: 0, reset: true };
  return { status: outcome.status, headers: outcome.headers, body: outcome.body };
}

/** A line for each connection; what was read before the caller died is executed. */
async function overTcp(core: ScriptedCore, backend: Iso8583Backend, time: Timers): Promise<Listening> {
  const open = scriptedHost(core, backend);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    const wire = open({ host: HOST, port: 0, tls: false }, 0, time, {
      data: (bytes) => void socket.write(bytes),
      closed: () => socket.destroy(),
    });
    socket.on('data', (bytes) => void wire.then(({ write }) => write(bytes)));
    socket.on('close', () => {
      sockets.delete(socket);
      void wire.then(({ close }) => close());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The tables in a file that another process opens as it opens its database; what it leaves open when it dies, the database undoes. */
function servedDatabase(database: PlanDatabase, schema: string, file: string): ServedCore {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; ${schema}`);
  for (const statement of database.fill) db.exec(statement);
  const rows = (sql: string): Rows['rows'] => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    const read = new Rows(Number.MAX_SAFE_INTEGER);
    for (const row of statement.all()) read.add(row);
    return read.rows;
  };
  return {
    place: { kind: 'sql', file },
    hasFaults: false,
    // another process writes: nothing that was read before is kept
    get ledger() {
      return new TableLedger(database, rows);
    },
    said: new Map<string, ReadonlySet<string>>(),
    strays: [],
    payments: new Set<string>(),
    fault: (_call: CoreCall): Fault | undefined => undefined,
    close: async () => db.close(),
  };
}
