import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import type * as Ledger from '../test/ledger-script.ts';
import type { DatabaseUnavailable } from './database-unavailable.ts';
import { type OpenSqliteOptions, openSqlite } from './open-sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-database-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `data-${++files}`, 'ledger.db');
const script = new URL('../test/ledger-script.ts', import.meta.url);
const openLedger = (file: string, more: Partial<OpenSqliteOptions> = {}) =>
  openSqlite<typeof Ledger>({ file, script, log: recordedLog(), ...more });
const code = (expected: string) => (error: unknown) => (error as DatabaseUnavailable).code === expected;

test('a store is durable: WAL, and synchronous=FULL as the database itself says', async () => {
  const store = await openLedger(newFile());
  assert.equal(await store.read('pragma', 'journal_mode'), 'wal');
  assert.equal(await store.read('pragma', 'synchronous'), 2);
  assert.equal(await store.read('pragma', 'foreign_keys'), 1);
  await store.close();
});

test('only the owner can read the file and its folder', async () => {
  const file = newFile();
  const store = await openLedger(file);
  await store.write(['add', 'one']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  for (const suffix of ['-wal', '-shm', '.lock', '.owner']) assert.equal(statSync(file + suffix).mode & 0o777, 0o600, suffix);
  assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
  await store.close();
});

test('a second opener of the same file is refused, told which file, and gets it after the first has closed', async () => {
  const file = newFile();
  const first = await openLedger(file);
  await assert.rejects(openLedger(file), (error: DatabaseUnavailable) => {
    assert.equal(error.code, 'DATABASE_IN_USE');
    assert.ok(error.message.includes(file) && error.message.includes(`process ${process.pid}`), error.message);
    return true;
  });
  assert.equal(await first.write(['add', 'still ours']), 1);
  await first.close();
  const second = await openLedger(file);
  assert.deepEqual(await second.read('names', undefined as never), ['still ours']);
  await second.close();
});

test('a database in use can be read by others, and shows what is committed', async () => {
  const file = newFile();
  const store = await openLedger(file);
  await store.write(['add', 'a']);
  const reader = new DatabaseSync(file, { readOnly: true });
  const names = () =>
    reader
      .prepare('SELECT name FROM entries')
      .all()
      .map(({ name }) => name);
  assert.deepEqual(names(), ['a']);
  await store.write(['add', 'b']);
  assert.deepEqual(names(), ['a', 'b']);
  reader.close();
  await store.write(['add', 'c']);
  await store.close();
});

test('migrations are run once, and a file of a newer program is refused untouched', async () => {
  const file = newFile();
  await (await openLedger(file)).close();
  const again = await openLedger(file);
  assert.equal(await again.read('pragma', 'user_version'), 2);
  await again.close();
  const raw = new DatabaseSync(file);
  raw.exec('PRAGMA user_version = 3');
  raw.close();
  await assert.rejects(openLedger(file), code('DATABASE_NEWER'));
});

test('what is no database is refused and not overwritten', async () => {
  const file = newFile();
  await (await openLedger(file)).close();
  const text = 'these are not the bytes of a database. '.repeat(100);
  writeFileSync(file, text);
  await assert.rejects(openLedger(file), code('DATABASE_OPEN_FAILED'));
  assert.equal(readFileSync(file, 'utf8'), text);
});

test('an operation that throws fails alone and leaves nothing; the rest of its batch is stored', async () => {
  const store = await openLedger(newFile());
  const results = await Promise.allSettled([
    store.write(['add', 'a']),
    store.write(['add-then-throw', 'b']),
    store.write(['add', 'a']),
    store.write(['add-then-throw', 'a']),
    store.write(['add', 'c']),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code)),
    [1, 'DATABASE_OPERATION_FAILED', 'taken', 'DATABASE_OPERATION_FAILED', 2],
  );
  assert.deepEqual(await store.read('names', undefined as never), ['a', 'c']);
  await store.close();
});

test('a full disk fails the batch whole, and the store goes on when there is room again', async () => {
  const store = await openLedger(newFile());
  const pages = Number(await store.read('pragma', 'page_count'));
  await store.write(['limit-pages', String(pages + 2)]);
  const lost = await Promise.allSettled([store.write(['add', 'small']), store.write(['add', 'large', 'x'.repeat(100_000)])]);
  assert.deepEqual(
    lost.map((result) => result.status === 'rejected' && result.reason.code),
    ['DATABASE_FULL', 'DATABASE_FULL'],
  );
  assert.deepEqual(await store.read('names', undefined as never), []);
  await store.write(['limit-pages', '100000']);
  assert.equal(await store.write(['add', 'small']), 1);
  await store.close();
});

test('after a disk error everything that waits is refused, and the process is told to exit, once', async () => {
  const fatal: DatabaseUnavailable[] = [];
  const store = await openLedger(newFile(), { onFatal: (error) => fatal.push(error) });
  const failed = store.write(['disk-error', '']);
  await Promise.resolve();
  const waiting = store.write(['add', 'later']);
  await assert.rejects(failed, code('DATABASE_FAILED'));
  await assert.rejects(waiting, code('DATABASE_FAILED'));
  await assert.rejects(store.write(['add', 'after']), code('DATABASE_FAILED'));
  await assert.rejects(store.read('pragma', 'synchronous'), code('DATABASE_FAILED'));
  assert.deepEqual(
    fatal.map((error) => error.code),
    ['DATABASE_FAILED'],
  );
  await store.close();
});

test('when the thread dies, nothing waits for ever and the process is told to exit', async () => {
  const fatal: DatabaseUnavailable[] = [];
  const store = await openLedger(newFile(), { onFatal: (error) => fatal.push(error) });
  await assert.rejects(store.write(['die', '']), code('DATABASE_FAILED'));
  assert.equal(fatal.length, 1);
});

test('too much that waits is refused at once; what waited is stored', async () => {
  const store = await openLedger(newFile(), { maxWaiting: 3 });
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => store.write(['add', name])));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
  );
  assert.equal(store.waiting, 0);
  assert.equal(await store.write(['add', 'e']), 4);
  await store.close();

  const bounded = await openLedger(newFile(), { maxWaitingBytes: 1_000 });
  const large = bounded.write(['add', 'large'], 1_000);
  await assert.rejects(bounded.write(['add', 'more'], 1), code('DATABASE_OVERLOADED'));
  await large;
  assert.equal(await bounded.write(['add', 'more'], 1), 2);
  await bounded.close();
});

test('closing finishes what was asked, and refuses what comes after', async () => {
  const file = newFile();
  const store = await openLedger(file);
  const written = ['a', 'b', 'c'].map((name) => store.write(['add', name]));
  const closed = store.close();
  await assert.rejects(store.write(['add', 'd']), code('DATABASE_CLOSED'));
  assert.deepEqual(await Promise.all(written), [1, 2, 3]);
  await closed;
  const again = await openLedger(file);
  assert.deepEqual(await again.read('names', undefined as never), ['a', 'b', 'c']);
  await again.close();
});

test('shared databases have one thread, each with its own file, failures and end', async () => {
  const threads = () => readdirSync('/proc/self/task').length;
  const own = await openLedger(newFile());
  const none = threads();
  const [first, second] = await Promise.all([openLedger(newFile(), { shared: true }), openLedger(newFile(), { shared: true })]);
  if (process.platform === 'linux') assert.equal(threads(), none + 1);
  await Promise.all([first.write(['add', 'a']), second.write(['add', 'b'])]);
  const file = newFile();
  mkdirSync(file, { recursive: true });
  await assert.rejects(openLedger(file, { shared: true }), code('DATABASE_OPEN_FAILED'));
  await first.close();
  assert.deepEqual(await second.read('names', undefined as never), ['b']);
  await second.close();
  const again = await openLedger(newFile(), { shared: true });
  assert.equal(await again.write(['add', 'c']), 1);
  await again.close();
  await own.close();
});

test('the death of the shared thread is told to each that is open, and the next begins another', async () => {
  const told: string[] = [];
  const hear: (() => void)[] = [];
  const onFatal = (name: string) => (error: DatabaseUnavailable) => {
    told.push(`${name} ${error.code}`);
    if (name === 'second') hear.pop()?.();
  };
  const open = (name: string) => openLedger(newFile(), { shared: true, onFatal: onFatal(name) });
  const [first, second, closed] = [await open('first'), await open('second'), await open('closed')];
  await closed.close();
  const died = new Promise<void>((resolve) => void hear.push(resolve));
  const unheard = (error: unknown) => assert.ok(code('DATABASE_FAILED')(error), String(error));
  // the answer and the death come by two ways, of which neither waits for the other: what dies in between, nobody knows of
  await first.write(['crash', 'a']).catch(unheard);
  await died;
  await assert.rejects(second.write(['add', 'late']), code('DATABASE_FAILED'));
  assert.deepEqual(told.sort(), ['first DATABASE_FAILED', 'second DATABASE_FAILED']);
  const next = await open('next');
  assert.equal(await next.write(['add', 'a']), 1);
  await Promise.all([first.close(), second.close(), next.close()]);
  assert.equal(told.length, 2);
});
