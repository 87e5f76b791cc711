import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from '@payment-manager/local-scheme';
import type { Terminal } from '@payment-manager/payment-manager';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { allCommands } from '../command-list.ts';

test('the sandbox on PostgreSQL, two processes each: payments go through, and a second start with one each finds them', async (t) => {
  const made = await mkdtemp(join(tmpdir(), 'pm-sandbox-postgres-'));
  await chmod(made, 0o711);
  // as by default, in a folder that is made for it
  const folder = join(made, '.pm', 'sandbox');
  const pm = async (...args: string[]) => {
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    const terminal: Terminal = { out: note, err: note, workingFolder: tmpdir(), environment: {}, interactive: false };
    return { exitCode: await runCommandLine([...args, '--folder', folder], terminal, allCommands), text: lines.join('\n') };
  };
  const options = { folder, basePort: '0', postgres: true };
  const first = await startSandbox({ ...options, workers: 2 });
  assert.deepEqual(first.lacks, []);
  const sent = await pm('send', '25', 'USD', 'to', 'MSISDN', '27713803912', '--yes').finally(() => first.stop());
  assert.equal(sent.exitCode, 0, sent.text);
  const [, transferId = ''] = /transferId (\S+)/.exec(sent.text) ?? [];
  assert.ok(!existsSync(join(folder, 'greenbank', 'data', 'journal.db')), 'nothing is in a file');
  assert.ok(!existsSync(join(folder, 'postgres', 'data', 'postmaster.pid')), 'the server has left in good order');

  const second = await startSandbox(options);
  t.after(() => second.stop());
  // after it: what still writes there would keep the folder, and then nothing would stop it
  t.after(() => rm(made, { recursive: true }));
  const shown = await pm('exceptions', 'show', transferId, '--fsp', 'greenbank');
  assert.equal(shown.exitCode, 0, shown.text);
  assert.match(shown.text, /COMMITTED/);
  assert.equal(second.scheme.dfsp('greenbank').core.balance('amara:USD'), '975');
});

test('several processes without PostgreSQL: exit code 78, and says what to add', async () => {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const terminal: Terminal = { out: note, err: note, workingFolder: tmpdir(), environment: {}, interactive: false };
  const folder = join(tmpdir(), 'pm-sandbox-never-made');
  assert.equal(await runCommandLine(['start', '--folder', folder, '--base-port', '0', '--workers', '2'], terminal, allCommands), 78);
  assert.match(lines.join('\n'), /--postgres/);
});
