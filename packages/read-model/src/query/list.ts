import type { Attention } from '@payment-manager/journal';
import type { Clock } from '@payment-manager/runtime';
import { HOUR_MS } from '../rows/changes.ts';
import type { Facets, ReadRow } from '../rows/read-row.ts';
import { readRows } from '../store/columns.ts';
import type { Ask, Asked } from '../store/store.ts';
import { demandValid, FilterInvalid, matchesFacets, matchesRow, type PaymentFilter } from './filter.ts';
import { allSearch, amountSearch, errorSearch, facetSearch, type Search, termSearch } from './searches.ts';

export interface ListQuery extends PaymentFilter {
  /** 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: number;
}

/** Payments, the newest first, in the order in which they were begun. */
export interface PaymentPage {
  readonly payments: readonly ReadRow[];
  /** Where to go on; absent: there is no more. */
  readonly next?: number;
  /**
   * The time for one question was over before the page was full: what was begun before this instant (milliseconds since the epoch) was not looked
   * at. Ask on with `next`.
   */
  readonly searchedBackTo?: number;
}

/** All that queries need. */
export interface QueryDeps extends Asked {
  readonly combos: () => Promise<ReadonlyMap<number, Facets>>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Time after which a question is answered with what there is, milliseconds. */
  readonly budgetMs: number;
}

const LIMIT_MAX = 200;

/** One page of a list. @throws FilterInvalid */
export async function listPayments(deps: QueryDeps, query: ListQuery): Promise<PaymentPage> {
  const { limit, after, ...filter } = query;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new FilterInvalid(`limit is 1 to ${LIMIT_MAX}`);
  demandValid(filter);
  const until = deps.clock.monotonic() + deps.budgetMs;
  const combos = await deps.combos();
  const span = await spanOf(deps.ask, filter);
  const search = searchFor(deps, filter, combos);
  if (span === undefined || search === undefined) return { payments: [] };
  const payments: ReadRow[] = [];
  let below = Math.min(after ?? span.end, span.end);
  while (below > span.floor && payments.length < limit) {
    const { ids, reached } = await search(below, span.floor, limit);
    const rows = await readRows(deps.ask, ids);
    const matching = ids.map((id) => rows.get(id)?.row).filter((row) => row !== undefined && matchesRow(filter, row)) as ReadRow[];
    const taken = matching.slice(0, limit - payments.length);
    payments.push(...taken);
    below = taken.length < matching.length ? (taken.at(-1)?.id ?? reached) : reached;
    if (deps.clock.monotonic() >= until && payments.length < limit && below > span.floor)
      return { ...(await page(deps.ask, payments)), next: below, searchedBackTo: await startOf(deps.ask, below) };
  }
  return { ...(await page(deps.ask, payments)), ...(below > span.floor && payments.length > 0 && { next: below }) };
}

/** The ids among which everything of the period is; undefined: none. Clocks of replicas differ, so rows of other times may lie between. */
async function spanOf(ask: Ask, { from, to }: PaymentFilter): Promise<{ readonly floor: number; readonly end: number } | undefined> {
  const hours: number[] = [
    from === undefined ? 0 : Math.floor(from / HOUR_MS),
    to === undefined ? 2 ** 31 - 1 : Math.floor((to - 1) / HOUR_MS),
  ];
  const [answer] = await ask('SELECT min(first) AS floor, max(last) AS last FROM rm_spans WHERE hour >= $1 AND hour <= $2', hours);
  if (answer === undefined || answer['floor'] === null) return undefined;
  const [floor, last] = [Number(answer['floor']), Number(answer['last'])];
  return { floor, end: (to === undefined || to % HOUR_MS === 0 ? last : await lastBefore(ask, to, last)) + 1 };
}

/** The last id that an instant within an hour leaves: what was begun in the rest of that hour, some thousand rows of a busy one, is not gone through by page. */
async function lastBefore(ask: Ask, to: number, last: number): Promise<number> {
  const [span] = await ask('SELECT first FROM rm_spans WHERE hour = $1', [Math.floor(to / HOUR_MS)]);
  if (span === undefined) return last;
  const first = Number(span['first']);
  const [found] = await ask('SELECT max(id) AS last FROM rm_payments WHERE id >= $1 AND id <= $2 AND started_at < $3', [first, last, to]);
  // none of that hour: what is left lies before it
  return found === undefined || found['last'] === null ? first - 1 : Number(found['last']);
}

/** The shortest way to what is wanted; undefined: nothing can match. */
function searchFor(asked: Asked, filter: PaymentFilter, combos: ReadonlyMap<number, Facets>): Search | undefined {
  const wanted = [...combos].filter(([, facets]) => matchesFacets(filter, facets)).map(([no]) => no);
  if (wanted.length === 0) return undefined;
  const byTerm = termSearch(asked.ask, filter);
  if (byTerm !== undefined) return byTerm;
  if (filter.amount !== undefined) return amountSearch(asked.ask, filter.amount);
  if (filter.error !== undefined) return errorSearch(asked.ask, filter.error, new Set(wanted));
  return wanted.length === combos.size ? allSearch(asked.ask) : facetSearch(asked, wanted);
}

async function startOf(ask: Ask, id: number): Promise<number> {
  const [answer] = await ask('SELECT started_at FROM rm_payments WHERE id >= $1 ORDER BY id LIMIT 1', [id]);
  return Number(answer?.['started_at'] ?? 0);
}

/** With what a person must see of them. */
async function page(ask: Ask, rows: readonly ReadRow[]): Promise<{ readonly payments: readonly ReadRow[] }> {
  const ids = rows.filter(({ facets }) => facets.attention !== '').map(({ id }) => id);
  if (ids.length === 0) return { payments: rows };
  const answers = await ask(
    `SELECT id, level, code, reason, since FROM rm_attention WHERE id IN (${ids.map(Math.trunc).join()}) ORDER BY id, place`,
  );
  const of = Map.groupBy(answers, ({ id }) => Number(id));
  const attention = (id: number): readonly Attention[] =>
    (of.get(id) ?? []).map(({ id: _id, since, ...more }) => ({ ...more, since: Number(since) }) as unknown as Attention);
  return { payments: rows.map((row) => (row.facets.attention === '' ? row : { ...row, attention: attention(row.id) })) };
}
