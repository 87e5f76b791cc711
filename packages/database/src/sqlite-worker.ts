/** The thread that owns a database, or the few that share it: the only code that touches them. Started by `sqliteThread`. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { giveMemoryBackWhenQuiet } from '@payment-manager/runtime/give-memory-back';
import { batchCommit } from './batch-commit.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { isDiskFailure, messageOf, sqliteErrorName } from './sqlite-errors.ts';
import { openSqliteFile } from './sqlite-file.ts';
import type { StoreScript } from './store-script.ts';
import type { Batch, FromWorker, OpenFile, Question, Settled, ToThread } from './worker-protocol.ts';

const thread = parentPort;
if (!thread) throw new Error('this module runs in a worker thread only');

thread.on('message', (message: ToThread) => {
  // it ends by itself when the last line is closed
  if (message === 'last') thread.close();
  else void open(message);
});
giveMemoryBackWhenQuiet();

async function open({ file, script, port }: OpenFile): Promise<void> {
  const tell = (message: FromWorker): void => port.postMessage(message);
  try {
    const { migrations, operations } = (await import(script)) as StoreScript;
    serve(port, openSqliteFile(file, migrations), operations, tell);
    tell({ kind: 'opened' });
  } catch (error) {
    const code = error instanceof DatabaseUnavailable ? error.code : 'DATABASE_OPEN_FAILED';
    tell({ kind: 'failed', failure: { code, message: messageOf(error) } });
    port.close();
  }
}

function serve(
  port: MessagePort,
  opened: ReturnType<typeof openSqliteFile>,
  operations: StoreScript['operations'],
  tell: (message: FromWorker) => void,
): void {
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
