import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createHttpClient } from '@payment-manager/runtime';
import { runCommandLine } from '../command-line.ts';
import type { Terminal } from '../terminal.ts';
import { findRunning } from './running-sandbox.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

let folder: string;
let sandbox: Sandbox;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-sandbox-'));
  sandbox = await startSandbox({ folder, basePort: '0' });
});
after(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

async function pm(...args: string[]) {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const terminal: Terminal = { out: note, err: note, workingFolder: tmpdir(), environment: {}, interactive: false };
  const exitCode = await runCommandLine([...args, '--folder', folder], terminal);
  return { exitCode, text: lines.join('\n') };
}

const send = (amount: string, currency: string, msisdn: string) => pm('send', amount, currency, 'to', 'MSISDN', msisdn, '--yes');
const balance = (fspId: string, account: string): string => sandbox.scheme.dfsp(fspId).core.balance(account);

describe('the sandbox with its Payment Managers', () => {
  test('send moves money on both sides, and shows payee, fee, steps and balances', async () => {
    const { exitCode, text } = await send('25.00', 'USD', '27713803912');
    assert.equal(exitCode, 0, text);
    assert.match(text, /to +Thandi Nkosi at bluewallet/);
    assert.match(text, /fee +0\.25 USD/);
    assert.match(text, /\+ +\d+ ms +the Payment Manager says COMPLETED/);
    assert.match(text, /Amara Diallo +greenbank +975 USD/);
    assert.match(text, /Thandi Nkosi +bluewallet +124\.75 USD/);
    assert.equal(balance('greenbank', 'amara:USD'), '975');
    assert.equal(balance('bluewallet', 'thandi:USD'), '124.75');
  });

  test('a payment that cannot be is told with its reason and exit code 1, and no money moves', async () => {
    const unknown = await send('5', 'USD', '27713803999');
    assert.equal(unknown.exitCode, 1);
    assert.match(unknown.text, /3204/);
    const blocked = await send('5', 'USD', '27713803913');
    assert.equal(blocked.exitCode, 1);
    assert.match(blocked.text, /5400/);
    assert.equal(balance('greenbank', 'amara:USD'), '975');
  });

  test('it pays in the other direction, in another currency', async () => {
    const { exitCode, text } = await send('1000', 'XOF', '27713803911');
    assert.equal(exitCode, 0, text);
    assert.equal(balance('bluewallet', 'thandi:XOF'), '59000');
    assert.equal(balance('greenbank', 'amara:XOF'), '601000');
  });

  test('exceptions shows a payment of the sandbox, and reconcile agrees with both cores; a core that executed what it refused is listed', async () => {
    assert.match((await pm('exceptions')).text, /Nothing needs a person/);
    const sent = await send('2', 'USD', '27713803912');
    const [, id = ''] = /transferId (\S+)/.exec(sent.text) ?? [];
    const shown = await pm('exceptions', 'show', id, '--fsp', 'bluewallet');
    assert.equal(shown.exitCode, 0, shown.text);
    assert.match(shown.text, /core +it took the outcome COMMITTED/);
    const [, date = ''] = [...shown.text.matchAll(/^(\d{4}-\d\d-\d\d)T/gm)].at(-1) ?? [];
    const agreed = await pm('reconcile', '--date', date, '--by', 'Ada');
    assert.equal(agreed.exitCode, 0, agreed.text);
    assert.match(agreed.text, /greenbank[\s\S]*No difference[\s\S]*bluewallet[\s\S]*No difference/);

    const action = { kind: 'error-then-execute', status: 400, errorCode: '5100', ms: 1 } as const;
    sandbox.scheme
      .dfsp('bluewallet')
      .core.faults.add({ operation: 'POST /transfers', direction: 'in', nth: 1, count: 1, probability: 1, action });
    assert.equal((await send('3', 'USD', '27713803912')).exitCode, 1);
    const found = await pm('reconcile', '--date', date, '--by', 'Ada', '--fsp', 'bluewallet');
    assert.equal(found.exitCode, 1, found.text);
    assert.match(found.text, /in +CORE_EXECUTED_REFUSED/);
  });

  test('a Payment Manager that was killed is started again, and payments go on', async () => {
    const killed = sandbox.managers.get('greenbank');
    process.kill(killed?.pid ?? 0, 'SIGKILL');
    assert.equal(await killed?.ended, 'SIGKILL');
    await sandbox.restartManager('greenbank');
    assert.equal((await send('1', 'USD', '27713803912')).exitCode, 0);
  });

  test('a second start with the same folder is refused while the first runs', async () => {
    const { exitCode, text } = await pm('start', '--base-port', '0');
    assert.equal(exitCode, 69);
    assert.match(text, /runs already/);
  });

  test('after a stop nothing is left running, and a second start finds the same balances', async () => {
    const before = [balance('greenbank', 'amara:USD'), balance('bluewallet', 'thandi:USD')];
    await sandbox.stop();
    for (const manager of sandbox.managers.values()) assert.equal(await manager.ended, 0);
    assert.ok(!(await readdir(folder)).includes('running.json'));
    const client = createHttpClient({});
    assert.equal(await findRunning(folder, client), undefined);
    sandbox = await startSandbox({ folder, basePort: '0' });
    assert.deepEqual([balance('greenbank', 'amara:USD'), balance('bluewallet', 'thandi:USD')], before);
    assert.equal((await findRunning(folder, client))?.pid, process.pid);
    await client.close();
    assert.equal((await send('1', 'USD', '27713803912')).exitCode, 0);
  });
});
