import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type Sandbox, startSandbox } from '@payment-manager/local-scheme';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { allCommands } from '../command-list.ts';
import { lackLines, stepLines } from './onboarding-lines.ts';

let folder: string;
let sandbox: Sandbox;
let madeAnew = false;

/** A folder of the time when the sandbox made its DFSPs' keys, and a hub that signs nothing by itself. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-newcomers-'));
  await mkdir(join(folder, 'jws', 'private'), { recursive: true });
  await mkdir(join(folder, 'ca'));
  await writeFile(join(folder, 'jws', 'private', 'greenbank.pem'), 'a key');
  await writeFile(join(folder, 'ca', 'greenbank-key.pem'), 'another');
  sandbox = await startSandbox({
    folder,
    basePort: '0',
    patienceMs: 2_000,
    scheme: { connectionManager: { settings: { autoSign: false } } },
    progress: {
      step: () => {},
      madeAnew() {
        madeAnew = true;
      },
      setAside: () => {},
    },
  });
});
after(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

async function pm(...args: string[]) {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(stripVTControlCharacters(line));
  const terminal = { out: note, err: note, workingFolder: tmpdir(), environment: {}, interactive: false };
  const exitCode = await runCommandLine([...args, '--folder', folder], terminal, allCommands);
  return { exitCode, text: lines.join('\n') };
}

const send = () => pm('send', '1', 'USD', 'to', 'MSISDN', '27713803912', '--yes');

/** Both look at the Connection Manager now, instead of seconds later. */
async function look(): Promise<void> {
  const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  await Promise.all([...sandbox.managers.values()].map(({ urls }) => fetch(`${urls.operations}/connection/look`, order)));
}

async function client(): Promise<X509Certificate> {
  return new X509Certificate((await pm('cert', 'export', 'client', '--fsp', 'greenbank')).text);
}

describe('DFSPs of the sandbox that come into the scheme', () => {
  test('keys that an earlier sandbox made for them are removed, and it is told', () => {
    assert.ok(madeAnew);
    for (const gone of ['ca', 'jws/private/greenbank.pem']) assert.ok(!existsSync(join(folder, gone)), gone);
    assert.ok(existsSync(join(folder, 'jws', 'private', 'switch.pem')), 'the hub keeps its own');
  });

  test('what nobody does for them is told with the next step, and everything else runs', () => {
    for (const fspId of ['greenbank', 'bluewallet']) {
      const lack = sandbox.lacks.find((one) => one.fspId === fspId && one.what.startsWith('DFSP_CLIENT_CERT: '));
      assert.match(lack?.what ?? '', /the hub has not signed it yet/);
      assert.match(lack?.nextStep ?? '', /operator to sign/);
    }
    const told = stripVTControlCharacters(lackLines(sandbox.lacks).join('\n'));
    assert.match(told, /^greenbank +DFSP_CLIENT_CERT: .*\n +next: Ask the hub’s operator to sign it/m);
    assert.match(told, /\.\/pm hub\. Check again: \.\/pm onboard --fsp \w+$/);
    assert.deepEqual(lackLines([]), []);
  });

  test('a step that fails is told with its reason, the server’s words and what to do', () => {
    const step = {
      artefact: 'OAUTH',
      state: 'Failed',
      reason: 'TOKEN',
      message: 'No token.',
      details: ['it said no\u001b[2J'],
      nextStep: 'Ask.',
    } as const;
    assert.deepEqual(stepLines('greenbank', step).map(stripVTControlCharacters), [
      'greenbank   TOKEN: No token.',
      '            it said no [2J',
      '            next: Ask.',
    ]);
  });

  test('when the hub’s people have signed, by hand or by themselves, they pay each other', async () => {
    const [, enrolment = ''] = /^(\d+) +greenbank +the hub +CSR_LOADED +VALID/m.exec((await pm('hub', 'enrolments')).text) ?? [];
    assert.equal((await pm('hub', 'sign', enrolment)).exitCode, 0);
    assert.equal((await pm('hub', 'auto-sign', 'on')).exitCode, 0);
    await look();
    for (const fspId of ['greenbank', 'bluewallet']) {
      const { exitCode, text } = await pm('onboard', '--fsp', fspId, '--wait', '20');
      assert.equal(exitCode, 0, text);
    }
    const { exitCode, text } = await send();
    assert.equal(exitCode, 0, text);
  });

  test('./pm hub rotate-ca: the hub’s CA and all certificates of it are replaced, while payments go through', async () => {
    const before = await client();
    let rotating = true;
    const rotated = pm('hub', 'rotate-ca').finally(() => {
      rotating = false;
    });
    while (rotating) {
      const [{ exitCode, text }] = await Promise.all([send(), look()]);
      assert.equal(exitCode, 0, text);
    }
    const { exitCode, text } = await rotated;
    assert.equal(exitCode, 0, text);
    assert.match(text, /greenbank has a client certificate of it/);
    assert.match(text, /bluewallet has a client certificate of it/);
    assert.equal((await pm('hub', 'retire-ca')).exitCode, 0);
    const [now, credentials] = [await client(), sandbox.scheme.connectionManager?.hubCredentials()];
    const [ca, hub] = [new X509Certificate(credentials?.trustedCas ?? ''), new X509Certificate(credentials?.certificate ?? '')];
    assert.ok(now.verify(ca.publicKey) && !before.verify(ca.publicKey) && hub.verify(ca.publicKey));
    assert.equal((await send()).exitCode, 0);
  });
});
