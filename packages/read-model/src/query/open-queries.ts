import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from '@payment-manager/database';
import { type BusinessDaySettings, type Log, systemClock } from '@payment-manager/runtime';
import type { ReadModelSource } from '../feed/source.ts';
import { openPostgresStore } from '../store/postgres-store.ts';
import { FilterInvalid } from './filter.ts';
import { type PaymentQueries, paymentQueries } from './queries.ts';
import type { QueryAnswer, QueryAsked, QueryStart } from './query-messages.ts';

export interface OpenedQueries extends PaymentQueries {
  close(): Promise<void>;
}

const THREAD_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** Opens the read model for questions: in a thread of its own on SQLite, on a connection of its own on PostgreSQL. Rejects with DatabaseUnavailable. */
export async function openQueries(source: ReadModelSource, businessDay: BusinessDaySettings, log: Log): Promise<OpenedQueries> {
  if (source.store === 'sqlite') return queriesInThread({ folder: source.folder, businessDay });
  const store = await openPostgresStore({ ...source.address, log });
  return { ...paymentQueries({ asked: store, clock: systemClock, businessDay }), close: () => store.close() };
}

type Waiting = PromiseWithResolvers<unknown>;

/** One question after the other; each is bounded, and so is what may wait. */
function queriesInThread(start: QueryStart): OpenedQueries {
  const worker = new Worker(new URL('./query-thread.ts', import.meta.url), {
    workerData: start,
    resourceLimits: THREAD_LIMITS,
    name: 'questions',
  });
  worker.unref();
  const waiting = new Map<number, Waiting>();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let asked = 0;
  let dead: string | undefined;
  worker.on('message', ({ id, value, failed }: QueryAnswer) => {
    const who = waiting.get(id);
    waiting.delete(id);
    if (failed === undefined) who?.resolve(value);
    else who?.reject(failed.kind === 'invalid' ? new FilterInvalid(failed.message) : unavailable(failed.message));
  });
  const fail = (reason: string): void => {
    dead = reason;
    for (const { reject } of waiting.values()) reject(unavailable(reason));
    waiting.clear();
  };
  worker.on('error', (error) => fail(error.message));
  worker.once('exit', () => fail('Its thread ended.'));
  const ask = (question: keyof PaymentQueries, values: readonly unknown[]): Promise<unknown> => {
    if (dead !== undefined) return Promise.reject(unavailable(dead));
    if (waiting.size >= WAITING_MAX) return Promise.reject(new DatabaseUnavailable('DATABASE_OVERLOADED', 'Too many questions wait.'));
    const id = ++asked;
    const who = Promise.withResolvers<unknown>();
    waiting.set(id, who);
    worker.postMessage({ id, question, values } satisfies QueryAsked);
    return who.promise;
  };
  const door = <Q extends keyof PaymentQueries>(question: Q): PaymentQueries[Q] =>
    ((...values: readonly unknown[]) => ask(question, values)) as PaymentQueries[Q];
  return {
    list: door('list'),
    payment: door('payment'),
    totals: door('totals'),
    totalsByDay: door('totalsByDay'),
    overview: door('overview'),
    counts: door('counts'),
    async close() {
      worker.postMessage('close');
      await ended;
    },
  };
}

const WAITING_MAX = 200;

function unavailable(message: string): DatabaseUnavailable {
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The read model does not answer: ${message}`);
}
