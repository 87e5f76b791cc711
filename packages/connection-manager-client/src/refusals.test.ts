import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { faulty } from '../test/in-memory-server.ts';
import { atRest, connected, dayMs, hourMs, lookAgain, openWorld, pass, standingOf } from '../test/world.ts';
import { ConnectionFault, type FaultCode } from './api/connection-fault.ts';
import { ARTEFACTS } from './condition.ts';

const codes: readonly FaultCode[] = ['UNREACHABLE', 'TLS', 'TOKEN', 'REFUSED', 'NOT_FOUND', 'INVALID', 'SERVER_ERROR', 'GARBAGE'];

for (const code of codes) {
  test(`connection: ${code} shows in every condition with its reason and a next step, and is over when it is over`, async () => {
    const world = await openWorld();
    world.server.fail = () => faulty(code);
    const running = await world.start();
    await atRest(running);
    for (const artefact of ARTEFACTS) {
      const { state, reason, words } = standingOf(running, artefact);
      assert.deepEqual([state, reason], ['Failed', code], artefact);
      assert.match(words, /it fails.*Do something\./);
    }
    await pass(world, running, 20 * 60_000);
    assert.ok(running.client.alarms().filter((alarm) => alarm.code === 'ARTEFACT_FAILING').length === ARTEFACTS.length);
    const tries = world.server.calls.length;
    assert.ok(tries < 20 * ARTEFACTS.length, `${tries} calls in 20 minutes`);
    world.server.fail = () => undefined;
    await pass(world, running, 11 * 60_000);
    for (const artefact of ARTEFACTS) assert.equal(standingOf(running, artefact).state, 'Ready', artefact);
    assert.deepEqual(running.client.alarms(), []);
    await running.client.stop();
  });
}

test('connection: what is connected stays so while the server fails: nothing is replaced, removed or made anew', async () => {
  const { world, running } = await connected();
  const { environment, client } = running;
  const before = [await environment.credentials('tls-client'), await environment.credentials('tls-server')].map(({ keyId }) => keyId);
  world.server.fail = () => faulty('SERVER_ERROR');
  await pass(world, running, 3 * dayMs);
  const after = [await environment.credentials('tls-client'), await environment.credentials('tls-server')].map(({ keyId }) => keyId);
  assert.deepEqual(after, before);
  assert.deepEqual(await environment.trust.ids('peer-jws'), ['bank-b']);
  await environment.keys.signer();
  await client.stop();
});

test('connection: the server says how long to stay away, and that is kept', async () => {
  const world = await openWorld();
  world.server.fail = () => new ConnectionFault('SERVER_ERROR', 'busy', 'wait', [], 120_000);
  const running = await world.start();
  await pass(world, running, 119_000);
  assert.equal(world.server.calls.length, ARTEFACTS.length);
  await running.client.stop();
});

test('connection: every complaint of the server is shown', async () => {
  const world = await openWorld();
  world.server.fail = (call) =>
    call === 'requestClientCertificate'
      ? new ConnectionFault('INVALID', 'no', 'mend it', ['first complaint', 'second complaint'])
      : undefined;
  const running = await world.start();
  await pass(world, running, 10_000);
  const { reason, words } = standingOf(running, 'DFSP_CLIENT_CERT');
  assert.equal(reason, 'INVALID');
  assert.match(words, /first complaint \| second complaint/);
  const keys = await running.environment.keys.list('tls-client');
  assert.equal(keys.length, 1, 'a refused request costs no further key');
  await running.client.stop();
});

test('connection: a server that takes things and does not show them is asked ever more rarely', async () => {
  const world = await openWorld();
  world.server.inboundEnrollments = async () => [];
  const running = await world.start();
  await pass(world, running, hourMs);
  const posts = world.server.calls.filter((call) => call === 'requestClientCertificate').length;
  assert.ok(posts > 1 && posts < 40, `${posts} posts`);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').reason, 'GARBAGE');
  await running.client.stop();
});

test('connection: who does not lead looks and changes nothing, at the server or in the vault', async () => {
  const world = await openWorld();
  let leads = false;
  const running = await world.start({ leads: () => leads });
  await pass(world, running, hourMs);
  assert.deepEqual(
    world.server.calls.filter((call) => /^(?:publish|request|upload|report)/.test(call)),
    [],
  );
  assert.equal(running.process.steps, 0);
  assert.equal(standingOf(running, 'DFSP_JWS').reason, 'LEADER_ACTS');
  leads = true;
  await lookAgain(running);
  await pass(world, running, 60_000);
  assert.equal(standingOf(running, 'DFSP_JWS').state, 'Ready');
  await running.client.stop();
});

test('connection: two that lead at once do no harm', async () => {
  const world = await openWorld();
  const both = [await world.start(), await world.start()] as const;
  await pass(world, both[0], 10 * 60_000);
  await atRest(both[1]);
  for (const running of both) await lookAgain(running);
  for (const purpose of ['tls-client', 'tls-server', 'jws-signing', 'dfsp-ca'] as const) {
    const states = (await both[0].environment.keys.list(purpose)).map(({ state }) => state).filter((state) => state !== 'destroyed');
    assert.deepEqual(
      states.filter((state) => state !== 'retiring'),
      ['active'],
      purpose,
    );
  }
  for (const { client } of both) await client.stop();
});

test('connection: the hub’s operator sees our states, and nothing of ours but codes', async () => {
  const world = await openWorld({ client: { pollMs: 60_000 } });
  const running = await world.start();
  await pass(world, running, 3 * 60_000);
  const { reported } = world.server.state;
  assert.deepEqual(Object.keys(reported).sort(), [
    'DFSP_CA',
    'DFSP_CLIENT_CERT',
    'DFSP_JWS',
    'DFSP_SERVER_CERT',
    'ENDPOINT_CONFIG',
    'HUB_CA',
    'HUB_CLIENT_CERT',
    'PEER_JWS',
  ]);
  assert.deepEqual(new Set(Object.values(reported).map(({ status }) => status)), new Set(['completed']));
  world.server.fail = (call) => (call === 'hubCa' ? faulty('SERVER_ERROR') : undefined);
  await pass(world, running, 5 * 60_000);
  const told = () => [world.server.state.reported['HUB_CA']?.status, world.server.state.reported['HUB_CA']?.errorDescription];
  assert.deepEqual(told(), ['inError', 'SERVER_ERROR']);
  world.server.fail = () => undefined;
  await pass(world, running, 10 * 60_000);
  assert.deepEqual(told(), ['completed', ''], 'an error that is over is not told any more');
  await running.client.stop();
});

test('connection: no private key is in conditions, alarms, the log, or in what is sent', async () => {
  const { world, running } = await connected();
  const { conditions, alarms } = running.client;
  const shown = [conditions(), alarms(), world.log.lines, world.server.state, running.client];
  assert.doesNotMatch(inspect(shown, { depth: 12, maxStringLength: null }), /PRIVATE KEY/);
  assert.doesNotMatch(JSON.stringify(world.server.state), /PRIVATE KEY/);
  await running.client.stop();
});

test('connection: a listener is told of changes, and one that fails disturbs nobody', async () => {
  const { world, running } = await connected();
  let told = 0;
  running.client.onChange(() => {
    throw new Error('a careless listener');
  });
  const end = running.client.onChange(() => {
    told += 1;
  });
  world.server.fail = () => faulty('UNREACHABLE');
  await lookAgain(running);
  assert.ok(told > 0);
  end();
  const before = told;
  world.server.fail = () => undefined;
  await lookAgain(running);
  assert.equal(told, before);
  assert.equal(standingOf(running, 'OAUTH').state, 'Ready');
  await running.client.stop();
});

test('connection: a configuration from which no certificate can be asked for is told as that, and costs one key', async () => {
  const world = await openWorld({ wanted: { dnsNames: [], ips: [], connectorFqdn: '', subject: { commonName: '' } } });
  const running = await world.start();
  await pass(world, running, hourMs);
  for (const [artefact, purpose] of [
    ['DFSP_CLIENT_CERT', 'tls-client'],
    ['DFSP_CA', 'dfsp-ca'],
  ] as const) {
    const { state, reason, words } = standingOf(running, artefact);
    if (artefact === 'DFSP_CA') assert.equal(state, 'Ready');
    else assert.deepEqual([state, reason], ['Failed', 'CONFIGURATION_INCOMPLETE'], words);
    assert.equal((await running.environment.keys.list(purpose)).length, 1);
  }
  assert.equal(standingOf(running, 'HUB_CLIENT_CERT').reason, 'CONFIGURATION_INCOMPLETE');
  assert.match(standingOf(running, 'DFSP_CLIENT_CERT').words, /commonName must have 1 to 64 printable characters/);
  assert.equal(standingOf(running, 'DFSP_SERVER_CERT').reason, 'CONFIGURATION_INCOMPLETE');
  await running.client.stop();
});
