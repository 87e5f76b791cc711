import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { writeRunning } from '@payment-manager/local-scheme';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { recordedLog } from '@payment-manager/runtime';
import { type ConnectionManagerServer, startConnectionManagerServer } from '@payment-manager/sandbox';
import { allCommands } from '../command-list.ts';
import { FAULT_NAMES, verbs } from './hub-verbs.ts';

let server: ConnectionManagerServer;
let folder: string;

before(async () => {
  server = await startConnectionManagerServer({ log: recordedLog(), keyBits: 1024, settings: { autoSign: false } });
  folder = await mkdtemp(join(tmpdir(), 'pm-hub-'));
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `./pm hub …` and gives its exit code and what it said. */
async function hub(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(stripVTControlCharacters(line));
  const terminal = { out: say, err: say, workingFolder: folder, environment: {}, interactive: false };
  const where = args.includes('--folder') ? [] : ['--url', server.operatorUrl];
  const code = await runCommandLine(['hub', ...args, ...where], terminal, allCommands);
  return { code, text: lines.join('\n') };
}

describe('./pm hub', () => {
  test('registers a DFSP, adds a peer and takes both away; the list shows them', async () => {
    const { code, text } = await hub('register', 'greenbank');
    assert.equal(code, 0);
    const { clientSecret } = await server.operator.register('greenbank');
    assert.ok(text.includes(clientSecret.reveal()));
    await hub('add-peer', 'bluewallet');
    const list = await hub();
    assert.match(list.text, /greenbank +no +NOT_AVAILABLE +- +\d+ CSR_LOADED NOT_AVAILABLE +-/);
    const { id } = server.operator.list()[0]?.hubEnrolments[0] ?? {};
    assert.match((await hub('enrolments')).text, new RegExp(`^${id} +the hub +greenbank +CSR_LOADED`, 'm'));
    await hub('lose', String(id));
    assert.deepEqual(server.operator.list()[0]?.hubEnrolments, []);
    await hub('request', 'greenbank');
    assert.equal(server.operator.list()[0]?.hubEnrolments.length, 1);
    assert.match(list.text, /bluewallet .* \d{4}-\d\d-\d\d/);
    assert.match(list.text, /autoSign=false .*log-ins: 0/);
    assert.equal((await hub('remove-jws', 'bluewallet')).code, 0);
    await hub('rotate-peer-jws', 'bluewallet');
    assert.notEqual(server.operator.list()[1]?.jwsCreatedAt, undefined);
    assert.equal((await hub('remove-peer', 'bluewallet')).code, 0);
    const { dfsps } = JSON.parse((await hub('dfsps', '--json')).text) as { dfsps: { fspId: string }[] };
    assert.deepEqual(
      dfsps.map(({ fspId }) => fspId),
      ['greenbank'],
    );
  });

  test('changes the hub CA: the hub serves with it when all that are connected have a certificate of it, and the old one goes last', async () => {
    const before = server.hubCredentials();
    assert.match((await hub('rotate-ca')).text, /signs from now on[\s\S]*serves with a certificate of it/);
    const after = server.hubCredentials();
    assert.notEqual(after?.certificate, before?.certificate);
    assert.equal(after?.trustedCas.match(/BEGIN/g)?.length, 2);
    await server.operator.rotateHubCa();
    const early = await hub('retire-ca');
    assert.deepEqual([early.code, /the hub would be cut off/.test(early.text)], [1, true]);
    assert.match((await hub('rotate-ca')).text, /continues/);
    assert.equal((await hub('retire-ca')).code, 0);
    assert.equal(server.hubCredentials()?.trustedCas.match(/BEGIN/g)?.length, 1);
    assert.equal((await hub('serve')).code, 0);
    assert.equal((await hub('rotate-ca', '--wait', 'long')).code, 64);
  });

  test('sets what holds from now on', async () => {
    assert.equal((await hub('set', 'signDelayMs=5000')).code, 0);
    assert.equal(server.operator.settings.signDelayMs, 5_000);
    assert.equal((await hub('set', 'signDelayMs')).code, 64);
    assert.equal((await hub('auto-sign', 'on')).code, 0);
    assert.equal(server.operator.settings.autoSign, true);
    await hub('auto-sign', 'off');
    assert.equal((await hub('auto-sign', 'maybe')).code, 64);
    assert.deepEqual([(await hub('set', 'more=1')).code, (await hub('set', 'tokenSeconds=999999')).code], [1, 1]);
  });

  test('breaks by every name that it tells, and mends', async () => {
    for (const name of [...FAULT_NAMES, '401', '503']) assert.equal((await hub('break', name)).code, 0, name);
    assert.equal(server.operator.faults.list().length, FAULT_NAMES.length + 2);
    await hub('mend', 'fault-1');
    assert.equal(server.operator.faults.list().length, FAULT_NAMES.length + 1);
    await hub('mend');
    assert.deepEqual(server.operator.faults.list(), []);
    await hub('break', '503', '--operation', 'POST /token', '--fsp', 'greenbank', '--count', '3');
    const [fault] = server.operator.faults.list();
    assert.deepEqual(fault?.rule, {
      operation: 'POST /token',
      fspId: 'greenbank',
      nth: 1,
      count: 3,
      action: { kind: 'refuse', status: 503 },
    });
    assert.match((await hub()).text, /Broken\nfault-\d+ {2}POST \/token of greenbank .* struck 0/);
    assert.match((await hub('break', 'china')).text, /Unknown fault 'china'. Faults are a status such as 401/);
    assert.equal((await hub('break', '503', '--count', 'many')).code, 64);
    await hub('mend');
  });

  test('says what is wrong: verbs, arguments, what is not there, no sandbox', async () => {
    assert.match((await hub('paint')).text, /Unknown action 'paint'. .\/pm hub knows dfsps, enrolments, rotate-ca, retire-ca, register/);
    for (const verb of verbs) assert.equal((await hub(verb.name, 'a', 'b', 'c')).code, 64, verb.name);
    for (const name of ['dfsps', 'enrolments', 'rotate-ca', 'retire-ca']) assert.equal((await hub(name, 'a')).code, 64, name);
    assert.match((await hub('sign')).text, /Usage: .\/pm hub sign <enrolment>/);
    const missing = await hub('sign', '4711');
    assert.deepEqual([missing.code, /no enrolment 4711. List them: .\/pm hub enrolments/.test(missing.text)], [1, true]);
    assert.equal((await hub('onboard', 'nobody')).code, 1);
    assert.equal((await hub('dfsps', '--folder', folder)).code, 69);
  });

  test('finds the Connection Manager of the sandbox that runs', async () => {
    // The operator's API answers GET / as the hub's admin API does, which is all that is asked of it here.
    await writeRunning(folder, { pid: process.pid, hubAdminUrl: server.operatorUrl, hubOperatorUrl: server.operatorUrl, dfsps: [] });
    assert.match((await hub('dfsps', '--folder', folder)).text, /greenbank/);
  });
});
