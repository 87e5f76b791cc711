import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allCommands } from '../../lab/commands/src/command-list.ts';
import { readConnectors } from '../../lab/local-scheme/src/connector-core.ts';
import { startSandbox } from '../../lab/local-scheme/src/start-sandbox.ts';
import { runCommandLine } from '../../packages/payment-manager/src/cli/command-line.ts';
import type { Terminal } from '../../packages/payment-manager/src/cli/terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('./pm start with one DFSP behind a copy of rest-core and the other without a connector: both are paid, the day is reconciled, the copy is loaded anew', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-connector-sandbox-'));
  t.after(() => rm(folder, { recursive: true }));
  const copy = join(folder, 'rest-core');
  await cp(join(root, 'connectors/rest-core'), copy, { recursive: true });
  const connectors = readConnectors([`bluewallet=${copy}`, 'greenbank=none'], ['greenbank', 'bluewallet'], root);
  const sandbox = await startSandbox({ folder, basePort: '0', connectors });
  t.after(() => sandbox.stop());
  const run = async (...args: string[]): Promise<string> => told(0, args);
  const told = async (code: number, args: readonly string[]): Promise<string> => {
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    const terminal: Terminal = { out: note, err: note, workingFolder: root, environment: {}, interactive: false };
    assert.equal(await runCommandLine([...args, '--folder', folder], terminal, allCommands), code, lines.join('\n'));
    return lines.join('\n');
  };
  assert.match(
    await run('send', '25', 'USD', 'to', 'MSISDN', '27713803912', '--yes'),
    /COMPLETED after[\s\S]*Thandi Nkosi +bluewallet +124\.75 USD/,
  );
  assert.match(
    await run('send', '5', 'USD', 'to', 'MSISDN', '27713803911', '--yes'),
    /Thandi Nkosi \(bluewallet\) sends[\s\S]*COMPLETED after/,
  );
  const calls = (fspId: string) => sandbox.scheme.dfsp(fspId).core.calls;
  assert.deepEqual([calls('bluewallet').count('POST /transfers'), calls('greenbank').count('POST /transfers')], [0, 1]);
  const today = new Date().toISOString().slice(0, 10);
  assert.match(await run('reconcile', '--date', today), /no difference/i);
  assert.match(await run('exceptions'), /No payment needs a person/);
  assert.match(await run('connector', 'reload', '--fsp', 'bluewallet'), /bluewallet {2}nothing has changed: version [0-9a-f]{32}/);
  const quote = join(copy, 'operations/quote.create.yaml');
  await writeFile(quote, (await readFile(quote, 'utf8')).replace('fee: =$number(fees.body.fee)', 'fee: =$number(fees.body.fee) * 2'));
  assert.match(
    await told(1, ['connector', 'reload']),
    /bluewallet {2}not loaded: version [0-9a-f]{32} goes on\nbluewallet {4}tests\/quote\.json: /,
  );
});
