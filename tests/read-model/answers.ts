/** What every read model answers, compared with what the records themselves say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChangedRecord, type Journal, type JournalView, recordsAfter } from '@payment-manager/journal';
import { pruningSummary } from '@payment-manager/mojaloop-connector';
import { type PaymentSummary, paymentSummary } from '@payment-manager/mojaloop-connector/summary';
import {
  createFeeder,
  type Feeder,
  type ListQuery,
  type PaymentQueries,
  type Period,
  paymentQueries,
  type ReadStore,
} from '@payment-manager/read-model';
import { businessDays, dateOfDay, seededRandom, systemClock } from '@payment-manager/runtime';
import { seedJournal } from '@payment-manager/seed';

export interface Opened {
  readonly journal: Journal;
  readonly view: JournalView;
  readonly store: ReadStore;
  /** What a second feeder uses. */
  second(): Promise<Pick<Opened, 'view' | 'store' | 'close'>>;
  close(): Promise<void>;
}

const businessDay = { zone: 'Africa/Dar_es_Salaam', cutOff: '21:30' };
const days = businessDays(businessDay);
const until = Date.UTC(2026, 10, 24, 9);
const DAY_MS = 86_400_000;

interface Known extends PaymentSummary {
  readonly id: number;
  readonly record: ChangedRecord;
}

/** All payments, newest first, as their flows see them. */
async function known(view: JournalView): Promise<readonly Known[]> {
  const records = await recordsAfter(view, 0, 5_000);
  return records
    .map((record) => ({ record, summary: paymentSummary(record) }))
    .filter(({ summary }) => summary !== undefined && summary !== 'unread')
    .map(({ record, summary }) => ({ ...(summary as PaymentSummary), id: record.ordinal, record }))
    .reverse();
}

async function feedAll(feeder: Feeder): Promise<void> {
  while ((await feeder.step()).more);
}

async function all(queries: PaymentQueries, query: Omit<ListQuery, 'limit'>, limit: number): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let after: number | undefined; ; ) {
    const page = await queries.list({ ...query, limit, ...(after !== undefined && { after }) });
    ids.push(...page.payments.map(({ id }) => id));
    if (page.next === undefined) return ids;
    after = page.next;
  }
}

/** Everything that is stored, but for numbers that depend on who came first. */
export async function stored({ store }: Pick<Opened, 'store'>): Promise<unknown> {
  const payments = await store.ask(`SELECT p.*, c.direction, c.stage, c.state, c.attention, c.peer, c.currency
    FROM rm_payments p JOIN rm_combos c ON c.no = p.combo ORDER BY id`);
  const terms = await store.ask('SELECT bucket, term, id FROM rm_terms ORDER BY bucket, term, id');
  const totals = async (table: string, slot: string) =>
    store.ask(`SELECT ${slot}, c.direction, c.stage, c.attention, c.peer, c.currency, error, n, hi, lo, fee_hi, fee_lo
      FROM ${table} t JOIN rm_combos c ON c.no = t.combo WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7`);
  const plain = payments.map(({ combo: _combo, ...row }) => row);
  const attention = await store.ask('SELECT * FROM rm_attention ORDER BY id, place');
  const spans = await store.ask('SELECT hour, n, completed, failed FROM rm_spans ORDER BY hour');
  return {
    plain,
    terms,
    attention,
    spans,
    hours: await totals('rm_hours', 'hour'),
    days: await totals('rm_days', 'day'),
    weeks: await totals('rm_weeks', 'week'),
  };
}

type Case = (opened: Opened, feeder: Feeder, queries: PaymentQueries) => Promise<void>;

const CASES: (readonly [promise: string, run: Case])[] = [];

function say(promise: string, run: Case): void {
  CASES.push([promise, run]);
}

function seeded(journal: Journal, payments = 900): Promise<number> {
  return seedJournal(journal, { fspId: 'greenbank', payments, until, days: 9, random: seededRandom(7) });
}

say('every list by facets, period, error, id, name and party is what the records say', async ({ journal, view }, feeder, queries) => {
  await seeded(journal);
  await feedAll(feeder);
  const payments = await known(view);
  const check = async (query: Omit<ListQuery, 'limit'>, matches: (payment: Known) => boolean, least = 1): Promise<void> => {
    const expected = payments.filter(matches).map(({ id }) => id);
    assert.ok(expected.length >= least, `${JSON.stringify(query)} matches something`);
    for (const limit of [7, 200]) assert.deepEqual(await all(queries, query, limit), expected, JSON.stringify(query));
  };
  await check({}, () => true);
  await check({ direction: 'in' }, ({ flow }) => flow === 'payee');
  await check({ state: ['failed', 'declined'] }, ({ state }) => state === 'failed' || state === 'declined');
  await check({ stage: ['quote-refused'], currency: ['USD'] }, ({ stage, currency }) => stage === 'quote-refused' && currency === 'USD');
  await check({ peer: ['mcash'], state: ['completed'] }, ({ peer, state }) => peer === 'mcash' && state === 'completed');
  await check({ error: '3204' }, ({ error }) => error?.code === '3204');
  await check({ error: '5200', direction: 'in' }, ({ error, flow }) => error?.code === '5200' && flow === 'payee');
  const [from, to] = [until - 3 * DAY_MS - 1_234_567, until - 2 * DAY_MS];
  await check({ from, to }, ({ startedAt }) => startedAt >= from && startedAt < to);
  await check({ from, currency: ['XOF'] }, ({ startedAt, currency }) => startedAt >= from && currency === 'XOF');
  await check({ attention: 'exception' }, ({ attention }) => attention.some(({ level }) => level === 'exception'), 0);
  for (const query of [
    { peer: ['nobody'] },
    { error: '9999' },
    { id: 'no-such-id' },
    { name: 'Nobody' },
    { party: '999999' },
    { from: until + DAY_MS },
  ])
    assert.deepEqual(await queries.list({ ...query, limit: 10 }), { payments: [] }, JSON.stringify(query));
  const some = payments.filter(({ payee, payer }) => payee?.name !== undefined && payer?.id !== undefined);
  for (const { id, transferId, transactionId, quoteId, homeTransactionId } of some.slice(0, 20))
    for (const text of [transferId, transactionId, quoteId, homeTransactionId])
      if (text !== undefined) assert.ok((await all(queries, { id: text }, 10)).includes(id));
  const [one] = some;
  const party = one?.payer?.id ?? '';
  for (const prefix of [party, party.slice(0, 8), party.slice(0, 6)])
    await check({ party: prefix }, ({ payer, payee }) => [payer?.id, payee?.id].some((id) => id?.startsWith(prefix)));
  const amount = payments.find((payment) => payment.amount !== undefined)?.amount ?? '';
  await check({ amount }, (payment) => payment.amount === amount);
  const [whole = '', rest = ''] = amount.split('.');
  await check(
    { amount: `${whole}.${rest.padEnd(4, '0')}`, direction: 'out' },
    (payment) => payment.amount === amount && payment.flow === 'payer',
    0,
  );
  assert.deepEqual(await queries.list({ amount: '0.0001', limit: 10 }), { payments: [] });
  const hasName = (payment: Known, word: RegExp): boolean =>
    [payment.payer?.name, payment.payee?.name].some((text) => word.test(text ?? ''));
  await check({ name: 'zoe' }, (payment) => hasName(payment, /\bZoë(\s|$)/));
  await check({ name: 'ZOË Diallo' }, (payment) => hasName(payment, /Zoë(\s|$)/) && hasName(payment, /Diallo/), 0);
  await check({ name: 'keita', state: ['failed'] }, (payment) => hasName(payment, /Keïta/) && payment.state === 'failed');
});

say('totals are exact, by currency and by business day, whatever the period', async ({ journal, view }, feeder, queries) => {
  await seeded(journal);
  await feedAll(feeder);
  const payments = await known(view);
  const units = (text: string | undefined): bigint => {
    const [whole = '0', rest = ''] = (text ?? '0').split('.');
    return BigInt(whole) * 10_000n + BigInt(rest.padEnd(4, '0'));
  };
  const at = (hours: number, ms = 0): number => until - hours * 3_600_000 - ms;
  const periods = [
    {},
    { from: at(100, 77) },
    { to: at(50, 1) },
    { from: at(90), to: at(10) },
    { from: at(30, 5), to: at(29, 9) },
    { from: at(30, 500), to: at(30) },
  ];
  for (const period of periods)
    for (const filter of [{}, { currency: ['USD', 'XOF'], state: ['completed'] }, { error: '3204' }]) {
      const { from = 0, to = Number.MAX_SAFE_INTEGER } = period as { from?: number; to?: number };
      const matching = payments.filter(
        ({ startedAt, currency, state, error }) =>
          startedAt >= from &&
          startedAt < to &&
          (!('currency' in filter) || (filter.currency?.includes(currency ?? '') && state === 'completed')) &&
          (!('error' in filter) || error?.code === '3204'),
      );
      const totals = await queries.totals({ ...period, ...filter });
      assert.equal(totals.count, matching.length, JSON.stringify({ period, filter }));
      const sums = Map.groupBy(matching, ({ flow, state, currency }) => `${flow === 'payer' ? 'out' : 'in'} ${state} ${currency}`);
      assert.equal(totals.byCurrency.length, sums.size);
      for (const { direction, state, currency, count, amount, fees } of totals.byCurrency) {
        const of = sums.get(`${direction} ${state} ${currency}`) ?? [];
        const sum = (each: (payment: Known) => string | undefined): bigint =>
          of.reduce((total, payment) => total + units(each(payment)), 0n);
        assert.deepEqual([count, units(amount), units(fees)], [of.length, sum((one) => one.amount), sum((one) => one.fee)]);
      }
    }
  for (const period of periods) await overviewIsRight(queries, payments, period);
  const byDay = await queries.totalsByDay('2026-11-01', '2026-11-30', { direction: 'out' });
  const expected = Map.groupBy(payments.filter(({ flow }) => flow === 'payer').reverse(), ({ startedAt }) =>
    dateOfDay(days.dayOf(startedAt)),
  );
  assert.deepEqual(
    byDay.map(({ day, count }) => [day, count]),
    [...expected].map(([day, of]) => [day, of.length]),
  );
});

/** The overview of a period, compared with the records themselves and with the totals of the list. */
async function overviewIsRight(queries: PaymentQueries, payments: readonly Known[], period: Period): Promise<void> {
  const { from = 0, to = Number.MAX_SAFE_INTEGER } = period;
  const matching = payments.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  const [overview, totals] = [await queries.overview(period), await queries.totals(period)];
  const sorted = (of: readonly object[]): string[] => of.map((one) => JSON.stringify(one)).sort();
  assert.deepEqual(sorted(overview.byCurrency), sorted(totals.byCurrency), JSON.stringify(period));
  assert.deepEqual([overview.count, overview.states], [totals.count, totals.counts.state]);
  const counted = (of: readonly Known[], key: (payment: Known) => string): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(of, key)].map(([value, some]) => [value, some.length]));
  const failed = matching.filter(({ state }) => state === 'failed');
  assert.deepEqual(
    Object.fromEntries(overview.causes.map(({ direction, error, count }) => [`${direction} ${error}`, count])),
    counted(failed, ({ flow, error }) => `${flow === 'payer' ? 'out' : 'in'} ${error?.code ?? ''}`),
  );
  assert.deepEqual(
    Object.fromEntries(overview.peers.map(({ peer, count }) => [peer, count])),
    counted(matching, ({ peer = '' }) => peer),
  );
  const named = overview.peers.filter(({ peer }) => peer !== '').slice(0, from > 0 && period.to !== undefined ? 2 : 0);
  for (const { peer, amounts } of named)
    for (const { currency, out, in: received } of amounts) {
      const { byCurrency } = await queries.totals({
        ...period,
        peer: [peer],
        currency: [currency],
        state: ['completed'],
      });
      const of = (direction: string): string => byCurrency.find((one) => one.direction === direction)?.amount ?? '0';
      assert.deepEqual([out, received], [of('out'), of('in')]);
    }
  const hour = ({ startedAt }: Known): number => Math.floor((startedAt - days.startOf(days.dayOf(startedAt))) / 3_600_000);
  const hourly = counted(matching, (payment) => String(hour(payment)));
  const failedHourly = counted(failed, (payment) => String(hour(payment)));
  // the zone and the cut-off of this test make hours of half hours: what is not at an end may stand in the neighbour
  assert.equal(
    overview.hours.reduce((sum, { count }) => sum + count, 0),
    matching.length,
  );
  const spread = (hours: Readonly<Record<string, number>>, at: number): number =>
    (hours[at] ?? 0) + (hours[(at + 1) % 24] ?? 0) + (hours[(at + 23) % 24] ?? 0);
  for (const { hour: at, count, failed: bad } of overview.hours)
    assert.ok(count <= spread(hourly, at) && bad <= spread(failedHourly, at), `hour ${at}`);
}

say('fed while payments run, dropped in the middle and made anew: the same rows', async (opened, feeder) => {
  const { journal, view, store } = opened;
  await seeded(journal, 400);
  await feeder.step();
  await seeded2(journal, view, feeder);
  await feedAll(feeder);
  const live = await stored(opened);
  await feeder.rebuild();
  const { built } = await feeder.step();
  assert.ok(built !== undefined && built < 1, 'it is on its way');
  await feeder.rebuild();
  await feeder.step();
  // who comes after a crash goes on where the place says
  await feedAll(createFeeder({ view, store, clock: systemClock, businessDay }));
  assert.deepEqual(await stored(opened), live);
  await feedAll(createFeeder({ view, store, clock: systemClock, businessDay: { zone: 'UTC', cutOff: '00:00' } }));
  assert.notDeepEqual(await stored(opened), live, 'another business day makes other sums');
});

say('two feeders at once: nothing is counted twice', async (opened, feeder) => {
  const { journal } = opened;
  await seeded(journal, 1_200);
  const second = await opened.second();
  const other = createFeeder({ ...second, clock: systemClock, businessDay });
  await feeder.step();
  for (let n = 0; n < 8; n++) await Promise.all([feeder.step(), other.step()]);
  await Promise.all([feedAll(feeder), feedAll(other)]);
  const together = await stored(opened);
  await feeder.rebuild();
  await feedAll(feeder);
  await second.close();
  assert.deepEqual(together, await stored(opened));
});

say('a combination of facets that another feeder stores between two statements hides no row', async ({ journal, view, store }, feeder) => {
  await seeded(journal, 50);
  /** Does something once, just before rows are read. */
  const withMishap = (mishap: () => Promise<unknown>): ReadStore => {
    let due = true;
    return {
      ...store,
      place: () => store.place(),
      write: (changes, from, to) => store.write(changes, from, to),
      async ask(text, values) {
        if (due && text.includes('id IN (')) {
          due = false;
          await mishap();
        }
        return store.ask(text, values);
      },
    };
  };
  const other = createFeeder({ view, store: withMishap(() => feeder.step()), clock: systemClock, businessDay });
  assert.equal((await other.step()).rows, 0, 'the first one was quicker');
  await feedAll(feeder);
  const [payment] = await known(view);
  assert.ok(payment);
  const { recordId, events, kind, label } = payment.record;
  const asked = withMishap(async () => {
    const event = { type: 'of-a-later-version', at: until };
    await journal.append({ recordId, kind, label, expectedVersion: events.length, events: [event], open: true, attention: [] });
    await feedAll(feeder);
  });
  const queries = paymentQueries({ asked, clock: systemClock, businessDay, budgetMs: 60_000 });
  const page = await queries.list({ limit: 50 });
  assert.equal(page.payments.find(({ id }) => id === payment.id)?.facets.stage, 'unread');
});

say('no question looks through all payments: each statement goes by an index', async ({ journal, view, store }, feeder) => {
  await seeded(journal, 300);
  await feedAll(feeder);
  const statements = new Map<string, readonly (string | number | Uint8Array)[]>();
  const ask: ReadStore['ask'] = (text, values = []) => {
    statements.set(text, values);
    return store.ask(text, values);
  };
  const queries = paymentQueries({ asked: { ask, dialect: store.dialect }, clock: systemClock, businessDay, budgetMs: 60_000 });
  const [from, to] = [until - 8 * DAY_MS - 1_234_567, until - 12_345];
  const filters: readonly Omit<ListQuery, 'limit'>[] = [
    {},
    { direction: 'in' },
    { state: ['failed'], from, to },
    { error: '3204', peer: ['mcash'] },
    { id: 'no-such-id' },
    { party: '255711' },
    { name: 'zoe diallo' },
    { amount: '25' },
  ];
  for (const filter of filters) await queries.list({ limit: 5, ...filter });
  await queries.totals({ from, to });
  await queries.totalsByDay('2026-11-01', '2026-11-30', { peer: ['mcash'] });
  for (const period of [{}, { from, to }, { from: to - 600_000, to }]) await queries.overview(period);
  await queries.counts();
  assert.ok((await known(view)).length === 300 && statements.size > 10);
  // of few rows a server would rather read all
  if (store.dialect === 'postgres') await store.ask('SET enable_seqscan = off');
  for (const [text, values] of statements) {
    const plan = await store.ask(`${store.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${text}`, values);
    const steps = plan.map((step) => String(step['detail'] ?? step['QUERY PLAN']));
    const whole = steps.filter((step) => /SCAN (?:rm_payments|rm_terms|t|o|p)\b|Seq Scan on rm_(?:payments|terms)/.test(step));
    assert.deepEqual(whole, [], text);
  }
});

say('totals by day are of a month at most', async ({ journal }, feeder, queries) => {
  await seeded(journal, 20);
  await feedAll(feeder);
  assert.ok((await queries.totalsByDay('2026-11-01', '2026-12-01', {})).length > 0);
  await assert.rejects(queries.totalsByDay('2026-11-01', '2026-12-02', {}), { code: 'FILTER_INVALID', message: /31 days/ });
});

say(
  'a pruned payment stays with its outcome, and nothing of a person, in rows or indexes',
  async ({ journal, view, store }, feeder, queries) => {
    await seeded(journal, 200);
    await feedAll(feeder);
    const payment = (await known(view)).find(
      ({ state, payee, flow }) => state === 'completed' && payee?.name !== undefined && flow === 'payer',
    );
    assert.ok(payment);
    const before = await queries.payment(payment.id);
    const { recordId, events } = payment.record;
    const summary = pruningSummary(payment.record) ?? {};
    assert.deepEqual(await journal.prune?.([{ recordId, version: events.length, at: until, summary }]), ['pruned']);
    const totals = await queries.totals({});
    await feedAll(feeder);
    const after = await queries.payment(payment.id);
    assert.deepEqual([after?.pruned, after?.payer?.name, after?.payee?.id, after?.amount], [true, undefined, '', before?.amount]);
    assert.deepEqual(await all(queries, { id: payment.transferId ?? '' }, 5), [payment.id], 'its id leads to it');
    assert.ok(!(await all(queries, { name: payment.payee?.name ?? '' }, 200)).includes(payment.id));
    assert.ok(!(await all(queries, { party: payment.payee?.id ?? '' }, 200)).includes(payment.id));
    const terms = await store.ask('SELECT count(*) AS n FROM rm_terms WHERE id = $1', [payment.id]);
    assert.ok(Number(terms[0]?.['n']) <= 4, 'ids alone');
    assert.deepEqual(
      (await queries.totals({})).byCurrency.map(({ amount }) => amount),
      totals.byCurrency.map(({ amount }) => amount),
    );
  },
);

say('an event of a kind that is not known hides no payment, and is counted', async ({ journal, view }, feeder, queries) => {
  await seeded(journal, 50);
  await feedAll(feeder);
  const [payment] = await known(view);
  assert.ok(payment);
  const { recordId, events, kind, label } = payment.record;
  await journal.append({
    recordId,
    kind,
    label,
    expectedVersion: events.length,
    events: [{ type: 'of-a-later-version', at: until }],
    open: true,
    attention: [],
  });
  await feedAll(feeder);
  assert.deepEqual([(await queries.payment(payment.id))?.facets.stage, (await queries.counts()).unread], ['unread', 1]);
  assert.equal((await all(queries, {}, 50)).length, 50);
});

say('when the time is over it says how far back it looked, and goes on from there', async ({ journal, view, store }, feeder) => {
  await seeded(journal);
  await feedAll(feeder);
  const hasty = paymentQueries({ asked: store, clock: systemClock, businessDay, budgetMs: 0 });
  const first = await hasty.list({ name: 'zoe', state: ['failed'], limit: 50 });
  const unhurried = paymentQueries({ asked: store, clock: systemClock, businessDay });
  assert.deepEqual(await all(hasty, { name: 'zoe', state: ['failed'] }, 50), await all(unhurried, { name: 'zoe', state: ['failed'] }, 50));
  if (first.next !== undefined) assert.ok(first.searchedBackTo !== undefined);
  assert.ok((await known(view)).length > 0);
});

/** What every read model promises. */
export function testAnswers(name: string, open: () => Promise<Opened>): void {
  for (const [promise, run] of CASES)
    test(`read model in ${name}: ${promise}`, async () => {
      const opened = await open();
      const { view, store } = opened;
      const feeder = createFeeder({ view, store, clock: systemClock, businessDay });
      try {
        await run(opened, feeder, paymentQueries({ asked: store, clock: systemClock, businessDay, budgetMs: 60_000 }));
      } finally {
        await opened.close();
      }
    });
}

/** More payments, and payments that go on, between steps of the feeder. */
async function seeded2(journal: Journal, view: JournalView, feeder: Feeder): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await seedJournal(journal, {
      fspId: 'greenbank',
      payments: 150,
      until: until + round * 60_000,
      days: 0.01,
      random: seededRandom(round + 100),
    });
    await feeder.step();
    for (const { record, flow, transferId } of (await known(view)).filter(({ stage }) => stage === 'open').slice(0, 5)) {
      if (flow !== 'payer' || transferId === undefined) continue;
      const ended = {
        type: 'not-committed',
        at: until,
        errorInformation: { errorCode: '3303', errorDescription: 'expired' },
        said: 'hub',
        timeout: false,
      };
      const { recordId, kind, label, events } = record;
      await journal.append({ recordId, kind, label, expectedVersion: events.length, events: [ended], open: false, attention: [] });
    }
  }
}
