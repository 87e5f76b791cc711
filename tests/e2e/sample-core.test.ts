import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allCommands } from '../../lab/commands/src/command-list.ts';
import { readOwnCores } from '../../lab/local-scheme/src/own-core.ts';
import { freePort } from '../../lab/local-scheme/src/sandbox-ports.ts';
import { startSandbox } from '../../lab/local-scheme/src/start-sandbox.ts';
import { runCommandLine } from '../../packages/payment-manager/src/cli/command-line.ts';
import type { Terminal } from '../../packages/payment-manager/src/cli/terminal.ts';

const file = fileURLToPath(new URL('../../docs/sample-core.mjs', import.meta.url));

test('the sample core of docs/sample-core.mjs, put into the sandbox with --core, is paid from the other bank', async (t) => {
  const port = await freePort();
  const core = spawn(process.execPath, [file, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => core.kill());
  let said = '';
  core.stdout.on('data', (chunk) => (said += chunk));
  await once(core.stdout, 'data');
  const folder = await mkdtemp(join(tmpdir(), 'pm-sample-core-'));
  const ownCores = readOwnCores([`greenbank=http://127.0.0.1:${port},reserve,repeatable,askable`], ['greenbank', 'bluewallet']);
  const sandbox = await startSandbox({ folder, basePort: '0', ownCores });
  t.after(() => sandbox.stop());
  // after it: what still writes there would keep the folder, and then nothing would stop it
  t.after(() => rm(folder, { recursive: true }));
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const terminal: Terminal = { out: note, err: note, workingFolder: tmpdir(), environment: {}, interactive: false };
  const order = ['send', '5.50', 'USD', 'to', 'MSISDN', '27713803911', '--yes', '--folder', folder];
  assert.equal(await runCommandLine(order, terminal, allCommands), 0, lines.join('\n'));
  assert.match(lines.join('\n'), /Thandi Nkosi \(bluewallet\) sends[\s\S]*COMPLETED after/);
  for (let n = 0; n < 100 && !said.includes('COMMITTED'); n++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.match(said, /^COMMITTED: 5\.5 for 27713803911, whose balance is 1005\.5$/m);
});

test('the sample core stays small enough to be read', () => {
  assert.ok(readFileSync(file, 'utf8').trimEnd().split('\n').length <= 65);
});

test('--core: a wrong DFSP, address or ability is refused, with an example', () => {
  for (const wrong of ['redbank=http://h', 'greenbank=h', 'greenbank=http://h,flying'])
    assert.throws(() => readOwnCores([wrong], ['greenbank']), /Example: --core greenbank=/, wrong);
});
