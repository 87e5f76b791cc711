import { type HistoryStore, historyOf, type PaymentQueries, positionsSince, type ReadRow } from '@payment-manager/read-model';

/** What a portal asks. */
export interface Asked {
  readonly queries: PaymentQueries;
  readonly history: HistoryStore;
}

export interface Question {
  readonly name: string;
  /** Milliseconds within which it is to be answered. */
  readonly aimMs: number;
  ask(asked: Asked): Promise<unknown>;
}

/** What questions are asked about: things that are there, and the instant at which everything ends. */
export interface Facts {
  readonly now: number;
  /** A completed outgoing payment of 60 days ago. */
  readonly old: ReadRow;
  /** A payee's number of the last minutes. */
  readonly party: string;
}

const [LIST_MS, CHART_MS] = [150, 300];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Things to ask about, from the rows themselves. Rejects with RangeError where these have none. */
export async function factsOf(queries: PaymentQueries, now: number): Promise<Facts> {
  const completed = { direction: 'out', state: ['completed'] } as const;
  const old = await newest(queries, { ...completed, to: now - 60 * DAY_MS }, () => true);
  const paid = await newest(queries, completed, ({ payee }) => payee?.type === 'MSISDN');
  if (old === undefined || paid?.payee === undefined) throw new RangeError('no payment to ask about');
  return { now, old, party: paid.payee.id };
}

async function newest(queries: PaymentQueries, query: Partial<List>, fits: (row: ReadRow) => boolean): Promise<ReadRow | undefined> {
  for await (const row of rowsOf(queries, query)) if (fits(row)) return row;
  return undefined;
}

const PAGE = 200;

/** All rows of a list, the newest first. An answer that took too long is a first part: it is gone on. */
export async function* rowsOf(queries: PaymentQueries, query: Partial<List> = {}): AsyncGenerator<ReadRow, void> {
  for (let after: number | undefined; ; ) {
    const { payments, next } = await queries.list({ limit: PAGE, ...query, ...(after !== undefined && { after }) });
    yield* payments;
    if (next === undefined) return;
    after = next;
  }
}

/** All questions of a portal, with the worst cases of each kind. */
export function questionsOf(facts: Facts): readonly Question[] {
  return [...lists(facts), ...searches(facts), ...totals(facts), ...overviews(facts), ...charts(facts)];
}

type List = Parameters<PaymentQueries['list']>[0];

function listing(name: string, query: Partial<List>, aimMs = LIST_MS): Question {
  return { name, aimMs, ask: ({ queries }) => queries.list({ limit: 50, ...query }) };
}

function lists({ now, old }: Facts): readonly Question[] {
  const at = (days: number): number => now - days * DAY_MS;
  return [
    listing('newest page', {}),
    listing('incoming', { direction: 'in' }),
    listing('failed', { state: ['failed'] }),
    listing('failed or declined, of one currency', { state: ['failed', 'declined'], currency: ['KES'] }),
    listing('one peer', { peer: ['nova'] }),
    listing('a peer and a currency, incoming, refused', { direction: 'in', stage: ['refused'], peer: ['nova'], currency: ['EUR'] }),
    listing('exceptions', { attention: 'exception' }),
    listing('facets that match nothing', { state: ['declined'], peer: ['nobody'] }),
    listing('declined, at every peer, a day 80 days ago', { state: ['declined'], from: at(80), to: at(79) }),
    listing('an error', { error: '3303' }),
    listing('an error, of a peer and a currency', { error: '3303', peer: ['nova'], currency: ['EUR'] }),
    listing('an error that nobody has, in one currency', { error: '9999', currency: ['EUR'] }),
    listing('a page 60 days ago', { to: at(60) }),
    listing('failed, an hour 60 days ago', { state: ['failed'], from: at(60), to: at(60) + HOUR_MS }),
    listing('one peer, a day 80 days ago', { peer: ['delta'], from: at(80), to: at(79) }),
    { name: 'one payment', aimMs: LIST_MS, ask: ({ queries }) => queries.payment(old.id) },
  ];
}

function searches({ old, party }: Facts): readonly Question[] {
  const found = (name: string, query: Partial<List>, aimMs?: number): Question => listing(name, query, aimMs);
  return [
    found('transferId, 60 days old', { id: old.transferId ?? '' }),
    found('transactionId, 60 days old', { id: old.transactionId ?? '' }),
    found('quoteId, 60 days old', { id: old.quoteId ?? '' }),
    found('homeTransactionId, 60 days old', { id: old.homeTransactionId ?? '' }),
    found('an id that nobody has', { id: 'no-such-id' }),
    found('a party', { party }),
    found('a party by eight digits', { party: party.slice(0, 8) }),
    found('a party by six digits', { party: party.slice(0, 6) }),
    found('a party that nobody is', { party: '000000' }),
    found('a common name', { name: 'zoe' }),
    found('first and last name', { name: old.payee?.name ?? '' }),
    found('a name that nobody has', { name: 'nobody' }),
    found('a name and a rare state, first part', { name: 'zoe', attention: 'exception' }, CHART_MS),
    found('an amount, first part', { amount: '25' }, CHART_MS),
    found('an amount that nobody paid, first part', { amount: '0.0001' }, CHART_MS),
  ];
}

function totals({ now }: Facts): readonly Question[] {
  const summed = (name: string, filter: Parameters<PaymentQueries['totals']>[0]): Question => ({
    name,
    aimMs: CHART_MS,
    ask: ({ queries }) => queries.totals(filter),
  });
  const byDay = (name: string, filter: Parameters<PaymentQueries['totalsByDay']>[2]): Question => ({
    name,
    aimMs: CHART_MS,
    ask: ({ queries }) => queries.totalsByDay(dateOf(now - 30 * DAY_MS), dateOf(now), filter),
  });
  return [
    summed('totals and facets of everything', {}),
    summed('totals and facets of today', { from: now - (now % DAY_MS) }),
    summed('totals of failed with one peer', { state: ['failed'], peer: ['nova'] }),
    summed('totals of 30 days, to the millisecond', { from: now - 30 * DAY_MS - 12_345, to: now - 54_321, currency: ['USD'] }),
    byDay('totals of one peer by business day, 31 days', { peer: ['mcash'] }),
    byDay('totals by business day, 31 days', {}),
  ];
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** As the page asks: a period of business days until now, and as long a one before it. */
function overviews({ now }: Facts): readonly Question[] {
  const today = now - (now % DAY_MS);
  const overview = (name: string, from: number, against: number): Question => ({
    name,
    aimMs: CHART_MS,
    ask: async ({ queries }) => [await queries.overview({ from }), await queries.overview({ from: against, to: against + now - from })],
  });
  return [
    overview('overview of today, and of yesterday', today, today - DAY_MS),
    overview('overview of 30 days, and of those before', today - 29 * DAY_MS, today - 59 * DAY_MS),
    overview('overview of 45 days, and of those before', today - 44 * DAY_MS, today - 89 * DAY_MS),
    overview('overview of 90 days, and of those before', today - 89 * DAY_MS, today - 179 * DAY_MS),
    {
      name: 'overview of a day 60 days ago',
      aimMs: CHART_MS,
      ask: ({ queries }) => queries.overview({ from: today - 60 * DAY_MS, to: today - 59 * DAY_MS }),
    },
  ];
}

function charts({ now }: Facts): readonly Question[] {
  const positions = (name: string, since: number): Question => ({
    name,
    aimMs: CHART_MS,
    ask: ({ queries }) => positionsSince(queries, since),
  });
  const history = (name: string, days: number): Question => ({
    name,
    aimMs: CHART_MS,
    ask: ({ history: store }) => historyOf(store, { from: now - days * DAY_MS, to: now }, now),
  });
  const today = now - (now % DAY_MS);
  return [
    positions('positions since today', today),
    positions('positions since 60 days', today - 60 * DAY_MS),
    history('technical charts, an hour', 1 / 24),
    history('technical charts, a day', 1),
    history('technical charts, 7 days', 7),
    history('technical charts, 90 days', 90),
  ];
}
