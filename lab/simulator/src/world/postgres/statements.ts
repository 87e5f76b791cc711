import type { PostgresQuery } from '@payment-manager/database';
import { JOURNAL_FORMAT } from '@payment-manager/journal';
import { appendsOf, type BatchAppend } from './batch-columns.ts';
import { type Leases, ServerError } from './leases.ts';
import type { Mail } from './mail.ts';
import type { Tables } from './tables.ts';

/** A way in which the server would be wrong, for tests of the checkers. */
export type DatabaseFlaw = 'fences-nobody' | 'gives-the-living-away';

export interface StatementParts {
  readonly leases: Leases;
  readonly tables: Tables;
  readonly mail: Mail;
  readonly flaw: DatabaseFlaw | undefined;
  /** An append is stored; `fenced`: its writer's lease had ended. */
  readonly onStored: (one: BatchAppend, epoch: string, fenced: boolean) => void;
}

type Values = readonly unknown[];
type Statement = (parts: StatementParts, values: Values) => readonly object[];

const text = (value: unknown): string => String(value);
const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : text(value).slice(1, -1).split(',').filter(Boolean);

/** What the product asks of PostgreSQL, by the name under which it prepares a statement. */
const NAMED: Readonly<Record<string, Statement>> = {
  append: appendBatch,
  renew: ({ leases }, [epoch]) => {
    leases.renew(text(epoch));
    return [];
  },
  take: takeOver,
  taken({ tables }, [epoch]) {
    const ordinals = tables.takenBy(text(epoch));
    return [{ ordinals: ordinals.length === 0 ? null : ordinals.map(String) }];
  },
  changes({ leases }, [epoch, writers, batches]) {
    const latest = list(batches).map(Number);
    return leases.changesSince(text(epoch), new Map(list(writers).map((writer, at) => [writer, latest[at] ?? 0])));
  },
  post({ leases, mail }, [epoch, topic, message]) {
    const left = leases.hasCompany(text(epoch));
    if (left) mail.post(text(topic), text(message));
    return [{ left }];
  },
  collect: ({ mail }, [topics, lifeMs]) => mail.collect(list(topics), Number(lifeMs)),
  load: ({ tables }, [ids]) => list(ids).flatMap((id) => tables.load(id)),
  these: ({ tables }, [ordinals]) => tables.these(list(ordinals).map(Number)),
  named: ({ tables }, [ids]) => tables.named(list(ids)),
  open: ({ tables }, [after, limit]) => tables.openAfter(Number(after), Number(limit)),
  claim({ tables }, [kind, scope, value]) {
    const holder = tables.holder({ kind: text(kind), scope: text(scope), value: text(value) });
    return holder === undefined ? [] : [{ record_id: holder }];
  },
  ordinal({ tables }, [id]) {
    const ordinal = tables.ordinalOf(text(id));
    return ordinal === undefined ? [] : [{ ordinal: String(ordinal) }];
  },
  topic: ({ tables }, [topic]) => tables.waitingOn(text(topic)).map((record_id) => ({ record_id })),
  between: ({ tables }, [from, to, limit, afterMs, after]) =>
    tables.between(Number(from), Number(to), Number(limit), [Number(afterMs), Number(after)]),
  attention: ({ tables }, [level, label, limit]) =>
    tables.attention(level === null ? null : text(level), label === null ? null : text(label), Number(limit)),
};

/** And by their first words, what it asks once per connection or rarely. */
const PLAIN: readonly (readonly [start: string, statement: Statement])[] = [
  ['SELECT open_lease(', ({ leases }, [replica, leaseMs]) => [{ epoch: leases.open(text(replica), Number(leaseMs)) }]],
  ['SELECT refused FROM settle_batch(', ({ leases }, [epoch, batch]) => leases.settleBatch(text(epoch), Number(batch))],
  [
    'UPDATE leases SET ended = true WHERE epoch',
    ({ leases }, [epoch]) => {
      leases.leave(text(epoch));
      return [];
    },
  ],
  [
    "SELECT current_setting('server_version_num')",
    () => [{ version: 180_000, encoding: 'UTF8', commit: 'on', fsync: 'on', readonly: 'off', started: 'once' }],
  ],
  ['SELECT last_batch, replica FROM leases', ({ leases }, [epoch]) => leases.lastBatch(text(epoch))],
  // nothing is put back to an older copy here
  ['SELECT number, sign FROM restores', () => []],
  // all processes here are of this version
  ['SELECT raise_format()', () => [{ version: JOURNAL_FORMAT }]],
  ['SELECT to_regnamespace(', () => [{ there: true }]],
  // what makes tables is taken, and does nothing
  ['SELECT version FROM schema_versions', () => []],
  ...['BEGIN', 'COMMIT', 'SET LOCAL', 'SELECT pg_advisory_xact_lock', 'CREATE', 'ALTER', 'INSERT INTO schema_versions', 'LISTEN'].map(
    (start) => [start, () => []] as const,
  ),
];

/** Carries a statement out, as one transaction. @throws ServerError with an SQLSTATE; 42601 for what the simulated server does not know */
export function carryOut(parts: StatementParts, query: PostgresQuery): readonly object[] {
  const { name, values = [] } = query;
  const start = query.text.trimStart();
  const statement = name === undefined ? PLAIN.find(([words]) => start.startsWith(words))?.[1] : NAMED[name];
  if (statement === undefined) throw new ServerError('42601', `the simulated PostgreSQL does not know: ${name ?? start.slice(0, 80)}`);
  return statement(parts, values);
}

function appendBatch({ leases, tables, flaw, onStored }: StatementParts, [writer, number, ...columns]: Values): readonly object[] {
  const [epoch, batch] = [text(writer), Number(number)];
  const fenced = leases.hasEnded(epoch);
  if (!fenced || flaw !== 'fences-nobody') leases.beginBatch(epoch, batch);
  const changed: string[] = [];
  const refusals = tables.append(epoch, appendsOf(columns), (one) => {
    changed.push(one.append.recordId);
    onStored(one, epoch, fenced);
  });
  const told = refusals.length === 0 ? null : refusals;
  leases.endBatch(epoch, batch, changed, told);
  return [{ refusals: told }];
}

function takeOver({ leases, tables, flaw }: StatementParts, [taker, connectedMs, limit]: Values): readonly object[] {
  const epoch = text(taker);
  const gone = leases.endOthers(epoch, Number(connectedMs));
  const from = flaw === 'gives-the-living-away' ? leases.others(epoch) : gone;
  if (from.length === 0) return [{ taken: [] }];
  const taken = tables.takeOver(new Set(from), epoch, Number(limit));
  if (taken.length < Number(limit)) for (const one of gone) if (!tables.holdsOpen(one)) leases.drained(one);
  return [{ taken: taken.map(String) }];
}
