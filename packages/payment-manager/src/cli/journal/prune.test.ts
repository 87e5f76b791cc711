import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { keyFingerprint } from '@payment-manager/credentials';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { type ExportedRecord, type Journal, openPostgresJournal, openSqliteJournal, type Verdict } from '@payment-manager/journal';
import { OPERATIONS_BODY_BYTES, pruneRoute, refuseOperations, serveRoutes } from '@payment-manager/operations/api';
import { journalPruner, KEPT_DAYS, removeExported, writeExport } from '@payment-manager/operations/retention';
import { addOldPayments, longAgo, oldPayment } from '@payment-manager/operations/test-payments';
import { type HttpHandler, recordedLog, startHttpServer, systemClock, systemTimers } from '@payment-manager/runtime';
import { pmIn } from '../../../test/command-line.ts';
import { nodeOptions } from '../node-options.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-cli-prune-'));
});
after(() => rm(folder, { recursive: true }));

const pm = (name: string, ...args: string[]) => pmIn(join(folder, name), args);
const prune = (name: string, ...more: string[]) => pm(name, 'prune', '--before', '2026-01-01', '--export', 'old.ndjson.gz', ...more);

async function verdictOf(name: string, ...more: string[]): Promise<Verdict & { exitCode: number; export?: Verdict }> {
  const { exitCode, text } = await pm(name, 'verify', '--json', ...more);
  return { exitCode, ...(JSON.parse(text) as Verdict) };
}

const open = (name: string): Promise<Journal> => openSqliteJournal({ file: join(folder, name, 'data', 'journal.db'), log: recordedLog() });

/** A DFSP's folder with its configuration and key. */
async function dfsp(name: string, extra = ''): Promise<void> {
  const own = join(folder, name);
  await mkdir(join(own, 'data'), { recursive: true });
  await writeFile(
    join(own, 'payment-manager.yaml'),
    `fspId: greenbank\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\nsandbox: true\njws: { sign: false, verify: false }\ninbound: { host: 127.0.0.1 }\n${extra}`,
  );
  await writeFile(join(own, 'data', 'journal.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
}

/** A stopped DFSP with `count` old payments, one that is still open and one of now. */
async function stopped(name: string, count: number): Promise<void> {
  await dfsp(name);
  const journal = await open(name);
  await addOldPayments(journal, 1, count);
  await journal.append({ ...(oldPayment(90_001)[0] as Parameters<Journal['append']>[0]) });
  for (const one of oldPayment(90_002, systemClock.now())) await journal.append(one);
  await journal.close();
}

describe('pm prune', () => {
  test('old payments at rest are exported and removed; what is open or young stays; the journal verifies, and proves the export', async () => {
    await stopped('good', 120);
    const dry = await pm('good', 'prune', '--before', '2026-01-01', '--dry-run');
    assert.deepEqual([dry.exitCode, /120 records with 240 events/.test(dry.text)], [0, true], dry.text);
    const messages = join(folder, 'good', 'data', 'messages');
    await mkdir(messages, { recursive: true });
    for (const day of ['2025-06-01', '2025-06-02', '2026-01-01']) await writeFile(join(messages, `${day}.0123abcd.pmm`), '');
    const { exitCode, text } = await prune('good');
    assert.equal(exitCode, 0, text);
    assert.match(text, /and the messages of 2 days/);
    assert.deepEqual(await readdir(messages), ['2026-01-01.0123abcd.pmm']);
    assert.match(text, /Exported.*old\.ndjson\.gz\n {2}120 records.*\n.*Pruned.* {2}120 records/);

    const lines = gunzipSync(await readFile(join(folder, 'good', 'old.ndjson.gz')))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const [header, first, last] = [lines[0], lines[1], lines.at(-1)].map((line) => JSON.parse(line ?? ''));
    assert.deepEqual([header.fspId, header.before, last], ['greenbank', '2026-01-01T00:00:00.000Z', { records: 120, events: 240 }]);
    const { recordId, updatedAt, claims, attention, events } = first;
    assert.deepEqual([recordId, updatedAt, attention], [oldPayment(1)[0]?.recordId, new Date(longAgo + 1_000).toISOString(), []]);
    assert.deepEqual(claims[0], { kind: 'idempotency-key', scope: 'outbound', value: 'key-1' });
    assert.deepEqual(
      events,
      oldPayment(1).flatMap((append) => append.events),
    );
    assert.equal((await stat(join(folder, 'good', 'old.ndjson.gz'))).mode & 0o777, 0o600);

    const verdict = await verdictOf('good', '--export', 'old.ndjson.gz');
    assert.deepEqual([verdict.exitCode, verdict.records, verdict.pruned.records, verdict.pruned.events], [0, 122, 120, 240]);
    assert.match(
      (await pm('good', 'verify', '--export', 'old.ndjson.gz')).text,
      /120 of the records were pruned.*\n.*120 of them pruned: proven/,
    );
    const journal = await open('good');
    assert.equal((await journal.openRecords(10)).length, 1);
    assert.equal(await journal.findByClaim({ kind: 'idempotency-key', scope: 'outbound', value: 'key-7' }), oldPayment(7)[0]?.recordId);
    await journal.close();
  });

  test('run once more it changes nothing; a backup of the pruned journal restores and verifies', async () => {
    const again = JSON.parse((await prune('good', '--json')).text);
    assert.deepEqual([again.resumed, again.pruned, again.prunedBefore, again.kept], [true, 0, 120, 0]);
    const other = await pm('good', 'prune', '--before', '2026-01-01', '--export', 'none.ndjson.gz', '--json');
    assert.deepEqual([JSON.parse(other.text).records, JSON.parse(other.text).pruned], [0, 0]);
    assert.equal((await pm('good', 'backup', 'pruned.backup')).exitCode, 0);
    assert.equal((await pm('good', 'restore', 'pruned.backup', '--yes')).exitCode, 0);
    const verdict = await verdictOf('good', '--export', 'old.ndjson.gz');
    assert.deepEqual([verdict.exitCode, verdict.pruned.records], [0, 120]);
  });

  test('an export that was altered is not proven', async () => {
    const text = gunzipSync(await readFile(join(folder, 'good', 'old.ndjson.gz'))).toString('utf8');
    await writeFile(join(folder, 'good', 'altered.gz'), gzipSync(text.replace('"amount":"25"', '"amount":"26"')));
    const altered = await pm('good', 'verify', '--export', 'altered.gz');
    assert.equal(altered.exitCode, 1, altered.text);
    assert.match(altered.text, /EXPORT_DIFFERS {2}Record 00000000-0000-4000-8000-000000000001/);
    const pruned = await pm('good', 'prune', '--before', '2026-01-01', '--export', 'altered.gz');
    assert.deepEqual([pruned.exitCode, /Nothing was removed/.test(pruned.text)], [1, true], pruned.text);
  });

  test('an export goes into a file of its own: never through a link that somebody put in its place', async () => {
    const [file, victim] = [join(folder, 'linked.ndjson.gz'), join(folder, 'victim')];
    await writeFile(victim, 'precious');
    await symlink(victim, `${file}.part`);
    await writeExport(file, { fspId: 'greenbank', before: '2026-01-01T00:00:00.000Z', madeAt: '' }, (async function* () {})());
    assert.equal(await readFile(victim, 'utf8'), 'precious');
    assert.ok((await lstat(file)).isFile());
  });

  test('killed while it exports: the half file is not an export, and is made anew', async () => {
    await stopped('half', 30);
    const journal = await open('half');
    await assert.rejects(
      writeExport(join(folder, 'half', 'old.ndjson.gz'), { fspId: 'greenbank', before: '2026-01-01T00:00:00.000Z', madeAt: '' }, broken()),
    );
    await journal.close();
    assert.deepEqual(
      [existsSync(join(folder, 'half', 'old.ndjson.gz')), existsSync(join(folder, 'half', 'old.ndjson.gz.part'))],
      [false, true],
    );
    assert.equal((await prune('half')).exitCode, 0);
    assert.equal(JSON.parse((await prune('half', '--json')).text).prunedBefore, 30);
  });

  test('killed while it removes: both are there, and the same command ends it', async () => {
    await stopped('killed', 120);
    await copyFile(join(folder, 'killed', 'data', 'journal.db'), join(folder, 'killed', 'before.db'));
    assert.equal((await prune('killed')).exitCode, 0);
    await copyFile(join(folder, 'killed', 'before.db'), join(folder, 'killed', 'data', 'journal.db'));
    const journal = await open('killed');
    const pruner = journalPruner(journal, systemClock);
    let calls = 0;
    const dying = removeExported(
      join(folder, 'killed', 'old.ndjson.gz'),
      async (wishes) => {
        if (++calls === 2) throw new Error('killed');
        return pruner(wishes);
      },
      () => {},
    );
    await assert.rejects(dying, /killed/);
    // one of those that were exported is heard of again
    const [, last] = oldPayment(119);
    await journal.append({
      ...(last as Parameters<Journal['append']>[0]),
      expectedVersion: 2,
      events: [{ type: 'confirmed', at: longAgo + 200_000 }],
    });
    await journal.close();
    assert.equal((await verdictOf('killed', '--export', 'old.ndjson.gz')).exitCode, 0);
    const ended = JSON.parse((await prune('killed', '--json')).text);
    assert.deepEqual([ended.resumed, ended.pruned, ended.prunedBefore, ended.kept], [true, 69, 50, 1]);
    const verdict = await verdictOf('killed', '--export', 'old.ndjson.gz');
    assert.deepEqual([verdict.exitCode, verdict.pruned.records], [0, 119]);
  });

  test('killed with SIGKILL as it exports, and as it removes: run again, each payment is in the export and pruned once', async () => {
    await stopped('sigkill', 10_000);
    const [own, args] = [join(folder, 'sigkill'), ['prune', '--before', '2026-01-01', '--export', 'old.ndjson.gz', '--json']];
    const run = (): { child: ChildProcess; ended: Promise<{ signal: string | null; text: string }> } => {
      const child = spawn(process.execPath, [...nodeOptions, main, ...args], { cwd: own, stdio: ['ignore', 'pipe', 'ignore'] });
      let text = '';
      child.stdout.on('data', (chunk) => (text += chunk));
      return { child, ended: new Promise((resolve) => child.once('close', (_, signal) => resolve({ signal, text }))) };
    };
    const exporting = (): boolean => existsSync(join(own, 'old.ndjson.gz.part'));
    const removing = (): boolean => prunedIn(join(own, 'data', 'journal.db')) > 0;
    for (const begun of [exporting, removing]) {
      const { child, ended } = run();
      while (child.exitCode === null && !begun()) await new Promise<void>((resolve) => systemTimers.after(2, resolve));
      child.kill('SIGKILL');
      assert.equal((await ended).signal, 'SIGKILL', 'it was not done yet');
      const verdict = await verdictOf('sigkill');
      assert.deepEqual([verdict.exitCode, verdict.records, verdict.pruned.records > 0], [0, 10_002, begun === removing]);
    }
    const { pruned, prunedBefore, kept } = JSON.parse((await run().ended).text);
    assert.deepEqual([pruned + prunedBefore, kept], [10_000, 0]);
    const verdict = await verdictOf('sigkill', '--export', 'old.ndjson.gz');
    assert.deepEqual([verdict.exitCode, verdict.pruned.records, verdict.pruned.events], [0, 10_000, 20_000]);
  });

  test('what is young, a foreign or damaged file, and missing arguments are refused, and nothing is removed', async () => {
    await stopped('refused', 10);
    const young = new Date(systemClock.now() - (KEPT_DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
    const tooYoung = await pm('refused', 'prune', '--before', young, '--export', 'x.gz');
    assert.deepEqual([tooYoung.exitCode, /last 7 days are never pruned/.test(tooYoung.text)], [64, true], tooYoung.text);
    for (const before of ['2025-13-01', 'yesterday', ''])
      assert.equal((await pm('refused', 'prune', '--before', before, '--dry-run')).exitCode, 64);
    assert.equal((await pm('refused', 'prune', '--before', '2026-01-01')).exitCode, 64);
    assert.equal((await pm('refused', 'prune', '--before', '2026-01-01', '--export', 'no/folder/x.gz')).exitCode, 78);
    await writeFile(join(folder, 'refused', 'notes.txt'), 'my notes');
    assert.equal((await pm('refused', 'prune', '--before', '2026-01-01', '--export', 'notes.txt')).exitCode, 78);
    assert.equal(await readFile(join(folder, 'refused', 'notes.txt'), 'utf8'), 'my notes');
    await copyFile(join(folder, 'good', 'old.ndjson.gz'), join(folder, 'refused', 'other.gz'));
    const otherDay = await pm('refused', 'prune', '--before', '2025-12-01', '--export', 'other.gz');
    assert.deepEqual([otherDay.exitCode, /is the export of greenbank before 2026-01-01/.test(otherDay.text)], [78, true], otherDay.text);
    const whole = await readFile(join(folder, 'good', 'old.ndjson.gz'));
    await truncate(join(folder, 'refused', 'other.gz'), whole.length - 40);
    const cutOff = await pm('refused', 'prune', '--before', '2026-01-01', '--export', 'other.gz');
    assert.deepEqual([cutOff.exitCode, /is not a whole export/.test(cutOff.text)], [78, true], cutOff.text);
    const lines = gunzipSync(whole).toString('utf8').split('\n');
    await writeFile(join(folder, 'refused', 'less.gz'), gzipSync(lines.toSpliced(3, 1).join('\n')));
    assert.match((await pm('refused', 'prune', '--before', '2026-01-01', '--export', 'less.gz')).text, /it has 119 records and says 120/);
    assert.equal((await verdictOf('refused')).pruned.records, 0);
  });

  test('a product that runs is asked to do it, a few at a time', async (t) => {
    await dfsp('running');
    const journal = await open('running');
    t.after(() => journal.close());
    await addOldPayments(journal, 1, 120);
    let requests = 0;
    const serve = serveRoutes([pruneRoute(journalPruner(journal, systemClock))], true);
    const handler: HttpHandler = (request) => {
      requests += 1;
      return serve(request);
    };
    const server = await startHttpServer(
      { host: '127.0.0.1', port: 0, handler, maxBodyBytes: OPERATIONS_BODY_BYTES, refuse: refuseOperations },
      recordedLog(),
    );
    t.after(() => server.close(0));
    await dfsp('running', 'operations: { port: 0 }\n');
    const nowhere = await prune('running');
    assert.deepEqual([nowhere.exitCode, /--url/.test(nowhere.text)], [64, true], nowhere.text);
    const { exitCode, text } = await prune('running', '--url', server.url);
    assert.equal(exitCode, 0, text);
    assert.equal(requests, 3);
    const verdict = await verdictOf('running', '--export', 'old.ndjson.gz');
    assert.deepEqual([verdict.exitCode, verdict.pruned.records], [0, 120]);
  });
});

describe('pm prune on PostgreSQL', () => {
  let server: TestPostgres;
  before(async () => {
    server = await startTestPostgres();
  });
  after(() => server.stop());

  test('beside the replicas: payments go on meanwhile, and the journal and the export verify', async () => {
    const key = new Uint8Array(32).fill(0xab);
    const sharedBy = { fspId: 'greenbank', 'journal.key': keyFingerprint(key) };
    const replica = (replicaId: string) =>
      openPostgresJournal({ url: server.url, replicaId, sharedBy, log: recordedLog(), onFatal: assert.fail, schema: 'pruned' });
    const [a, b] = [await replica('a'), await replica('b')];
    await addOldPayments(a, 1, 400);
    await dfsp('postgres', `journal: { store: postgres, postgresUrl: '${server.url}', postgresSchema: pruned }\n`);
    let [running, paid] = [true, 0];
    const paying = (async () => {
      for (let n = 50_000; running; n++) {
        for (const one of oldPayment(n, systemClock.now())) assert.equal((await (n % 2 ? a : b).append(one)).kind, 'appended');
        paid += 1;
      }
    })();
    const { exitCode, text } = await prune('postgres');
    running = false;
    await paying;
    assert.equal(exitCode, 0, text);
    assert.ok(paid > 0);
    const verdict = await verdictOf('postgres', '--export', 'old.ndjson.gz');
    assert.deepEqual([verdict.exitCode, verdict.problems, verdict.pruned.records, verdict.records], [0, [], 400, 400 + paid]);
    await Promise.all([a.close(), b.close()]);
  });
});

function prunedIn(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  const { count } = db.prepare('SELECT count(*) AS count FROM records WHERE pruned > 0').get() as { count: number };
  db.close();
  return count;
}

/** A journal that fails after a page. */
async function* broken(): AsyncGenerator<readonly ExportedRecord[]> {
  yield [];
  throw new Error('killed');
}
