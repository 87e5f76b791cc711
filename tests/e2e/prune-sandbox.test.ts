import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteJournal, type Verdict } from '@payment-manager/journal';
import { addOldPayments } from '@payment-manager/operations/test-payments';
import { recordedLog } from '@payment-manager/runtime';
import { allCommands } from '../../lab/commands/src/command-list.ts';
import { startSandbox } from '../../lab/local-scheme/src/start-sandbox.ts';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';

const old = 1_000;
/** Beside payments the journal of a DFSP with a connector has what it keeps of that; here records are counted. */
const connectors = new Map([['greenbank', 'none']]);

test('payments go on while a running product is pruned; then it verifies, and so does a backup that is restored', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-prune-sandbox-'));
  const pm = (...args: string[]) => pmIn(folder, [...args, '--folder', folder], {}, allCommands);
  const verified = async (): Promise<Verdict> => {
    const { exitCode, text } = await pm('verify', '--fsp', 'greenbank', '--export', 'old.ndjson.gz', '--json');
    assert.equal(exitCode, 0, text);
    return JSON.parse(text) as Verdict;
  };
  await (await startSandbox({ folder, basePort: '0', connectors })).stop();
  const journal = await openSqliteJournal({ file: join(folder, 'greenbank', 'data', 'journal.db'), log: recordedLog() });
  await addOldPayments(journal, 1, old);
  await journal.close();

  const sandbox = await startSandbox({ folder, basePort: '0', connectors });
  t.after(() => sandbox.stop());
  // after it: what still writes there would keep the folder, and then nothing would stop it
  t.after(() => rm(folder, { recursive: true }));
  let pruning = true;
  const pruned = pm('prune', '--fsp', 'greenbank', '--before', '2026-01-01', '--export', 'old.ndjson.gz', '--json').finally(() => {
    pruning = false;
  });
  let paid = 0;
  do {
    const { exitCode, text } = await pm('send', '1', 'USD', 'to', 'MSISDN', '27713803912', '--yes');
    assert.equal(exitCode, 0, text);
    paid += 1;
  } while (pruning);
  const { exitCode, text } = await pruned;
  assert.equal(exitCode, 0, text);
  assert.equal(JSON.parse(text).pruned, old);
  const { records, pruned: gone } = await verified();
  assert.deepEqual([records, gone.records], [old + paid, old]);

  assert.equal((await pm('backup', 'pruned.backup', '--fsp', 'greenbank')).exitCode, 0);
  await sandbox.stop();
  assert.equal((await pm('restore', 'pruned.backup', '--fsp', 'greenbank', '--yes')).exitCode, 0);
  assert.equal((await verified()).pruned.records, old);
});
