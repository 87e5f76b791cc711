/** The thread that owns the database: the only code that touches it. Started by `openSqlite`. */
import { parentPort, workerData } from 'node:worker_threads';
import { batchCommit } from './batch-commit.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { isDiskFailure, messageOf, sqliteErrorName } from './sqlite-errors.ts';
import { openSqliteFile } from './sqlite-file.ts';
import type { StoreScript } from './store-script.ts';
import type { Batch, FromWorker, Question, Settled, WorkerStart } from './worker-protocol.ts';

const port = parentPort;
if (!port) throw new Error('this module runs in a worker thread only');
const tell = (message: FromWorker): void => port.postMessage(message);

try {
  const { file, script } = workerData as WorkerStart;
  const { migrations, operations } = (await import(script)) as StoreScript;
  const opened = openSqliteFile(file, migrations);
  const store = operations(opened.db);
  const commit = batchCommit(opened.db, store);
  port.on('message', (batch: Batch | 'close') => {
    if (batch === 'close') {
      opened.close();
      port.close();
      return;
    }
    if (batch.questions.length > 0) tell({ kind: 'answers', answers: batch.questions.map((question) => answer(store.read, question)) });
    if (batch.writes.length > 0) tell(commit(batch.writes));
  });
  tell({ kind: 'opened' });
} catch (error) {
  const code = error instanceof DatabaseUnavailable ? error.code : 'DATABASE_OPEN_FAILED';
  tell({ kind: 'failed', failure: { code, message: messageOf(error) } });
  port.close();
}

function answer(read: Readonly<Record<string, (args: never) => unknown>>, [name, args]: Question): Settled {
  try {
    const question = read[name];
    if (!question) throw new TypeError(`there is no question ${name}`);
    return { value: question(args as never) };
  } catch (error) {
    const code = isDiskFailure(sqliteErrorName(error)) ? 'DATABASE_FAILED' : 'DATABASE_OPERATION_FAILED';
    return { failure: { code, message: `A question (${name}) failed: ${messageOf(error)}.` } };
  }
}
