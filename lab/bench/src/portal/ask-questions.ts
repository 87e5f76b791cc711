import { openHistory, openQueries } from '@payment-manager/read-model';
import { type BusinessDaySettings, type Log, systemClock } from '@payment-manager/runtime';
import { type Asked, type Facts, type Question, questionsOf } from './questions.ts';
import { bytesRead, type StoreUnderTest } from './store-under-test.ts';

/** How long answers took, milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
}

/** One question. */
export interface Answered {
  readonly question: string;
  readonly aimMs: number;
  readonly warm: Times;
  /** Of one warm answer, of all threads and of the server, milliseconds. */
  readonly cpuMs: number;
  /** The first answer after the rows were taken out of memory; absent: it was not asked so. */
  readonly cold?: Times;
  /** Read from the disk by this process for it, at most; absent: a server read it, or nobody tells. */
  readonly coldBytes?: number;
}

export interface Answers {
  readonly answered: readonly Answered[];
  /** Whether the rows were out of memory each time: `'yes'`, or why not. */
  readonly cold: string;
}

export interface AskOptions {
  readonly businessDay: BusinessDaySettings;
  readonly log: Log;
  /** How often each is asked warm, and how often cold. */
  readonly warmTimes: number;
  readonly coldTimes: number;
  say(text: string): void;
}

interface Door extends Asked {
  close(): Promise<void>;
}

/** Asks every question, first warm and then cold. */
export async function askQuestions(store: StoreUnderTest, facts: Facts, options: AskOptions): Promise<Answers> {
  const questions = questionsOf(facts);
  const warm = await askedWarm(store, questions, options);
  const cold = await askedCold(store, questions, options);
  const answered = questions.map(({ name, aimMs }): Answered => {
    const { times, cpuMs } = warm.get(name) as { times: Times; cpuMs: number };
    return { question: name, aimMs, warm: times, cpuMs, ...cold.of.get(name) };
  });
  return { answered, cold: cold.how };
}

async function opened(store: StoreUnderTest, { businessDay, log }: AskOptions): Promise<Door> {
  const queries = await openQueries(store.source(), businessDay, log);
  const history = await openHistory(store.source(), log);
  return { queries, history, close: async () => void (await Promise.all([queries.close(), history.close()])) };
}

async function askedWarm(store: StoreUnderTest, questions: readonly Question[], options: AskOptions) {
  const door = await opened(store, options);
  const results = new Map<string, { readonly times: Times; readonly cpuMs: number }>();
  for (const { name, ask } of questions) {
    await ask(door);
    const cpuBefore = cpuMs(store);
    const times = [];
    for (let n = 0; n < options.warmTimes; n++) times.push(await msOf(() => ask(door)));
    const used = (cpuMs(store) - cpuBefore) / options.warmTimes;
    results.set(name, { times: timesOf(times), cpuMs: used });
    options.say(`warm: ${name}: ${shown(times)} ms, ${used.toFixed(1)} ms of CPU`);
  }
  await door.close();
  return results;
}

/** A server's statistics and its first plan are part of a first answer; opening is not. */
async function askedCold(store: StoreUnderTest, questions: readonly Question[], options: AskOptions) {
  const of = new Map<string, { readonly cold: Times; readonly coldBytes?: number }>();
  let left = 0;
  for (const { name, ask } of options.coldTimes === 0 ? [] : questions) {
    const times: number[] = [];
    let most: number | undefined;
    for (let n = 0; n < options.coldTimes; n++) {
      await store.beginAnew();
      const door = await opened(store, options);
      // a question that makes no sense: the thread is up then, and has read no more than where tables are
      await door.queries.list({ limit: 0 }).catch(() => {});
      const stayed = await store.dropPages();
      if (stayed === undefined)
        return { of: new Map<string, never>(), how: 'this system does not take files out of memory (dd and fincore of Linux)' };
      left = Math.max(left, stayed);
      const before = bytesRead();
      times.push(await msOf(() => ask(door)));
      const read = bytesRead();
      if (read !== undefined && before !== undefined) most = Math.max(most ?? 0, read - before);
      await door.close();
    }
    of.set(name, { cold: timesOf(times), ...(store.name === 'SQLite' && most !== undefined && { coldBytes: most }) });
    options.say(`cold: ${name}: ${shown(times)} ms`);
  }
  return { of, how: options.coldTimes === 0 ? 'not asked' : `yes, but for ${left} bytes at most` };
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = systemClock.monotonic();
  await work();
  return systemClock.monotonic() - startedAt;
}

function cpuMs(store: StoreUnderTest): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 + store.cpuMs();
}

function shown(times: readonly number[]): string {
  const { p50, worst } = timesOf(times);
  return `${p50.toFixed(1)} / ${worst.toFixed(1)}`;
}

function timesOf(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), worst: at(1) };
}
