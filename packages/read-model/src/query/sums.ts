import type { BusinessDays } from '@payment-manager/runtime';
import { DAYS_OF_WEEK, HOUR_MS } from '../rows/changes.ts';
import type { Facets } from '../rows/read-row.ts';
import { LO_SIZE, NO_UNITS, type Units, unitsOf } from '../rows/units.ts';
import type { Answer, Ask, Place } from '../store/store.ts';
import { OF_THIS_FORM } from '../store/tables.ts';

export interface SumsDeps {
  readonly ask: Ask;
  readonly combos: () => Promise<ReadonlyMap<number, Facets>>;
  readonly days: BusinessDays;
}

/** From an instant on, before another one; milliseconds since the epoch. */
export interface Period {
  readonly from?: number;
  readonly to?: number;
}

/** A sum by combination of facets and error: `Units` of amounts and of fees. */
export interface Part {
  readonly combo: number;
  readonly error: string;
  readonly n: number;
  readonly hi: number;
  readonly lo: number;
  readonly feeHi: number;
  readonly feeLo: number;
}

// a sum of the lower parts is above 10^12, and below 2^63 with as many rows as there can be
const MONEY = [
  ['hi', 'lo'],
  ['fee_hi', 'fee_lo'],
].map(([hi, lo]) => {
  const lower = `CAST(sum(${lo}) AS bigint)`;
  return `CAST(sum(${hi}) AS bigint) + ${lower} / ${LO_SIZE} AS ${hi}, ${lower} % ${LO_SIZE} AS ${lo}`;
});
const SUMS = `CAST(sum(n) AS bigint) AS n, ${MONEY.join(', ')}`;

/** A row of sums. @throws RangeError one is 9·10^23 of its currency or more */
export function partIn({ combo, error, n, hi, lo, fee_hi, fee_lo }: Answer): Part {
  const [feeHi, feeLo] = [Number(fee_hi), Number(fee_lo)];
  const part = { combo: Number(combo), error: error as string, n: Number(n), hi: Number(hi), lo: Number(lo), feeHi, feeLo };
  if (!Number.isSafeInteger(part.hi) || !Number.isSafeInteger(part.feeHi)) throw new RangeError('a sum is larger than can be told exactly');
  return part;
}

const FIRST_DAY = -1_000_000;
const LAST_DAY = 1_000_000;

/** From the first on, before the last. */
type Range = readonly [first: number, end: number];
const NONE: Range = [0, 0];

/** Of which sums a period is made. */
export interface Slots {
  readonly weeks: Range;
  readonly days: readonly [Range, Range];
  readonly hours: readonly [Range, Range];
  /** What is left of an hour, instants: its rows are read. */
  readonly rows: readonly Range[];
}

/** The fewest sums that make a period: whole weeks, business days before and behind them, hours before and behind these. Pure. */
export function slotsOf(days: BusinessDays, { from, to }: Period): Slots {
  const firstDay = from === undefined ? FIRST_DAY : firstFrom(days, from);
  const endDay = to === undefined ? LAST_DAY : days.dayOf(to);
  if (firstDay >= endDay) {
    const within = from === undefined || to === undefined ? NOTHING : hoursBetween(from, to);
    return { weeks: NONE, days: [NONE, NONE], hours: [within.hours, NONE], rows: within.rows };
  }
  const before = from === undefined ? NOTHING : hoursBetween(from, days.startOf(firstDay));
  const behind = to === undefined ? NOTHING : hoursBetween(days.startOf(endDay), to);
  const ends = { hours: [before.hours, behind.hours], rows: [...before.rows, ...behind.rows] } as const;
  const [firstWeek, endWeek] = [Math.ceil(firstDay / DAYS_OF_WEEK), Math.floor(endDay / DAYS_OF_WEEK)];
  if (firstWeek >= endWeek) return { weeks: NONE, days: [[firstDay, endDay], NONE], ...ends };
  const around = [
    [firstDay, firstWeek * DAYS_OF_WEEK],
    [endWeek * DAYS_OF_WEEK, endDay],
  ] as const;
  return { weeks: [firstWeek, endWeek], days: around, ...ends };
}

/** The first business day that begins at an instant or later. */
function firstFrom(days: BusinessDays, from: number): number {
  const day = days.dayOf(from);
  return days.startOf(day) === from ? day : day + 1;
}

const NOTHING: { readonly hours: Range; readonly rows: readonly Range[] } = { hours: NONE, rows: [] };

function hoursBetween(from: number, to: number): typeof NOTHING {
  const [first, end] = [Math.ceil(from / HOUR_MS), Math.floor(to / HOUR_MS)];
  // within one hour
  const rows: readonly Range[] =
    first > end
      ? [[from, to]]
      : [
          [from, first * HOUR_MS],
          [end * HOUR_MS, to],
        ];
  return { hours: first > end ? NONE : [first, end], rows: rows.filter(([since, until]) => since < until) };
}

/** All sums of a period. */
export interface Sums {
  readonly parts: readonly Part[];
  /** Those of what is left of an hour, which are among `parts`, too. */
  readonly ends: readonly { readonly since: number; readonly until: number; readonly parts: readonly Part[] }[];
}

const SLOT_SUMS = (['weeks', 'days', 'days', 'hours', 'hours'] as const)
  .map((table, at) => {
    const slot = table.slice(0, -1);
    return `SELECT combo, error, n, hi, lo, fee_hi, fee_lo FROM rm_${table} WHERE ${slot} >= $${2 * at + 1} AND ${slot} < $${2 * at + 2}`;
  })
  .join(' UNION ALL ');
const SUM_OF_SLOTS = `SELECT combo, error, ${SUMS} FROM (${SLOT_SUMS}) AS slots GROUP BY combo, error`;

/** All sums of a period: one statement for whole weeks, days and hours, and the rows of what is left of an hour. */
export async function sumsOf({ ask, days }: SumsDeps, period: Period): Promise<Sums> {
  const fewest = slotsOf(days, period);
  const slots = fewest.weeks === NONE || (await hasWeeks(ask)) ? fewest : withoutWeeks(fewest);
  const ranges = [slots.weeks, ...slots.days, ...slots.hours];
  const isAny = ranges.some(([first, end]) => first < end);
  const whole = isAny ? (await ask(SUM_OF_SLOTS, ranges.flat())).map(partIn) : [];
  const ends: Sums['ends'][number][] = [];
  for (const [since, until] of slots.rows) ends.push({ since, until, parts: await rowSums(ask, since, until) });
  return { parts: [...whole, ...ends.flatMap(({ parts }) => parts)], ends };
}

/** During an upgrade a replica of the version before may still feed: it leaves the sums of weeks empty. */
async function hasWeeks(ask: Ask): Promise<boolean> {
  const [row] = await ask('SELECT place FROM rm_place');
  return row !== undefined && (JSON.parse(row['place'] as string) as Place).madeBy.startsWith(OF_THIS_FORM);
}

/** The same period with days in place of its weeks, which lie between these. Pure. */
function withoutWeeks({ days: [before, behind], ...rest }: Slots): Slots {
  return { ...rest, weeks: NONE, days: [[before[0], behind[1]], NONE] };
}

/** Less than an hour, from its rows. */
export async function rowSums(ask: Ask, from: number, to: number): Promise<readonly Part[]> {
  const hour = Math.floor(from / HOUR_MS);
  const [span] = await ask('SELECT min(first) AS first, max(last) AS last FROM rm_spans WHERE hour >= $1 AND hour <= $2', [
    hour,
    Math.floor((to - 1) / HOUR_MS),
  ]);
  if (span === undefined || span['first'] === null) return [];
  const rows = await ask(
    'SELECT combo, error, amount, fee FROM rm_payments WHERE id >= $1 AND id <= $2 AND started_at >= $3 AND started_at < $4',
    [Number(span['first']), Number(span['last']), from, to],
  );
  return summedRows(rows);
}

/** Rows by combination and error. */
function summedRows(rows: readonly Answer[]): readonly Part[] {
  const sums = new Map<string, { -readonly [K in keyof Part]: Part[K] }>();
  for (const row of rows) {
    const [combo, error] = [Number(row['combo']), (row['error'] as string | null) ?? ''];
    const key = `${combo} ${error}`;
    const sum = sums.get(key) ?? { combo, error, n: 0, hi: 0, lo: 0, feeHi: 0, feeLo: 0 };
    const [amount, fee] = [unitsIn(row['amount'] as string | null), unitsIn(row['fee'] as string | null)];
    sum.n += 1;
    [sum.hi, sum.lo] = added(sum.hi, sum.lo, amount.hi, amount.lo);
    [sum.feeHi, sum.feeLo] = added(sum.feeHi, sum.feeLo, fee.hi, fee.lo);
    sums.set(key, sum);
  }
  return [...sums.values()];
}

function unitsIn(text: string | null): Units {
  return (text === null ? undefined : unitsOf(text)) ?? NO_UNITS;
}

/** The sum of two, as `hi` and `lo`. */
export function added(hi: number, lo: number, moreHi: number, moreLo: number): [hi: number, lo: number] {
  const all = lo + moreLo;
  return all >= LO_SIZE ? [hi + moreHi + 1, all - LO_SIZE] : [hi + moreHi, all];
}
