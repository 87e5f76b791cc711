import type { ValueObject } from '../expression/value.ts';
import type { SqlBackend } from '../language/backend.ts';
import type { CallAbout } from '../record/walk.ts';
import type { CallAnswer } from '../run/answer.ts';
import { textIn } from '../run/fill.ts';
import type { SqlRequest } from '../run/render-sql.ts';
import type { BackEnd, BackEndDeps } from './back-end.ts';
import { exchangeRecorder, type MadeExchange } from './recorded-exchange.ts';
import { needed } from './setting.ts';
import { addressOf, type SqlAddress } from './sql/address.ts';
import { mysqlDriver } from './sql/mysql.ts';
import { postgresDriver } from './sql/postgres.ts';
import type { SqlRunner } from './sql/session.ts';
import { pooledRunner } from './sql/sessions.ts';
import { sqliteRunner } from './sql/sqlite.ts';

/**
 * A back end that is a database. Nothing is repeated. Logs name the back end, verb and table; never a value, nor what the database says.
 *
 * @throws SettingMissing when a setting that it needs is not there, or the database may not be reached like that.
 */
export function sqlBackEnd(backend: SqlBackend, root: ValueObject, deps: BackEndDeps): BackEnd<SqlRequest> {
  const text = (value: SqlBackend['user'], what: string) => (value === undefined ? undefined : textIn(value, root, what));
  const address = addressOf({
    url: needed(backend.url, root, 'the URL of the database'),
    user: text(backend.user, 'the user'),
    password: text(backend.password, 'the password'),
    ca: text(backend.ca, 'the CA'),
    allowedHosts: deps.allowedHosts,
  });
  const runner = deps.database?.(backend) ?? runnerOf(address, backend, deps);
  const place: Place = { backend, runner, deps, record: exchangeRecorder(backend.name, deps) };
  return {
    call: (request, deadline, purpose, about) => call(place, request, { deadline, purpose, about }),
    async probe(deadline) {
      const answer = await call(place, { ...SELECT_1, to: backend.name }, { deadline, purpose: 'read', about: undefined });
      return answer.kind === 'failed' ? { ok: false, reason: answer.reason } : { ok: true };
    },
    close: async () => runner.close(),
  };
}

const SELECT_1 = {
  kind: 'sql',
  reads: true,
  statements: [{ title: 'SELECT 1', texts: ['SELECT 1 AS one'], names: [], values: [] }],
} as const;

function runnerOf(address: SqlAddress, { timeouts, rowsMax }: SqlBackend, { clock, timers }: BackEndDeps): SqlRunner {
  const limits = { connectMs: timeouts.connectMs, statementMs: timeouts.totalMs, rowsMax };
  switch (address.dialect) {
    case 'postgresql':
      return pooledRunner(postgresDriver(address, limits), clock.now, timers);
    case 'mysql':
      return pooledRunner(mysqlDriver(address, limits), clock.now, timers);
    case 'sqlite':
      return sqliteRunner(address.path, limits, timers);
  }
}

interface Place {
  readonly backend: SqlBackend;
  readonly runner: SqlRunner;
  readonly deps: BackEndDeps;
  /** Keeps what was said. */
  readonly record: ((made: MadeExchange) => void) | undefined;
}

interface Wanted {
  readonly deadline: number;
  readonly purpose: 'read' | 'money';
  readonly about: CallAbout | undefined;
}

async function call(
  { backend, runner, deps, record }: Place,
  request: SqlRequest,
  { deadline, purpose, about: of }: Wanted,
): Promise<CallAnswer> {
  const { clock, log } = deps;
  const leftMs = Math.min(deadline - clock.now(), backend.timeouts.totalMs);
  if (leftMs <= 0) return { kind: 'failed', sent: false, reason: 'there was no time left for the call', own: true };
  const use = request.reads && request.reference === undefined ? 'read' : 'money';
  const [at, startedMs] = [clock.now(), clock.monotonic()];
  const answer = await runner.run(request, at + leftMs, leftMs, use);
  record?.({ at, startedMs, request, answer, about: of });
  const about = { backend: backend.name, title: request.statements[0]?.title };
  if (answer.kind === 'failed') log.warn('core: call failed', { ...about, purpose, sent: answer.sent, reason: answer.reason });
  else if (answer.kind === 'sql' && answer.state === 'REFUSED')
    log.warn('core: refused', { ...about, statement: answer.statement, sqlstate: answer.sqlstate });
  return answer;
}
