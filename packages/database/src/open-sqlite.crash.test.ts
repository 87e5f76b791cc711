import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import type * as Ledger from '../test/ledger-script.ts';
import { openSqlite } from './open-sqlite.ts';

/** Runs the writer until it has acknowledged this many, kills it, and gives every name that it printed. */
async function writeAndKill(file: string, acknowledged: number, beforeKill = async () => {}): Promise<readonly string[]> {
  const child = spawn(process.execPath, [new URL('../test/crash-writer.ts', import.meta.url).pathname, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text.split('\n').length <= acknowledged || child.killed) continue;
    await beforeKill().finally(() => child.kill('SIGKILL'));
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  return text.split('\n').slice(0, -1);
}

test('while one process has the database, another is refused; after kill -9 the file is free', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-database-lock-'));
  const file = join(folder, 'ledger.db');
  const script = new URL('../test/ledger-script.ts', import.meta.url);
  const open = () => openSqlite<typeof Ledger>({ file, script, log: recordedLog() });
  try {
    await writeAndKill(file, 1, () => assert.rejects(open(), { code: 'DATABASE_IN_USE' }));
    await (await open()).close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('after kill -9 every acknowledged operation is there, and the file opens at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-database-crash-'));
  try {
    for (const acknowledged of [1, 300]) {
      const file = join(folder, `${acknowledged}.db`);
      const printed = await writeAndKill(file, acknowledged);
      assert.ok(printed.length >= acknowledged);
      const script = new URL('../test/ledger-script.ts', import.meta.url);
      const store = await openSqlite<typeof Ledger>({ file, script, log: recordedLog() });
      const stored = new Set(await store.read('names', undefined as never));
      await store.close();
      assert.deepEqual(
        printed.filter((name) => !stored.has(name)),
        [],
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
