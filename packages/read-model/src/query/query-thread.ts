/** The thread that answers questions on SQLite, so that no payment waits for one. Started by `openQueries`. */
import { parentPort, workerData } from 'node:worker_threads';
import { giveMemoryBackWhenQuiet, systemClock } from '@payment-manager/runtime';
import { readSqliteStore } from '../store/sqlite-store.ts';
import { paymentQueries } from './queries.ts';
import type { QueryAnswer, QueryAsked, QueryStart } from './query-messages.ts';

const port = parentPort;
if (!port) throw new Error('this module runs in a worker thread only');
const { folder, businessDay } = workerData as QueryStart;
const reader = readSqliteStore(folder);
giveMemoryBackWhenQuiet();

port.on('message', (asked: QueryAsked | 'close') => {
  if (asked === 'close') {
    reader.close();
    port.close();
    return;
  }
  void answer(asked).then((answered) => port.postMessage(answered));
});

async function answer({ id, question, values }: QueryAsked): Promise<QueryAnswer> {
  try {
    const tables = reader.current();
    if (tables === undefined) return { id, failed: { kind: 'missing', message: 'There are no rows yet.' } };
    const queries = paymentQueries({ asked: tables, clock: systemClock, businessDay });
    const ask = queries[question] as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, value: await ask(...values) };
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    const invalid = code === 'FILTER_INVALID' || error instanceof RangeError;
    return { id, failed: { kind: invalid ? 'invalid' : 'failed', message } };
  }
}
