import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type OnboardingProgress, type Sandbox, startSandbox } from '@payment-manager/local-scheme';
import { findRunning, type Terminal } from '@payment-manager/payment-manager';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { createHttpClient } from '@payment-manager/runtime';
import type { ConnectionManagerServer } from '@payment-manager/sandbox';
import { allCommands } from '../command-list.ts';

let folder: string;
let sandbox: Sandbox;
/** What was told while the sandbox was started. */
let told: string[];
const progress: OnboardingProgress = {
  step: (fspId, { state, artefact }) => void told.push(`${fspId} ${state} ${artefact}`),
  madeAnew: () => void told.push('made anew'),
  setAside: (fspId) => void told.push(`${fspId} set aside`),
};

before(async () => {
  told = [];
  folder = await mkdtemp(join(tmpdir(), 'pm-sandbox-'));
  sandbox = await startSandbox({ folder, basePort: '0', progress });
});
after(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

async function pm(...args: string[]) {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const terminal: Terminal = { out: note, err: note, workingFolder: tmpdir(), environment: {}, interactive: false };
  const exitCode = await runCommandLine([...args, '--folder', folder], terminal, allCommands);
  return { exitCode, text: lines.join('\n') };
}

const send = (amount: string, currency: string, msisdn: string) => pm('send', amount, currency, 'to', 'MSISDN', msisdn, '--yes');
const balance = (fspId: string, account: string): string => sandbox.scheme.dfsp(fspId).core.balance(account);

const connectionManager = () => sandbox.scheme.connectionManager as ConnectionManagerServer;

/** What the operations API of a DFSP says of its connection. */
async function connectionOf(fspId: string) {
  const url = `${sandbox.managers.get(fspId)?.urls.operations}/connection`;
  return (await (await fetch(url)).json()) as {
    readonly conditions: readonly { readonly artefact: string; readonly state: string }[];
    readonly keys: readonly { readonly id: string }[];
    readonly hubCa: readonly { readonly id: string }[];
    readonly peers: readonly { readonly fspId: string; readonly keys: readonly { readonly id: string }[] }[];
  };
}

/** Which keys a DFSP has and trusts, and what the scheme has of it. */
async function possessions(fspId: string) {
  const { keys, hubCa, peers } = await connectionOf(fspId);
  const { enrolments, hubEnrolments, jwsCreatedAt } =
    connectionManager()
      .operator.list()
      .find((one) => one.fspId === fspId) ?? {};
  const ids = [...keys, ...hubCa, ...peers.flatMap((peer) => peer.keys)].map(({ id }) => id);
  return { ids: ids.sort(), enrolments, hubEnrolments, jwsCreatedAt };
}

/** The certificates that a Payment Manager has in use, as `./pm cert export` gives them. */
async function certificate(name: string): Promise<X509Certificate> {
  return new X509Certificate((await pm('cert', 'export', name, '--fsp', 'greenbank')).text);
}

describe('the sandbox with its Payment Managers', () => {
  test('at its first start both DFSPs came into the scheme by themselves, with certificates of its CA and keys of their own', async () => {
    assert.deepEqual(sandbox.lacks, []);
    for (const fspId of ['greenbank', 'bluewallet']) {
      const { conditions, peers } = await connectionOf(fspId);
      assert.ok(
        conditions.every(({ state }) => state === 'Ready'),
        JSON.stringify(conditions),
      );
      for (const { artefact } of conditions) assert.ok(told.includes(`${fspId} Ready ${artefact}`), artefact);
      assert.equal(peers.length, 2);
      const known = connectionManager()
        .operator.list()
        .find((one) => one.fspId === fspId);
      assert.ok(known?.onboarded && known.jwsCreatedAt !== undefined);
    }
    const [client, hubCa] = [await certificate('client'), await certificate('hub-ca')];
    assert.ok(client.verify(hubCa.publicKey));
    assert.ok(connectionManager().hubCredentials()?.trustedCas.includes(hubCa.toString().trim()));
  });

  test('nothing was made for them beforehand, and no key of theirs lies open: what lies open is the hub’s', () => {
    const files = globSync('**/*', { cwd: folder }).filter((file) => statSync(join(folder, file)).isFile());
    const open = files.filter((file) => readFileSync(join(folder, file), 'latin1').includes('PRIVATE KEY'));
    assert.deepEqual(open.sort(), ['connection-manager.json', 'jws/private/switch.pem']);
    assert.ok(files.some((file) => file.startsWith('greenbank/data/vault/sandbox/tls-client')));
  });

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

  test('each core is reached by the template of its DFSP, and by nothing else', () => {
    const counts = (fspId: string, ...operations: string[]) =>
      operations.map((operation) => sandbox.scheme.dfsp(fspId).core.calls.count(operation));
    // one for the payment that came in, one for the customer's own
    assert.deepEqual(counts('bluewallet', 'POST /transfers', 'POST /bank/holds', 'POST /bank/holds/capture'), [0, 2, 2]);
    assert.deepEqual(counts('greenbank', 'POST /transfers', 'POST /fineract/deposit'), [0, 1]);
  });

  test('exceptions shows a payment of the sandbox, and reconcile agrees with both cores; a core that executed what it refused is listed', async () => {
    assert.match((await pm('exceptions')).text, /No payment needs a person/);
    const sent = await send('2', 'USD', '27713803912');
    const [, id = ''] = /transferId (\S+)/.exec(sent.text) ?? [];
    const shown = await pm('exceptions', 'show', id, '--fsp', 'bluewallet');
    assert.equal(shown.exitCode, 0, shown.text);
    assert.match(shown.text, /core +it took the outcome COMMITTED/);
    // what the connector has done at the core stands in the history of the payment
    const { text: history } = await pm('payment', id);
    assert.match(history, /us +payee-hold called, attempt 1\n.*core +payee-hold: ok[\s\S]*core +payee-capture: ok/);
    const [, date = ''] = [...shown.text.matchAll(/^(\d{4}-\d\d-\d\d)T/gm)].at(-1) ?? [];
    const agreed = await pm('reconcile', '--date', date, '--by', 'Ada');
    assert.equal(agreed.exitCode, 0, agreed.text);
    assert.match(agreed.text, /greenbank[\s\S]*No difference[\s\S]*bluewallet[\s\S]*No difference/);

    const action = { kind: 'error-then-execute', status: 422, ms: 1 } as const;
    sandbox.scheme
      .dfsp('bluewallet')
      .core.faults.add({ operation: 'POST /bank/holds', direction: 'in', nth: 1, count: 1, probability: 1, action });
    assert.equal((await send('3', 'USD', '27713803912')).exitCode, 1);
    const found = await pm('reconcile', '--date', date, '--by', 'Ada', '--fsp', 'bluewallet');
    assert.equal(found.exitCode, 1, found.text);
    assert.match(found.text, /in +CORE_EXECUTED_REFUSED/);
  });

  test('a renewal that is asked for says how to follow it, and that works as it stands there', async () => {
    const renewed = await pm('cert', 'renew', 'server', '--fsp', 'greenbank', '--by', 'Ada');
    assert.equal(renewed.exitCode, 0, renewed.text);
    const [, command = ''] = /Follow it: \.\/pm (onboard sandbox --fsp greenbank) --folder /.exec(renewed.text) ?? [];
    let followed = await pm(...command.split(' '));
    // in the moment of the change what is served and what is in use may differ
    for (let tries = 1; followed.exitCode !== 0 && tries < 10; tries++) followed = await pm(...command.split(' '));
    assert.equal(followed.exitCode, 0, followed.text);
    assert.match(followed.text, /greenbank is connected/);
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
    assert.match(text, /is already running/);
  });

  test('after a stop nothing is left running, and a second start finds the same balances, keys and certificates', async () => {
    const before = [balance('greenbank', 'amara:USD'), balance('bluewallet', 'thandi:USD')];
    const kept = await Promise.all(['greenbank', 'bluewallet'].map(possessions));
    await sandbox.stop();
    for (const manager of sandbox.managers.values()) assert.equal(await manager.ended, 0);
    assert.ok(!(await readdir(folder)).includes('running.json'));
    const client = createHttpClient({});
    assert.equal(await findRunning(folder, client), undefined);
    told = [];
    sandbox = await startSandbox({ folder, basePort: '0', progress });
    assert.deepEqual([balance('greenbank', 'amara:USD'), balance('bluewallet', 'thandi:USD')], before);
    assert.equal((await findRunning(folder, client))?.pid, process.pid);
    await client.close();
    assert.deepEqual(await Promise.all(['greenbank', 'bluewallet'].map(possessions)), kept, 'no new key, request or certificate');
    assert.deepEqual(told, []);
    assert.equal((await send('1', 'USD', '27713803912')).exitCode, 0);
  });
});
