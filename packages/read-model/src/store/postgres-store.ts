import { openPostgresQueries, type PostgresAddress, type PostgresQueries } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';
import type { RowChanges, TermChange, TotalChange } from '../rows/changes.ts';
import { COLUMNS, columnsOf } from './columns.ts';
import type { Answer, Ask, Place, ReadStore } from './store.ts';
import { type ColumnTypes, hourCountsOf, TABLES, tablesOf, weeksOf } from './tables.ts';

const TYPES: ColumnTypes = { bytes: 'bytea', large: 'bigint', text: 'text COLLATE "C"', compact: '' };

const SCHEMA1 = `${tablesOf(TYPES)}
  CREATE INDEX rm_hours_empty ON rm_hours (hour) WHERE n = 0;
  CREATE INDEX rm_days_empty ON rm_days (day) WHERE n = 0;
  CREATE FUNCTION rm_begin_anew(at text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    TRUNCATE ${TABLES.filter((name) => name !== 'rm_weeks').join()};
    INSERT INTO rm_place (one, place) VALUES (1, at);
  END $$;`;

const SCHEMA2 = hourCountsOf(TYPES.large);

const SCHEMA3 = `${weeksOf(TYPES)}
  CREATE INDEX rm_weeks_empty ON rm_weeks (week) WHERE n = 0;
  CREATE OR REPLACE FUNCTION rm_begin_anew(at text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    TRUNCATE ${TABLES.join()};
    INSERT INTO rm_place (one, place) VALUES (1, at);
  END $$;`;

const MONEY = ['hi', 'lo', 'fee_hi', 'fee_lo'] as const;

const totals = (table: string, slot: string, param: number): string => `
  ${table}_written AS (
    INSERT INTO ${table} AS t (${slot}, combo, error, n, ${MONEY.join()})
    SELECT slot, combo, error, n, hi, lo, fee_hi, fee_lo
    FROM jsonb_to_recordset($${param}) AS c (slot integer, combo integer, error text, n bigint, hi bigint, lo bigint, fee_hi bigint, fee_lo bigint), moved
    ON CONFLICT (${slot}, combo, error) DO UPDATE SET n = t.n + excluded.n,
      hi = t.hi + excluded.hi + (t.lo + excluded.lo) / 1000000000000, lo = (t.lo + excluded.lo) % 1000000000000,
      fee_hi = t.fee_hi + excluded.fee_hi + (t.fee_lo + excluded.fee_lo) / 1000000000000, fee_lo = (t.fee_lo + excluded.fee_lo) % 1000000000000)`;

const COLUMN_TYPES = COLUMNS.map((name) => {
  if (name === 'combo' || name === 'flags') return `${name} integer`;
  if (name === 'id' || name.endsWith('_at')) return `${name} bigint`;
  return `${name} ${['transfer_id', 'transaction_id', 'quote_id'].includes(name) ? 'bytea' : 'text'}`;
});

/** One statement, so one transaction and one round trip: the place moves from the old one to the new one, and only then is anything written. */
const WRITE = `
  WITH moved AS (UPDATE rm_place SET place = $2 WHERE place = $1 RETURNING 1),
  combos AS (
    INSERT INTO rm_combos SELECT no, direction, stage, state, attention, peer, currency
    FROM jsonb_to_recordset($3) AS c (no integer, direction text, stage text, state text, attention text, peer text, currency text), moved),
  payments AS (
    INSERT INTO rm_payments (${COLUMNS.join()}) SELECT ${COLUMNS.map((name) => `c.${name}`).join()}
    FROM jsonb_to_recordset($4) AS c (${COLUMN_TYPES.join()}), moved
    ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1)
      .map((name) => `${name} = excluded.${name}`)
      .join()}),
  removed AS (
    DELETE FROM rm_terms t USING jsonb_to_recordset($5) AS c (bucket integer, term bytea, id bigint), moved
    WHERE t.bucket = c.bucket AND t.term = c.term AND t.id = c.id),
  added AS (
    INSERT INTO rm_terms (bucket, term, id) SELECT bucket, term, id
    FROM jsonb_to_recordset($6) AS c (bucket integer, term bytea, id bigint), moved ON CONFLICT DO NOTHING),
  spanned AS (
    INSERT INTO rm_spans AS s (hour, first, last, n, completed, failed) SELECT hour, first, last, n, completed, failed
    FROM jsonb_to_recordset($7) AS c (hour integer, first bigint, last bigint, n bigint, completed bigint, failed bigint), moved
    ON CONFLICT (hour) DO UPDATE SET first = least(s.first, excluded.first), last = greatest(s.last, excluded.last),
      n = s.n + excluded.n, completed = s.completed + excluded.completed, failed = s.failed + excluded.failed),
  forgotten AS (
    DELETE FROM rm_attention a USING jsonb_to_recordset($8) AS c (id bigint, keep integer), moved WHERE a.id = c.id AND a.place >= c.keep),
  attended AS (
    INSERT INTO rm_attention (id, place, level, code, reason, since) SELECT id, place, level, code, reason, since
    FROM jsonb_to_recordset($9) AS c (id bigint, place integer, level text, code text, reason text, since bigint), moved
    ON CONFLICT (id, place) DO UPDATE SET level = excluded.level, code = excluded.code, reason = excluded.reason, since = excluded.since),
  ${totals('rm_hours', 'hour', 10)},
  ${totals('rm_days', 'day', 11)},
  ${totals('rm_weeks', 'week', 12)}
  SELECT count(*)::integer AS moved FROM moved`;

/** Totals that payments have left. Seldom, and by an index of its own. */
const CLEAN = ['DELETE FROM rm_hours WHERE n = 0', 'DELETE FROM rm_days WHERE n = 0', 'DELETE FROM rm_weeks WHERE n = 0'];
const CLEAN_EVERY = 200;

export interface PostgresStoreOptions extends PostgresAddress, Pick<World, 'log'> {}

/** The read model in PostgreSQL, on a connection of its own. Rejects with DatabaseUnavailable. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<ReadStore> {
  const database = await openPostgresQueries({ ...options, room: { room: 'read model', migrations: [SCHEMA1, SCHEMA2, SCHEMA3] } });
  let writes = 0;
  return {
    dialect: 'postgres',
    ask: askOf(database),
    async place() {
      const [row] = await database.query<{ place: string }>({ name: 'rm_place', text: 'SELECT place FROM rm_place' });
      return row && (JSON.parse(row.place) as Place);
    },
    async write(changes, from, to) {
      const values = [JSON.stringify(from), JSON.stringify(to), ...documentsOf(changes)];
      const [answer] = await database.query<{ moved: number }>({ name: 'rm_write', text: WRITE, values });
      if (++writes % CLEAN_EVERY === 0) for (const text of CLEAN) await database.query({ text });
      return answer?.moved === 1;
    },
    async beginAnew(place) {
      await database.query({ text: 'SELECT rm_begin_anew($1)', values: [JSON.stringify(place)] });
    },
    close: () => database.close(),
  };
}

/** Whole numbers of eight bytes come as text, since they may be larger than a number holds; these are not. */
function askOf(database: PostgresQueries): Ask {
  return async (text, values = []) =>
    database.query<Answer>({ text, values: values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)) });
}

function documentsOf({ combos, rows, termsRemoved, termsAdded, spans, attentionOf, hours, days, weeks }: RowChanges): readonly string[] {
  const attention = rows.flatMap(({ row: { id, attention: matters } }) =>
    matters.map(({ level, code, reason, since }, place) => ({ id, place, level, code, reason, since })),
  );
  const kept = new Map(rows.map(({ row }) => [row.id, row.attention.length]));
  return [
    combos.map(([no, facets]) => ({ no, ...facets })),
    rows.map((row) =>
      Object.fromEntries(columnsOf(row).map((value, at) => [COLUMNS[at], value instanceof Uint8Array ? hexOf(value) : value])),
    ),
    termsRemoved.map(termDocument),
    termsAdded.map(termDocument),
    spans,
    attentionOf.map((id) => ({ id, keep: kept.get(id) ?? 0 })),
    attention,
    hours.map(totalDocument),
    days.map(totalDocument),
    weeks.map(totalDocument),
  ].map((document) => JSON.stringify(document));
}

function termDocument({ bucket, term, id }: TermChange): object {
  return { bucket, term: hexOf(term), id };
}

function totalDocument({ slot, combo, error, n, hi, lo, feeHi, feeLo }: TotalChange): object {
  return { slot, combo, error, n, hi, lo, fee_hi: feeHi, fee_lo: feeLo };
}

function hexOf(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}
