import { BUCKET_SIZE, bucketOf } from '../rows/changes.ts';
import { behind, idTerm, PARTY_PREFIX_MIN, partyTerm, type Term, wordsOf, wordTerm } from '../rows/terms.ts';
import type { Answer, Ask, Asked } from '../store/store.ts';
import type { PaymentFilter } from './filter.ts';

/** One step of a search back in time. */
export interface SearchStep {
  /** Ids that may match, the highest first. */
  readonly ids: readonly number[];
  /** Everything from here on was looked at. */
  readonly reached: number;
}

/** Looks at what lies below an id, and not below another one; `limit` ids at most. Each step is short, whatever is stored. */
export type Search = (below: number, floor: number, limit: number) => Promise<SearchStep>;

/** What is looked through in one step where no index helps further. */
const SCANNED_AT_ONCE = 5_000;
/** The same where whole rows are read, about 300 bytes each: a step that begins just before the time is over must still be short. */
const WHOLE_ROWS_AT_ONCE = 2_000;
/** Rows of a party's beginning that are gathered in one bucket; with more, the newest rows are looked through instead. */
const GATHERED_MAX = 5_000;

const idsIn = (answers: readonly Answer[]): number[] => answers.map(({ id }) => Number(id));

/** Everything, newest first. */
export function allSearch(ask: Ask): Search {
  return async (below, floor, limit) => {
    const ids = idsIn(await ask('SELECT id FROM rm_payments WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3', [below, floor, limit]));
    return { ids, reached: ids.length < limit ? floor : (ids.at(-1) ?? floor) };
  };
}

/** Those with one of these combinations of facets: each has its own order in the index, and these are merged. */
export function facetSearch({ ask, dialect }: Asked, combos: readonly number[]): Search {
  const merged = dialect === 'postgres' ? mergedByServer(ask, combos) : mergedHere(ask, combos);
  return combos.length > COMBOS_FEW ? newestFirst(ask, new Set(combos), merged) : merged;
}

/** Many combinations are as many places of the index, and are as a rule met among the newest rows anyway. */
const COMBOS_FEW = 50;
/** So many rows are looked at first: about 600 kB that lie together. */
const NEWEST = 2_000;

/** Those among the rows just below, if these make a page; else what another search finds. */
function newestFirst(ask: Ask, combos: ReadonlySet<number>, other: Search): Search {
  return async (below, floor, limit) => {
    const found = await ask('SELECT id, combo FROM rm_payments WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3', [
      below,
      floor,
      NEWEST,
    ]);
    const ids = idsIn(found.filter(({ combo }) => combos.has(Number(combo)))).slice(0, limit);
    if (ids.length === limit) return { ids, reached: ids.at(-1) ?? floor };
    return found.length < NEWEST ? { ids, reached: floor } : other(below, floor, limit);
  };
}

function mergedHere(ask: Ask, combos: readonly number[]): Search {
  return async (below, floor, limit) => {
    let best: number[] = [];
    let from = floor;
    for (const combo of combos) {
      const found = await ask('SELECT id FROM rm_payments WHERE combo = $1 AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4', [
        combo,
        below,
        from,
        limit,
      ]);
      if (found.length === 0) continue;
      best = [...best, ...idsIn(found)].sort((a, b) => b - a).slice(0, limit);
      // what is older than a full page need not be read of the others
      if (best.length === limit) from = best.at(-1) ?? from;
    }
    return { ids: best, reached: best.length < limit ? floor : (best.at(-1) ?? floor) };
  };
}

/** The same in one round trip. */
function mergedByServer(ask: Ask, combos: readonly number[]): Search {
  const text = `SELECT p.id FROM unnest($1::integer[]) AS c (combo) CROSS JOIN LATERAL (
      SELECT id FROM rm_payments WHERE combo = c.combo AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4) p
    ORDER BY p.id DESC LIMIT $4`;
  return async (below, floor, limit) => {
    const ids = idsIn(await ask(text, [`{${combos.join()}}`, below, floor, limit]));
    return { ids, reached: ids.length < limit ? floor : (ids.at(-1) ?? floor) };
  };
}

/** Those with an error code; other facets are looked at in the index. */
export function errorSearch(ask: Ask, error: string, combos: ReadonlySet<number>): Search {
  return async (below, floor, limit) => {
    const found = await ask('SELECT id, combo FROM rm_payments WHERE error = $1 AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4', [
      error,
      below,
      floor,
      SCANNED_AT_ONCE,
    ]);
    const matching = found.filter(({ combo }) => combos.has(Number(combo)));
    const ids = idsIn(matching).slice(0, limit);
    if (matching.length > limit) return { ids, reached: ids.at(-1) ?? floor };
    return { ids, reached: found.length < SCANNED_AT_ONCE ? floor : Number(found.at(-1)?.['id'] ?? floor) };
  };
}

/** Those of one amount, in whichever way it was written: no index has it, so what is there is looked through, a stretch at a time. */
export function amountSearch(ask: Ask, amount: string): Search {
  const forms = writtenForms(amount);
  const text = `SELECT id FROM rm_payments WHERE id < $1 AND id >= $2 AND amount IN (${forms.map((_, at) => `$${at + 4}`).join()})
    ORDER BY id DESC LIMIT $3`;
  return async (below, floor, limit) => {
    const start = Math.max(floor, below - WHOLE_ROWS_AT_ONCE);
    const ids = idsIn(await ask(text, [below, start, limit, ...forms]));
    return { ids, reached: ids.length < limit ? start : (ids.at(-1) ?? start) };
  };
}

/** `25.5`: also `25.50`, `25.500`, `25.5000`. */
function writtenForms(amount: string): readonly string[] {
  const [whole = '', given = ''] = amount.split('.');
  const fraction = given.replace(/0+$/, '');
  const lengths = [0, 1, 2, 3, 4].filter((length) => length >= fraction.length);
  return lengths.map((length) => `${whole.replace(/^0+(?=\d)/, '')}${length === 0 ? '' : `.${fraction.padEnd(length, '0')}`}`);
}

/** Those that a term leads to, bucket by bucket back in time. Undefined: the filter has no such term. */
export function termSearch(ask: Ask, filter: PaymentFilter): Search | undefined {
  const inBucket = bucketSearch(ask, filter);
  if (inBucket === undefined) return undefined;
  return async (below, floor, limit) => {
    const bucket = bucketOf(below - 1);
    const start = Math.max(floor, bucket * BUCKET_SIZE);
    return inBucket(bucket, below, start, limit);
  };
}

type BucketSearch = (bucket: number, below: number, start: number, limit: number) => Promise<SearchStep>;

function bucketSearch(ask: Ask, { id, party, name }: PaymentFilter): BucketSearch | undefined {
  if (id !== undefined) return exactly(ask, [idTerm(id)]);
  if (party !== undefined)
    return party.trim().length < PARTY_PREFIX_MIN ? exactly(ask, [partyTerm(party)]) : beginning(ask, partyTerm(party));
  return name === undefined ? undefined : exactly(ask, wordsOf(name).map(wordTerm));
}

/** Rows that all of the terms lead to. */
function exactly(ask: Ask, terms: readonly Term[]): BucketSearch {
  const [first, ...others] = terms;
  const also = others.map(
    (_, at) => `AND EXISTS (SELECT 1 FROM rm_terms o WHERE o.bucket = t.bucket AND o.term = $${at + 6} AND o.id = t.id)`,
  );
  const text = `SELECT t.id FROM rm_terms t WHERE t.bucket = $1 AND t.term = $2 AND t.id < $3 AND t.id >= $4 ${also.join(' ')}
    ORDER BY t.id DESC LIMIT $5`;
  return async (bucket, below, start, limit) => {
    const ids = idsIn(await ask(text, [bucket, first ?? '', below, start, limit, ...others]));
    return { ids, reached: ids.length < limit ? start : (ids.at(-1) ?? start) };
  };
}

/** Rows with a party that begins so. Where very many do, the newest rows are handed out as they are: whoever asks looks at each. */
function beginning(ask: Ask, term: Term): BucketSearch {
  const rows = allSearch(ask);
  return async (bucket, below, start, limit) => {
    const found = await ask('SELECT id FROM rm_terms WHERE bucket = $1 AND term >= $2 AND term < $3 LIMIT $4', [
      bucket,
      term,
      behind(term),
      GATHERED_MAX,
    ]);
    if (found.length === GATHERED_MAX) return rows(below, start, limit * ROWS_FOR_ONE);
    const matching = [...new Set(idsIn(found))].filter((id) => id < below && id >= start).sort((a, b) => b - a);
    const ids = matching.slice(0, limit);
    return { ids, reached: matching.length > limit ? (ids.at(-1) ?? start) : start };
  };
}

const ROWS_FOR_ONE = 10;
