import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recordedLog } from '@payment-manager/runtime';
import type * as Ledger from '../test/ledger-script.ts';
import { migrations } from '../test/ledger-script.ts';
import { openSqlite } from './open-sqlite.ts';
import { backupFacts, backupSqlite, restoreSqlite } from './sqlite-backup.ts';

const script = new URL('../test/ledger-script.ts', import.meta.url);
const programOf = (name: string): string => fileURLToPath(new URL(`../test/${name}`, import.meta.url));
const key = Buffer.alloc(32, 1);

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-backup-'));
});
after(() => rmSync(folder, { recursive: true }));

const open = (file: string) => openSqlite<typeof Ledger>({ file, script, log: recordedLog() });

async function namesIn(file: string): Promise<readonly string[]> {
  const store = await open(file);
  try {
    return await store.read('names', undefined as never);
  } finally {
    await store.close();
  }
}

/** A database with these names in it, closed. */
async function databaseWith(file: string, names: readonly string[]): Promise<void> {
  const store = await open(file);
  await Promise.all(names.map((name) => store.write(['add', name])));
  await store.close();
}

function namesInBackup(file: string): readonly string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db
      .prepare('SELECT name FROM entries ORDER BY id')
      .all()
      .map((row) => String(row['name']));
  } finally {
    db.close();
  }
}

describe('backup', () => {
  test('of a database that another process writes without pause: whole, with all that was acknowledged before it began, again and again', async () => {
    const file = join(folder, 'busy.db');
    const writer = spawn(process.execPath, [programOf('crash-writer.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = '';
    writer.stdout.setEncoding('utf8').on('data', (chunk: string) => (acknowledged += chunk));
    const ended = once(writer, 'exit');
    try {
      for (let round = 1; round <= 5; round++) {
        const wanted = acknowledged.length + 2_000;
        while (acknowledged.length < wanted) {
          assert.equal(writer.exitCode, null, 'the writer has ended');
          await Promise.race([once(writer.stdout, 'data'), ended]);
        }
        const before = acknowledged.split('\n').slice(0, -1);
        const to = join(folder, `busy-${round}.db`);
        await backupSqlite(file, to, { round: String(round) }, key);
        const stored = new Set(namesInBackup(to));
        assert.deepEqual(
          before.filter((name) => !stored.has(name)),
          [],
        );
        assert.deepEqual(backupFacts(to), { round: String(round) });
        assert.equal(statSync(to).mode & 0o777, 0o600);
      }
    } finally {
      writer.kill('SIGKILL');
      await ended;
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => /busy-.*(partial|wal|shm|journal)/.test(name)),
      [],
    );
  });

  test('of a database whose process was killed: what stands in its log is there', async () => {
    const file = join(folder, 'killed.db');
    const writer = spawn(process.execPath, [programOf('crash-writer.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    assert.ok(statSync(`${file}-wal`).size > 0);
    await backupSqlite(file, join(folder, 'killed-backup.db'), {}, key);
    assert.deepEqual(namesInBackup(join(folder, 'killed-backup.db')), await namesIn(file));
  });

  test('a file that is there is never overwritten, and what is not there cannot be backed up', async () => {
    const file = join(folder, 'small.db');
    await databaseWith(file, ['one']);
    const taken = join(folder, 'taken');
    writeFileSync(taken, 'precious');
    await assert.rejects(backupSqlite(file, taken, {}, key), { code: 'BACKUP_EXISTS' });
    assert.equal(statSync(taken).size, 8);
    await assert.rejects(backupSqlite(join(folder, 'nothing.db'), join(folder, 'x.db'), {}, key), { code: 'BACKUP_NOTHING' });
    await assert.rejects(backupSqlite(file, join(folder, 'no-such-folder', 'x.db'), {}, key), { code: 'BACKUP_FAILED' });
  });
});

describe('restore', () => {
  /** A fresh folder with a database that has `new` entries, and a backup of one that has `old` ones. */
  async function scene(name: string): Promise<{ file: string; from: string }> {
    const own = join(folder, name);
    mkdirSync(own);
    const [file, from] = [join(own, 'data.db'), join(own, 'backup.db')];
    await databaseWith(join(own, 'source.db'), ['old-1', 'old-2']);
    await backupSqlite(join(own, 'source.db'), from, { of: name }, key);
    await databaseWith(file, ['new-1']);
    return { file, from };
  }

  test('the backup replaces the database, and the previous one is moved aside as a whole', async () => {
    const { file, from } = await scene('plain');
    assert.equal(await restoreSqlite({ from, file, aside: `${file}.aside`, migrations, key }), `${file}.aside`);
    assert.deepEqual(await namesIn(file), ['old-1', 'old-2']);
    assert.deepEqual(await namesIn(`${file}.aside`), ['new-1']);
    const empty = join(folder, 'plain', 'elsewhere.db');
    assert.equal(await restoreSqlite({ from: from, file: empty, aside: `${empty}.aside`, migrations, key }), undefined);
    assert.deepEqual(await namesIn(empty), ['old-1', 'old-2']);
  });

  test('restored over a database that was killed or is damaged: the log of the old one is not written into the restored one', async () => {
    const { file, from } = await scene('log');
    const writer = spawn(process.execPath, [programOf('crash-writer.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    truncateSync(file, 100);
    await restoreSqlite({ from, file, aside: `${file}.aside`, migrations, key });
    assert.deepEqual(await namesIn(file), ['old-1', 'old-2']);
  });

  test('a running process keeps its database', async () => {
    const { file, from } = await scene('running');
    const store = await open(file);
    await assert.rejects(restoreSqlite({ from, file, aside: `${file}.aside`, migrations, key }), { code: 'BACKUP_IN_USE' });
    await store.close();
    assert.deepEqual(await namesIn(file), ['new-1']);
  });

  test('a damaged, a foreign, a newer and a missing backup are refused, and nothing is changed', async () => {
    const { file, from } = await scene('refused');
    const damaged = join(folder, 'damaged.db');
    copyFileSync(from, damaged);
    truncateSync(damaged, statSync(damaged).size - 5_000);
    await assert.rejects(restoreSqlite({ from: damaged, file: file, aside: 'x', migrations, key }), { code: 'BACKUP_DAMAGED' });
    writeFileSync(damaged, 'no database at all, but long enough to be one'.repeat(100));
    await assert.rejects(restoreSqlite({ from: damaged, file: file, aside: 'x', migrations, key }), { code: 'BACKUP_DAMAGED' });
    await assert.rejects(restoreSqlite({ from: join(folder, 'refused', 'source.db'), file: file, aside: 'x', migrations, key }), {
      code: 'BACKUP_FOREIGN',
    });
    await assert.rejects(restoreSqlite({ from, file, aside: 'x', migrations: migrations.slice(0, 1), key }), { code: 'BACKUP_NEWER' });
    await assert.rejects(restoreSqlite({ from: join(folder, 'none'), file: file, aside: 'x', migrations, key }), {
      code: 'BACKUP_NOTHING',
    });
    assert.deepEqual(await namesIn(file), ['new-1']);
  });

  test('one that was altered, made with another key, or has lost its MAC is refused, and nothing is changed', async () => {
    const { file, from } = await scene('forged');
    const forged = join(folder, 'forged', 'forged.db');
    const alter = (sql: string): void => {
      copyFileSync(from, forged);
      const db = new DatabaseSync(forged);
      db.exec(sql);
      db.close();
    };
    const restoring = (more: object = {}) => restoreSqlite({ from: forged, file, aside: 'x', migrations, key, ...more });
    alter("UPDATE entries SET name = 'older' WHERE name = 'old-1'");
    // SQLite writes what it has, and leaves what stands behind it: the MAC is there, of another content
    await assert.rejects(restoring(), { code: /BACKUP_(FORGED|UNSIGNED)/ });
    copyFileSync(from, forged);
    await assert.rejects(restoring({ key: Buffer.alloc(32, 2) }), { code: 'BACKUP_FORGED' });
    truncateSync(forged, statSync(forged).size - 99);
    await assert.rejects(restoring(), { code: 'BACKUP_UNSIGNED' });
    assert.deepEqual(await namesIn(file), ['new-1']);
    await restoring({ mayBeUnsigned: true, aside: `${file}.aside` });
    assert.deepEqual(await namesIn(file), ['old-1', 'old-2']);
  });

  test('a trigger in a backup is refused, whoever made its MAC, and one in a database at its opening', async () => {
    const { file } = await scene('trigger');
    const source = join(folder, 'trigger', 'source.db');
    const db = new DatabaseSync(source);
    db.exec('CREATE TRIGGER forget AFTER INSERT ON entries BEGIN DELETE FROM entries WHERE id = NEW.id; END');
    db.close();
    const from = join(folder, 'trigger', 'with.db');
    await backupSqlite(source, from, {}, key);
    await assert.rejects(restoreSqlite({ from, file, aside: 'x', migrations, key }), { code: 'BACKUP_FORGED', message: /trigger forget/ });
    assert.deepEqual(await namesIn(file), ['new-1']);
    await assert.rejects(open(source), { code: 'DATABASE_ALTERED', message: /trigger forget/ });
  });

  test('killed at each step: the database is the old one or the restored one, or it is not opened until the restore was run again', async () => {
    const met = new Set<string>();
    for (let nth = 1; ; nth++) {
      const { file, from } = await scene(`killed-${nth}`);
      const ended = spawnSync(process.execPath, [programOf('interrupted-restore.ts'), from, file, String(nth)], { stdio: 'inherit' });
      const found = await namesIn(file).then(
        (names) => names.join(),
        (error: Error & { code: string }) => {
          assert.equal(error.code, 'DATABASE_OPEN_FAILED');
          assert.match(error.message, /restore again/);
          return 'refused';
        },
      );
      met.add(found);
      if (ended.signal !== 'SIGKILL') {
        assert.equal(ended.status, 0);
        assert.equal(found, 'old-1,old-2');
        break;
      }
      await restoreSqlite({ from, file, aside: `${file}.aside-again`, migrations, key });
      assert.deepEqual(await namesIn(file), ['old-1', 'old-2']);
    }
    assert.deepEqual([...met].sort(), ['new-1', 'old-1,old-2', 'refused']);
  });
});
