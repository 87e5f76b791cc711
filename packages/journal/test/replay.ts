/**
 * What a payment costs the journal: recorded batches (`recorded-payments.ts`) are stored again and again, with fsync, in a journal that has many payments already.
 *
 *   node packages/journal/test/replay.ts sqlite|postgres [payer|payee] [payments, default 4000] [payments before, default 20000]
 *
 * SQLite: CPU of the thread that owns the database, pages written to its log, bytes on the disk by table and index. PostgreSQL: CPU of the server,
 * bytes of its log, bytes by table and index. One writer; what crosses between threads and the work of other threads are not in it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchCommit, openSqliteFile } from '@payment-manager/database/test-store';
import { encodeAppend } from '../src/append-op.ts';
import { viewSqliteJournal } from '../src/chain/sqlite-view.ts';
import { eventsAfter, JOURNAL_START } from '../src/follow/events-after.ts';
import { migrations, operations } from '../src/sqlite-script.ts';
import { recordedBatches, type Side } from './recorded-payments.ts';
import { type Figures, replayPostgres } from './replay-postgres.ts';

const [store = 'sqlite', side = 'payer', payments = '4000', before = '20000'] = process.argv.slice(2);
const figures = await (store === 'postgres' ? replayPostgres : replaySqlite)(side as Side, Number(before), Number(payments));
const total = [...figures.bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
console.log(
  `${store}, ${side}: ${figures.cpuUs.toFixed(0)} µs of CPU, ${figures.log}, ${total.toFixed(0)} bytes on the disk for each of ${payments} payments after ${before}`,
);
for (const [name, bytes] of figures.bytes) console.log(`  ${name.padEnd(40)} ${bytes.toFixed(0).padStart(6)}`);

async function replaySqlite(of: Side, first: number, count: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const { db, close } = openSqliteFile(join(folder, 'journal.db'), migrations);
  const commit = batchCommit(db, operations(db));
  const store = (batch: readonly unknown[]): void => {
    const result = commit(batch);
    if (
      result.kind === 'failed' ||
      result.failures !== undefined ||
      result.results.some((reply) => typeof (reply as unknown[])[0] !== 'number')
    )
      throw new Error(`a batch was not stored: ${JSON.stringify(result)}`);
  };
  const encoded = (from: number, many: number) =>
    [...recordedBatches(of, from, many)].map((appends) => appends.map((append) => encodeAppend(append).op));
  db.exec('PRAGMA synchronous = OFF');
  for (let at = 0; at < first; at += 2_000) for (const batch of encoded(at, Math.min(2_000, first - at))) store(batch);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
  // checkpoints come after as many pages as in the product, by hand, since they tell how many there were
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const begun = db.prepare('SELECT count(*) AS n FROM chain').get() as { n: number };
  let [cpuUs, pages, sinceCheckpoint] = [0, 0, 0];
  const timed = (work: () => void): void => {
    const start = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(start);
    cpuUs += user + system;
  };
  for (let done = 0, every = 250, many = 0; done < count; done += many) {
    many = Math.min(every, count - done);
    const batches = encoded(first + done, many);
    timed(() => {
      for (const batch of batches) store(batch);
      sinceCheckpoint = Number((checkpoint.get() as { log: number }).log);
    });
    pages += sinceCheckpoint;
    every = Math.round(Math.min(1_000, (4_000 * many) / sinceCheckpoint));
  }
  const { n } = db.prepare('SELECT count(*) AS n FROM chain').get() as { n: number };
  const rows = db.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC').all();
  const following = await followed(join(folder, 'journal.db'), first + count);
  close();
  rmSync(folder, { recursive: true });
  const bytes = new Map(rows.map(({ name, bytes: of }) => [String(name), Number(of) / (first + count)]));
  return {
    cpuUs: cpuUs / count,
    log: `${(pages / count).toFixed(1)} pages of the log in ${((n - begun.n) / count).toFixed(2)} batches, ${following.toFixed(0)} µs to follow`,
    bytes,
  };
}

/** CPU of reading all of it after positions, in pages of 500. */
async function followed(file: string, payments: number): Promise<number> {
  const view = viewSqliteJournal(file);
  const start = process.threadCpuUsage();
  for (let position = JOURNAL_START, more = true; more; ) {
    const page = await eventsAfter(view, position, 500);
    if (page === 'not-followed') throw new Error('the journal is another one');
    ({ position, more } = page);
  }
  const { user, system } = process.threadCpuUsage(start);
  await view.close();
  return (user + system) / payments;
}
