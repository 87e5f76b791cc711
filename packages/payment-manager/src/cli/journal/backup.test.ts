import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { openSqliteJournal } from '@payment-manager/journal';
import { administratorLinkOf, proveAudit } from '@payment-manager/management-api/commands';
import { recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import { pmIn } from '../../../test/command-line.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-cli-backup-'));
});
after(() => rm(folder, { recursive: true }));

const pm = (name: string, ...args: string[]) => pmIn(join(folder, name), args);

/** A data folder of a DFSP with a journal of `records` records, as a stopped product leaves it. */
async function dataFolder(name: string, { records = 1, key = 'ab', fspId = 'greenbank', extra = '' } = {}): Promise<void> {
  const own = join(folder, name);
  await mkdir(join(own, 'data'), { recursive: true });
  await writeFile(
    join(own, 'payment-manager.yaml'),
    `fspId: ${fspId}\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\nsandbox: true\njws: { sign: false, verify: false }\ninbound: { host: 127.0.0.1 }\n${extra}`,
  );
  await writeFile(join(own, 'data', 'journal.key'), `${key.repeat(32)}\n`, { mode: 0o600 });
  const journal = await openSqliteJournal({ file: join(own, 'data', 'journal.db'), log: recordedLog() });
  for (let n = 1; n <= records; n++) {
    const events = [{ type: 'begun', at: 1_790_000_000_000 + n }];
    await journal.append({
      recordId: `record-${n}`,
      kind: 'payer',
      label: `payment-${n}`,
      expectedVersion: 0,
      events,
      open: n === 1,
      attention: [],
    });
  }
  await journal.close();
}

describe('pm backup and pm restore', () => {
  test('a backup tells what is in it and which key belongs to it; restored it replaces the journal', async () => {
    await dataFolder('good', { records: 3 });
    const made = await pm('good', 'backup', 'one.backup');
    assert.equal(made.exitCode, 0, made.text);
    assert.match(made.text, /greenbank: 3 records, 1 of them open, last event 2026-/);
    const machine = JSON.parse((await pm('good', 'backup', 'two.backup', '--json')).text) as Record<string, unknown>;
    assert.deepEqual([machine['records'], machine['open'], machine['fspId']], [3, 1, 'greenbank']);
    assert.equal((await pm('good', 'backup', 'one.backup')).exitCode, 78);

    const asked = await pm('good', 'restore', 'one.backup');
    assert.equal(asked.exitCode, 64, 'nobody can be asked, so nothing is replaced');
    const restored = await pm('good', 'restore', 'one.backup', '--yes');
    assert.equal(restored.exitCode, 0, restored.text);
    assert.match(restored.text, /restored --report FILE --from core/);
    const journal = await openSqliteJournal({ file: join(folder, 'good', 'data', 'journal.db'), log: recordedLog() });
    assert.equal((await journal.openRecords(10)).length, 1);
    await journal.close();
  });

  test('the portal’s users and audit log go with it: the chain is proven after a restore, says of it, and nobody is signed in', async () => {
    await dataFolder('portal');
    const place = { journal: { store: 'sqlite' }, dataFolder: join(folder, 'portal', 'data') } as Config;
    const world = { log: recordedLog(), random: systemRandom, clock: systemClock };
    const config = { ...place, management: { port: 4005 } } as Config;
    await administratorLinkOf(config, world, new Uint8Array(32), 'local:ada');
    const before = await proveAudit(place, world);
    const made = await pm('portal', 'backup', 'one.backup');
    assert.equal(made.exitCode, 0, made.text);
    assert.match(made.text, /one\.backup\.portal: the portal’s users and its audit log, \d+ entr(y|ies), each proven/);
    await administratorLinkOf(config, world, new Uint8Array(32), 'local:eve');
    const restored = await pmIn(join(folder, 'portal'), ['restore', 'one.backup', '--yes'], { USER: 'ada' });
    assert.equal(restored.exitCode, 0, restored.text);
    assert.match(restored.text, /each proven to be as it was written[\s\S]*Nobody is signed in/);
    const after = await proveAudit(place, world);
    assert.deepEqual([after?.entries, after?.broken], [(before?.entries ?? 0) + 1, undefined]);
    const db = new DatabaseSync(join(place.dataFolder, 'management.db'), { readOnly: true });
    const { text } = db.prepare('SELECT text FROM mgmt_audit ORDER BY seq DESC LIMIT 1').get() as { text: string };
    assert.match(text, /"actor":"local:ada","action":"store\.restored"/);
    assert.equal(db.prepare("SELECT count(*) AS n FROM mgmt_kept WHERE kind = 'link'").get()?.['n'], 0, 'links of before count no more');
    db.close();
    const forged = new DatabaseSync(join(folder, 'portal', 'one.backup.portal'));
    forged.exec("UPDATE mgmt_kept SET body = replace(body, 'a', 'b')");
    forged.close();
    const refused = await pm('portal', 'restore', 'one.backup', '--yes');
    assert.deepEqual([refused.exitCode, /altered/.test(refused.text), /Restored/.test(refused.text)], [78, true, false], refused.text);
  });

  test('while the product has the journal, restore says so before it asks anything', async () => {
    await dataFolder('running');
    assert.equal((await pm('running', 'backup', 'made.backup')).exitCode, 0);
    const journal = await openSqliteJournal({ file: join(folder, 'running', 'data', 'journal.db'), log: recordedLog() });
    const refused = await pm('running', 'restore', 'made.backup');
    await journal.close();
    assert.equal(refused.exitCode, 69, refused.text);
    assert.match(refused.text, /is in use/);
  });

  test('a backup of another DFSP, of another key, and without a key in the data folder are refused with exit code 78', async () => {
    await dataFolder('source');
    const file = join(folder, 'source.backup');
    assert.equal((await pm('source', 'backup', file)).exitCode, 0);
    await dataFolder('other-key', { key: 'cd' });
    const otherKey = await pm('other-key', 'restore', file, '--yes');
    assert.deepEqual([otherKey.exitCode, /another journal\.key/.test(otherKey.text)], [78, true]);
    await dataFolder('other-fsp', { fspId: 'bluewallet' });
    assert.equal((await pm('other-fsp', 'restore', file, '--yes')).exitCode, 78);
    await rm(join(folder, 'source', 'data', 'journal.key'));
    const noKey = await pm('source', 'restore', file, '--yes');
    assert.deepEqual([noKey.exitCode, /journal\.key is missing/.test(noKey.text)], [78, true]);
  });

  test('a journal in PostgreSQL, a file that is not there and a missing argument are explained', async () => {
    await dataFolder('postgres', { extra: "journal: { store: postgres, postgresUrl: 'postgres://127.0.0.1:9/pm' }\n" });
    const postgres = await pm('postgres', 'backup', 'x.backup');
    assert.deepEqual([postgres.exitCode, /pg_basebackup/.test(postgres.text)], [64, true]);
    await dataFolder('nothing');
    assert.equal((await pm('nothing', 'restore', 'nowhere.backup', '--yes')).exitCode, 78);
    assert.equal((await pm('nothing', 'backup')).exitCode, 64);
  });

  test('a forged backup is refused: a trigger that removes claims, with and without the MAC of another', async () => {
    await dataFolder('forged');
    const file = join(folder, 'forged', 'made.backup');
    assert.equal((await pm('forged', 'backup', file)).exitCode, 0);
    const db = new DatabaseSync(file);
    db.exec('CREATE TRIGGER forget AFTER INSERT ON claims BEGIN DELETE FROM claims WHERE record = NEW.record; END');
    db.close();
    const verified = await pm('forged', 'verify', '--file', file);
    assert.deepEqual([verified.exitCode, /trigger forget/.test(verified.text)], [69, true], verified.text);
    for (const more of [[], ['--unsigned']]) {
      const refused = await pm('forged', 'restore', file, '--yes', ...more);
      assert.equal(refused.exitCode, 78, refused.text);
    }
  });
});
