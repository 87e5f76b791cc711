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
import { until } from '../scheme/waiting.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('./pm start with one DFSP behind a copy of rest-core and the other without a connector: both are paid, the day is reconciled, a payment is replayed, the copy is loaded anew', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-connector-sandbox-'));
  const copy = join(folder, 'rest-core');
  await cp(join(root, 'connectors/rest-core'), copy, { recursive: true });
  const connectors = readConnectors([`bluewallet=${copy}`, 'greenbank=none'], ['greenbank', 'bluewallet'], root);
  const sandbox = await startSandbox({ folder, basePort: '0', connectors });
  t.after(() => sandbox.stop());
  // after it: what still writes there would keep the folder, and then nothing would stop it
  t.after(() => rm(folder, { recursive: true }));
  const run = async (...args: string[]): Promise<string> => told(0, args);
  const ran = async (args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> => {
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    const terminal: Terminal = { out: note, err: note, workingFolder: root, environment: {}, interactive: false };
    return { code: await runCommandLine([...args, '--folder', folder], terminal, allCommands), text: lines.join('\n') };
  };
  const told = async (expected: number, args: readonly string[]): Promise<string> => {
    const { code, text } = await ran(args);
    assert.equal(code, expected, text);
    return text;
  };
  const sent = await run('send', '25', 'USD', 'to', 'MSISDN', '27713803912', '--yes');
  assert.match(sent, /COMPLETED after[\s\S]*Thandi Nkosi +bluewallet +124\.75 USD/);
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
  const [, transferId = ''] = /transferId ([0-9a-f-]{36})/.exec(sent) ?? [];
  const replay = (...more: string[]) => ['connector', 'replay', transferId, '--connector', copy, '--fsp', 'bluewallet', ...more];
  // messages are written a moment after they were said
  await until('every answer of the core is kept', async () => !(await ran(replay())).text.includes('not kept') || undefined, 20_000);
  const same = await run(...replay());
  assert.match(same, /\* payee-hold: hold 24\.75 under [\s\S]*~ payee-capture: ok[\s\S]*Nothing would be otherwise\./);
  for (const person of ['27713803912', 'Thandi', 'Amara']) assert.ok(!same.includes(person), person);
  const prepare = join(copy, 'operations/transfer.prepare.yaml');
  const asItWas = await readFile(prepare, 'utf8');
  await writeFile(prepare, asItWas.replace('payer: =quote.from.displayName', 'payer: =quote.from.lastName'));
  assert.match(
    await told(1, replay('--personal')),
    /> POST \/holds \{.*\n[\s\S]*differs {2}payee-hold: body\.payer was "Amara Diallo", and would be "Diallo"$/,
  );
  await writeFile(prepare, asItWas);
  assert.match(
    await told(1, ['connector', 'replay', 'unknown', '--connector', copy, '--fsp', 'bluewallet']),
    /no record of unknown at the core/,
  );
  const quote = join(copy, 'operations/quote.create.yaml');
  await writeFile(quote, (await readFile(quote, 'utf8')).replace('fee: =$number(fees.body.fee)', 'fee: =$number(fees.body.fee) * 2'));
  assert.match(
    await told(1, ['connector', 'reload']),
    /bluewallet {2}not loaded: version [0-9a-f]{32} goes on\nbluewallet {4}tests\/quote\.json: /,
  );
});
