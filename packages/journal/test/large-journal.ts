/**
 * Makes a journal of many payments at rest, for measurements:
 *
 * `node packages/journal/test/large-journal.ts FILE RECORDS`
 *
 * Each payment has eight events of some 450 bytes in six appends, and two claims; a batch has twenty appends, and 200 payments
 * are under way at once. Nothing is synced: it is as quick as the disk takes it, and of no use after a power failure.
 */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { encodeAppend } from '../src/append-op.ts';
import type { Append } from '../src/journal.ts';
import { migrations, operations } from '../src/sqlite-script.ts';

const appendsPerBatch = 20;
const underWay = 200;
/** Numbers of events in the appends of a payment. */
const steps = [1, 2, 1, 1, 2, 1];
const begin = Date.UTC(2025, 0, 1);
const note = 'x'.repeat(390);

const [file, count] = process.argv.slice(2);
if (file === undefined || existsSync(file) || !Number.isSafeInteger(Number(count)))
  throw new Error('say a file that is not there, and how many records: node packages/journal/test/large-journal.ts FILE RECORDS');
make(file, Number(count));

function make(path: string, records: number): void {
  const db = new DatabaseSync(path);
  db.exec(
    'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 20000',
  );
  migrations.forEach((migration, index) => {
    if (typeof migration === 'string') db.exec(migration);
    else migration(db);
    db.exec(`PRAGMA user_version = ${index + 1}`);
  });
  const { beginBatch, write, endBatch } = operations(db);
  let inBatch = 0;
  for (const append of appends(records)) {
    if (inBatch === 0) {
      db.exec('BEGIN');
      beginBatch();
    }
    write(encodeAppend(append).op);
    inBatch = (inBatch + 1) % appendsPerBatch;
    if (inBatch > 0) continue;
    endBatch();
    db.exec('COMMIT');
  }
  if (inBatch > 0) {
    endBatch();
    db.exec('COMMIT');
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

/** The appends of all payments, those under way in turn. */
function* appends(records: number): Iterable<Append> {
  for (let first = 0; first < records; first += underWay) {
    const group = Math.min(underWay, records - first);
    let version = 0;
    for (const [step, events] of steps.entries()) {
      for (let n = first; n < first + group; n++) yield appendOf(n, version, events, step === steps.length - 1);
      version += events;
    }
  }
}

function appendOf(n: number, version: number, count: number, last: boolean): Append {
  const recordId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const at = begin + n * 100;
  const ids = [recordId, `q-${n}`].map((value) => ({ kind: 'id', scope: '', value }));
  return {
    recordId,
    kind: 'payer',
    label: recordId,
    expectedVersion: version,
    events: Array.from({ length: count }, (_, index) => ({ type: `event-${version + index + 1}`, at: at + version + index, note })),
    claims: version === 0 ? ids : [],
    open: !last,
    attention: [],
  };
}
