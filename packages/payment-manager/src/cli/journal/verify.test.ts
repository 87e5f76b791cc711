import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { anchorOf, type Journal, openPostgresJournal, openSqliteJournal, type Verdict } from '@payment-manager/journal';
import { fileTarget } from '@payment-manager/operations/anchor';
import { recordedLog } from '@payment-manager/runtime';
import { pmIn } from '../../../test/command-line.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-cli-verify-'));
});
after(() => rm(folder, { recursive: true }));

const pm = (name: string, ...args: string[]) => pmIn(join(folder, name), args);

/** A DFSP's folder with its configuration; resolves with the path of its embedded journal. */
async function dfsp(name: string, extra = ''): Promise<string> {
  await mkdir(join(folder, name, 'data'), { recursive: true });
  await writeFile(
    join(folder, name, 'payment-manager.yaml'),
    `fspId: greenbank\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\nsandbox: true\njws: { sign: false, verify: false }\ninbound: { host: 127.0.0.1 }\n${extra}`,
  );
  return join(folder, name, 'data', 'journal.db');
}

/** Payments that went through. */
async function pay(journal: Journal, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) {
    const about = { recordId: `record-${n}`, kind: 'payer', label: `payment-${n}`, attention: [] };
    const claims = [{ kind: 'transferId', scope: '', value: `payment-${n}` }];
    await journal.append({ ...about, expectedVersion: 0, events: [{ type: 'begun', at: n }], open: true, claims });
    await journal.append({ ...about, expectedVersion: 1, events: [{ type: 'completed', at: n }], open: false });
  }
}

async function anchor(journal: Journal, file: string): Promise<void> {
  const heads = await journal.chainHeads?.();
  assert.ok(heads);
  await fileTarget(file).keep(JSON.stringify({ fspId: 'greenbank', ...anchorOf(heads, '2026-11-24T10:00:00.000Z') }));
}

function alter(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

const open = (file: string) => openSqliteJournal({ file, log: recordedLog() });

describe('pm verify', () => {
  test('a journal in use, one that is stopped, and a backup are verified; without anchors it says what that does not prove', async () => {
    const file = await dfsp('good');
    await writeFile(join(folder, 'good', 'data', 'journal.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    const journal = await open(file);
    await pay(journal, 1, 3);
    const running = await pm('good', 'verify');
    assert.equal(running.exitCode, 0, running.text);
    assert.match(running.text, /Verified.*journal\.db\n {2}3 records, 6 events, 3 claims in 6 batches of 1 writer/);
    assert.match(running.text, /No anchors were given: a journal that was rewritten/);
    await journal.close();
    assert.equal((await pm('good', 'verify')).exitCode, 0);
    assert.equal((await pm('good', 'backup', 'a.backup')).exitCode, 0);
    const backup = await pm('good', 'verify', '--file', 'a.backup');
    assert.deepEqual([backup.exitCode, /3 records/.test(backup.text)], [0, true], backup.text);
  });

  test('what was tampered with is exit code 1, and names the record, the event and the batch', async () => {
    const file = await dfsp('tampered');
    const journal = await open(file);
    await pay(journal, 1, 3);
    await journal.close();
    alter(file, `UPDATE events SET body = replace(body, 'completed', 'aborted') WHERE type = 'completed' AND at = 2`);
    const found = await pm('tampered', 'verify');
    assert.equal(found.exitCode, 1, found.text);
    assert.match(found.text, /EVENT_ALTERED {2}Event 2 of record record-2 \(payment-2\) was changed\.\n {2}batch 4 of writer 1/);
    const machine = await pm('tampered', 'verify', '--json');
    const verdict = JSON.parse(machine.text) as Verdict & { journal: string; tookMs: number };
    assert.deepEqual([machine.exitCode, verdict.problems.length, verdict.complete], [1, 1, true]);
    const { code, recordId, event, batch } = verdict.problems[0] ?? {};
    assert.deepEqual([code, recordId, event, batch?.number], ['EVENT_ALTERED', 'record-2', 2, 4]);
    assert.deepEqual([verdict.journal, verdict.records], [file, 3]);
  });

  test('anchors prove it up to the last one, and tell how much was written since', async () => {
    const anchors = join(folder, 'kept.anchors');
    const file = await dfsp('anchored', `journal: { anchor: { file: '${anchors}' } }\n`);
    const journal = await open(file);
    await pay(journal, 1, 2);
    await anchor(journal, anchors);
    await pay(journal, 3, 3);
    await journal.close();
    const byConfiguration = await pm('anchored', 'verify');
    assert.equal(byConfiguration.exitCode, 0, byConfiguration.text);
    assert.match(byConfiguration.text, /It matches 1 anchors, the last one of 2026-11-24T10:00:00\.000Z; .*2 batches, 2 events\./);
    await appendFile(anchors, 'damaged\n');
    const verdict = JSON.parse((await pm('anchored', 'verify', '--json')).text);
    assert.deepEqual([verdict.anchorsFile, verdict.unreadableAnchors, verdict.tail.batches], [anchors, 1, 2]);
  });

  test('a journal that was rewritten from end to end verifies by itself, and not by its anchors', async () => {
    const anchors = join(folder, 'first.anchors');
    const honest = await open(await dfsp('honest'));
    await pay(honest, 1, 3);
    await anchor(honest, anchors);
    await honest.close();
    const forged = await open(await dfsp('forged'));
    await pay(forged, 11, 14);
    await forged.close();
    assert.equal((await pm('forged', 'verify')).exitCode, 0);
    const byAnchors = await pm('forged', 'verify', '--anchors', anchors);
    assert.equal(byAnchors.exitCode, 1, byAnchors.text);
    assert.match(byAnchors.text, /ANCHOR_UNMET {2}Batch 6 of writer 1, anchored at 2026-11-24T10:00:00\.000Z, is another one/);
    const cutOff = await dfsp('cut-off');
    await copyFile(join(folder, 'honest', 'data', 'journal.db'), cutOff);
    alter(
      cutOff,
      `DELETE FROM chain WHERE position > 4; DELETE FROM claims WHERE record = 3; DELETE FROM events WHERE place >> 20 = 3; DELETE FROM records WHERE ordinal = 3`,
    );
    assert.equal((await pm('cut-off', 'verify')).exitCode, 0);
    assert.match((await pm('cut-off', 'verify', '--anchors', anchors)).text, /ANCHOR_UNMET .* the end of the journal was cut off/);
  });

  test('what is not there, is not a journal, or is no file of anchors is explained', async () => {
    const file = await dfsp('nothing');
    assert.deepEqual([(await pm('nothing', 'verify')).exitCode, (await pm('nothing', 'verify', '--file', 'x')).exitCode], [78, 78]);
    await writeFile(file, 'no database');
    const noJournal = await pm('nothing', 'verify');
    assert.deepEqual([noJournal.exitCode, /cannot be read/.test(noJournal.text)], [69, true], noJournal.text);
    assert.equal((await pm('nothing', 'verify', '--anchors', 'x')).exitCode, 78);
    const empty = await pm('nothing', 'verify', '--anchors', file);
    assert.deepEqual([empty.exitCode, /has no anchor/.test(empty.text)], [78, true], empty.text);
  });
});

describe('pm verify on PostgreSQL', () => {
  let server: TestPostgres;
  before(async () => {
    server = await startTestPostgres();
  });
  after(() => server.stop());

  test('the journal of the configuration is verified with the chains of all its writers; a server that is away is exit code 69', async () => {
    const replica = (replicaId: string) =>
      openPostgresJournal({ url: server.url, replicaId, log: recordedLog(), onFatal: assert.fail, schema: 'verified' });
    const [a, b] = [await replica('a'), await replica('b')];
    await pay(a, 1, 2);
    await pay(b, 3, 5);
    const config = (url: string) => `journal: { store: postgres, postgresUrl: '${url}', postgresSchema: verified }\n`;
    await dfsp('postgres', config(server.url));
    const running = await pm('postgres', 'verify');
    assert.equal(running.exitCode, 0, running.text);
    assert.match(running.text, /PostgreSQL, schema verified\n {2}5 records, 10 events, 5 claims in 10 batches of 2 writers/);
    await Promise.all([a.close(), b.close()]);
    await dfsp('away', config('postgres://pm:hunter2@127.0.0.1:9/pm'));
    const away = await pm('away', 'verify');
    assert.deepEqual([away.exitCode, away.text.includes('hunter2')], [69, false], away.text);
  });
});
