import { openFeeder, openHistory, openQueries, type ReadRow } from '@payment-manager/read-model';
import { fillReadModel } from '@payment-manager/read-model/test-fill';
import { type BusinessDaySettings, type Log, seededRandom, systemClock, systemTimers } from '@payment-manager/runtime';
import { seedJournal } from '@payment-manager/seed';
import { manyRows } from './many-rows.ts';
import { rowsOf } from './questions.ts';
import { fillHistory } from './some-history.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export interface FillOptions {
  readonly payments: number;
  /** So many of them are whole payments in a journal, and a feeder makes their rows; the others become rows like these. */
  readonly seeded: number;
  readonly days: number;
  readonly businessDay: BusinessDaySettings;
  /** For files in between. */
  readonly folder: string;
  /** The instant at which the last payment was begun. */
  readonly now: number;
  readonly log: Log;
  say(text: string): void;
}

/** What it came to. */
export interface Filled {
  /** Of the feeder's thread, a payment, milliseconds; a server's own is not in it. */
  readonly feederCpuMs: number;
  readonly feederSeconds: number;
  readonly fillSeconds: number;
}

const DAY_MS = 86_400_000;
const ROWS_AT_ONCE = 10_000;
/** The seeded payments are the first ones of the period. */
const SEEDED_SHARE = 0.001;

/** Makes a read model of many payments, and the history beside it. */
export async function fillPortal(store: StoreUnderTest, options: FillOptions): Promise<Filled> {
  const { payments, seeded, days, businessDay, folder, now, log, say } = options;
  const since = now - days * DAY_MS;
  const seededDays = seeded === payments ? days : days * SEEDED_SHARE;
  say(`seeding ${seeded} payments ...`);
  const journal = await store.journal();
  await seedJournal(journal, {
    fspId: 'greenbank',
    payments: seeded,
    days: seededDays,
    until: since + seededDays * DAY_MS,
    random: seededRandom(1),
  });
  await journal.close();
  say('feeding ...');
  const fed = await feed(store, options);
  const startedAt = systemClock.monotonic();
  if (payments > seeded) {
    const like = await allRows(store, options);
    const filling = await fillReadModel(store.source(), { businessDay, folder, log });
    const rows = manyRows({
      ...{ like, first: Math.max(...like.map(({ id }) => id)) + 1, count: payments - seeded },
      ...{ since: since + seededDays * DAY_MS, days: days - seededDays, random: seededRandom(2) },
    });
    let [page, done]: [ReadRow[], number] = [[], seeded];
    for (const row of rows) {
      page.push(row);
      done += 1;
      if (page.length < ROWS_AT_ONCE && done < payments) continue;
      await filling.add(page);
      page = [];
      // who interrupts is heard
      await new Promise<void>((resolve) => void systemTimers.after(0, resolve));
      if (done % TOLD_EVERY < ROWS_AT_ONCE) say(`${done} rows, ${((systemClock.monotonic() - startedAt) / 1_000).toFixed(0)} s`);
    }
    say('indexes ...');
    await filling.finish();
  }
  const fillSeconds = (systemClock.monotonic() - startedAt) / 1_000;
  const history = await openHistory(store.source(), log);
  await fillHistory(history, store.name === 'SQLite' ? 1 : POSTGRES_PROCESSES, now);
  await history.close();
  return { ...fed, fillSeconds };
}

const TOLD_EVERY = 500_000;
/** Replicas need PostgreSQL; a SQLite file has one process. */
export const POSTGRES_PROCESSES = 3;

async function feed(store: StoreUnderTest, { seeded, businessDay, log }: FillOptions) {
  const feeder = await openFeeder(store.source(), businessDay, log);
  const [startedAt, cpu] = [systemClock.monotonic(), process.cpuUsage()];
  while ((await feeder.step()).more);
  const { user, system } = process.cpuUsage(cpu);
  const feederSeconds = (systemClock.monotonic() - startedAt) / 1_000;
  await feeder.close();
  return { feederCpuMs: (user + system) / 1_000 / seeded, feederSeconds };
}

async function allRows(store: StoreUnderTest, { businessDay, log }: FillOptions): Promise<readonly ReadRow[]> {
  const queries = await openQueries(store.source(), businessDay, log);
  const rows: ReadRow[] = [];
  for await (const row of rowsOf(queries)) rows.push(row);
  await queries.close();
  return rows;
}
