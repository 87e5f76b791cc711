import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** One transaction for each batch. */
const database = new DatabaseSync(workerData as string);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE events (id TEXT, seq INTEGER, body TEXT)');
const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?)');
parentPort?.on('message', ([number, rows]: [number, [string, number, string][]]) => {
  database.exec('BEGIN');
  for (const row of rows) insert.run(...row);
  database.exec('COMMIT');
  parentPort?.postMessage(number);
});
