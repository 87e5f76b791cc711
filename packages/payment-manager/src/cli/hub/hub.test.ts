import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { recordedLog } from '@payment-manager/runtime';
import { type ConnectionManagerServer, startConnectionManagerServer } from '@payment-manager/sandbox';
import { runCommandLine } from '../command-line.ts';
import { writeRunning } from '../sandbox/running-sandbox.ts';
import { faultNames, verbs } from './hub-verbs.ts';

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
  const code = await runCommandLine(['hub', ...args, ...where], terminal);
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
    await hub('lose', 'greenbank', String(id));
    assert.deepEqual(server.operator.list()[0]?.hubEnrolments, []);
    await hub('request', 'greenbank');
    assert.equal(server.operator.list()[0]?.hubEnrolments.length, 1);
    assert.match(list.text, /bluewallet .* \d{4}-\d\d-\d\d/);
    assert.match(list.text, /autoSign=false .*log-ins: 0/);
    assert.equal((await hub('remove-jws', 'bluewallet')).code, 0);
    assert.equal((await hub('remove', 'bluewallet')).code, 0);
    assert.doesNotMatch((await hub('list')).text, /bluewallet/);
  });

  test('changes the hub CA step by step', async () => {
    const before = server.hubCredentials();
    assert.match((await hub('rotate-ca')).text, /pm hub serve/);
    assert.notEqual(server.hubCredentials()?.trustedCas, before?.trustedCas);
    assert.equal(server.hubCredentials()?.certificate, before?.certificate);
    await hub('serve');
    assert.notEqual(server.hubCredentials()?.certificate, before?.certificate);
    await hub('retire-ca');
    assert.equal(server.hubCredentials()?.trustedCas.match(/BEGIN/g)?.length, 1);
  });

  test('sets what holds from now on', async () => {
    assert.equal((await hub('set', 'signDelayMs=5000')).code, 0);
    assert.equal(server.operator.settings.signDelayMs, 5_000);
    assert.equal((await hub('set', 'signDelayMs')).code, 64);
    assert.deepEqual([(await hub('set', 'more=1')).code, (await hub('set', 'tokenSeconds=999999')).code], [1, 1]);
  });

  test('breaks by every name that it tells, and mends', async () => {
    for (const name of [...faultNames, '401', '503']) assert.equal((await hub('break', name)).code, 0, name);
    assert.equal(server.operator.faults.list().length, faultNames.length + 2);
    await hub('mend', 'fault-1');
    assert.equal(server.operator.faults.list().length, faultNames.length + 1);
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
    assert.match((await hub('break', 'china')).text, /There is no fault 'china'. There are: a status such as 401/);
    assert.equal((await hub('break', '503', '--count', 'many')).code, 64);
    await hub('mend');
  });

  test('says what is wrong: verbs, arguments, what is not there, no sandbox, one without a Connection Manager', async () => {
    assert.match((await hub('paint')).text, /There is no '.\/pm hub paint'. There are: list, register/);
    for (const verb of verbs) assert.equal((await hub(verb.name, 'a', 'b', 'c')).code, 64, verb.name);
    assert.match((await hub('sign', 'greenbank')).text, /It is: .\/pm hub sign <fspId> <enrolment>/);
    const missing = await hub('sign', 'greenbank', '4711');
    assert.deepEqual([missing.code, /says 404: not found/.test(missing.text)], [1, true]);
    assert.equal((await hub('onboard', 'nobody')).code, 1);
    assert.equal((await hub('list', '--folder', folder)).code, 69);
  });

  test('finds the Connection Manager of the sandbox that runs', async () => {
    // The operator's API answers GET / as the hub's admin API does, which is all that is asked of it here.
    await writeRunning(folder, { pid: process.pid, hubAdminUrl: server.operatorUrl, hubOperatorUrl: server.operatorUrl, dfsps: [] });
    assert.match((await hub('list', '--folder', folder)).text, /greenbank/);
    await writeRunning(folder, { pid: process.pid, hubAdminUrl: server.operatorUrl, dfsps: [] });
    assert.match((await hub('list', '--folder', folder)).text, /has no Connection Manager/);
  });
});
