import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestOrder } from '@payment-manager/vault';
import { faulty } from '../../test/in-memory-server.ts';
import { connected, dayMs, doing, hourMs, lookAgain, openWorld, pass, standingOf, type World } from '../../test/world.ts';

/** A hub that is waited for: our request lies there, unsigned. */
async function waiting() {
  const world = await openWorld({ client: { pollMs: hourMs } });
  world.server.signing = false;
  const running = await world.start();
  await pass(world, running, 30_000);
  const [asked] = world.server.state.inbound;
  assert.ok(asked?.csr);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').reason, 'WAITING_FOR_HUB');
  return { world, running, csr: asked.csr };
}

const give = ({ server }: World, certificate: string | undefined): void => {
  server.state.inbound = server.state.inbound.map((one) => ({ ...one, certificate, state: 'CERT_SIGNED' }));
};

/** A request for a key of somebody else. */
async function strangeRequest(world: World): Promise<string> {
  const key = await world.hub().keys.generate('tls-client', doing, 'EC-P256');
  const order: RequestOrder = { usage: 'client', subject: { commonName: 'bank-a' } };
  return world.hub().keys.request('tls-client', key.id, order);
}

const wrong: readonly [string, (world: World, csr: string) => Promise<string | undefined>, RegExp][] = [
  [
    'for another key',
    async (world) => (await world.hub().authority.sign(await strangeRequest(world), { usage: 'client', days: 90 }))[0],
    /another key.*sign this very request again/,
  ],
  [
    'from another CA',
    async (_world, csr) => (await (await openWorld()).hub().authority.sign(csr, { usage: 'client', days: 90 }))[0],
    /does not lead to the hub’s CA|does not lead to the hub's CA/,
  ],
  ['for servers', async (world, csr) => (await world.hub().authority.sign(csr, { usage: 'server', days: 90 }))[0], /not for a TLS client/],
  ['of nothing', async () => 'nothing', /cannot be read/],
];

for (const [name, make, words] of wrong) {
  test(`client certificate: one ${name} is not used, the reason is shown, and the right one is when it comes`, async () => {
    const { world, running, csr } = await waiting();
    give(world, await make(world, csr));
    await lookAgain(running);
    const standing = standingOf(running, 'DFSP_CLIENT_CERT');
    assert.deepEqual([standing.state, standing.reason], ['Failed', 'CERTIFICATE_UNUSABLE'], standing.words);
    assert.match(standing.words, words);
    await assert.rejects(running.environment.credentials('tls-client'), { code: 'VAULT_NO_KEY' });
    assert.equal(world.server.state.inbound.length, 1, 'nothing is asked for anew by itself');
    give(world, undefined);
    world.server.signing = true;
    await lookAgain(running);
    assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
    await running.client.stop();
  });
}

test('client certificate: a person who renews one that is stuck gets another key and another request', async () => {
  const { world, running } = await waiting();
  give(world, 'nothing');
  await lookAgain(running);
  world.server.signing = true;
  await running.client.renew('DFSP_CLIENT_CERT', 'a person');
  await lookAgain(running);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  const states = (await running.environment.keys.list('tls-client')).map(({ state, history }) => [state, history[0]?.by]);
  assert.deepEqual(states, [
    ['destroyed', 'connection-manager-client'],
    ['active', 'a person'],
  ]);
  await running.client.stop();
});

test('client certificate: to renew again while the server is away changes nothing of what is on its way', async () => {
  const { world, running } = await waiting();
  world.server.fail = () => faulty('UNREACHABLE');
  await lookAgain(running);
  await running.client.renew('DFSP_CLIENT_CERT', 'a person');
  assert.equal((await running.environment.keys.list('tls-client')).length, 1);
  await running.client.stop();
});

test('client certificate: one that came and ended while nobody looked is asked for anew', async () => {
  const { world, running, csr } = await waiting();
  const [certificate] = await world.hub().authority.sign(csr, { usage: 'client', days: 1 });
  await running.client.stop();
  give(world, certificate);
  world.time.jumpWallClock(2 * dayMs);
  world.server.signing = true;
  const later = await world.start();
  await pass(world, later, 30_000);
  assert.equal(standingOf(later, 'DFSP_CLIENT_CERT').state, 'Ready');
  assert.equal(world.server.state.inbound.length, 2);
  await later.client.stop();
});

test('client certificate: one of the hub’s former CA that came late is asked for anew at once; one that nobody mends, once a day', async () => {
  const { world, running, csr } = await waiting();
  const [ofFormer] = await world.hub().authority.sign(csr, { usage: 'client', days: 90 });
  await pass(world, running, hourMs);
  await world.newHubCa();
  give(world, ofFormer);
  await lookAgain(running);
  await pass(world, running, 10_000);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').reason, 'WAITING_FOR_HUB');
  assert.equal(world.server.state.inbound.length, 2);
  for (let n = 0; n < 5 * 24; n++) {
    give(world, 'nothing');
    await pass(world, running, hourMs);
  }
  const asked = world.server.state.inbound.length;
  assert.ok(asked >= 6 && asked <= 7, `${asked} requests in five days`);
  await running.client.stop();
});

test('client certificate: what the server complains about is shown in full, and a mended configuration makes another request', async () => {
  const { world, running } = await waiting();
  const validations = [
    { code: 'CSR_SIGNATURE_VALID', result: 'VALID', message: 'fine' },
    { code: 'CSR_PUBLIC_KEY_LENGTH_4096', result: 'INVALID', message: 'CSR Public Key length is not 4096, it is 256' },
    { code: 'CSR_SIGNATURE_ALGORITHM', result: 'INVALID', message: 'CSR has a an invalid Signature Algorithm' },
  ] as const;
  world.server.state.inbound = world.server.state.inbound.map((one) => ({ ...one, validations, validationState: 'INVALID' }));
  await lookAgain(running);
  const standing = standingOf(running, 'DFSP_CLIENT_CERT');
  assert.deepEqual([standing.state, standing.reason], ['Failed', 'NOT_ACCEPTED']);
  assert.match(standing.words, /not 4096, it is 256 \| CSR_SIGNATURE_ALGORITHM: CSR has a an invalid/);
  assert.doesNotMatch(standing.words, /fine/);
  await running.client.stop();
  world.server.signing = true;
  world.server.state.inbound = world.server.state.inbound.map((one) => ({ ...one, certificate: 'not yet' }));
  const mended = await world.start({ wanted: { ...world.wanted, subject: { commonName: 'bank-a.scheme' } } });
  await pass(world, mended, 30_000);
  assert.equal(standingOf(mended, 'DFSP_CLIENT_CERT').state, 'Ready');
  assert.match(standingOf(mended, 'DFSP_CLIENT_CERT').words, /\(bank-a\.scheme\)/);
  await mended.client.stop();
});

test('client certificate: a request that the server has forgotten is submitted again; a certificate in use needs none', async () => {
  const { world, running } = await waiting();
  world.server.state.inbound = [];
  world.server.signing = true;
  await lookAgain(running);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  world.server.state.inbound = [];
  await pass(world, running, 2 * dayMs);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  assert.deepEqual(world.server.state.inbound, []);
  await running.client.stop();
});

test('client certificate: it is found by its key where the server changed the text of the request', async () => {
  const { world, running, csr } = await waiting();
  world.server.state.inbound = world.server.state.inbound.map((one) => ({ ...one, csr: csr.replaceAll('\n', '\r\n') }));
  world.server.signing = true;
  await lookAgain(running);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  assert.equal(world.server.state.inbound.length, 1);
  await running.client.stop();
});

test('client certificate: the hub signs the same request again, and the newer certificate is used with the same key', async () => {
  const { world, running } = await connected();
  const before = await running.environment.credentials('tls-client');
  const [asked] = world.server.state.inbound;
  give(world, (await world.hub().authority.sign(asked?.csr ?? '', { usage: 'client', days: 200 }))[0]);
  await lookAgain(running);
  const after = await running.environment.credentials('tls-client');
  assert.equal(after.keyId, before.keyId);
  assert.ok(after.validTo - before.validTo >= 110 * dayMs);
  await running.client.stop();
});

test('client certificate: during a renewal the present one stays in use, and both are told of', async () => {
  const { world, running } = await connected();
  world.server.signing = false;
  const { keyId } = await running.environment.credentials('tls-client');
  await running.client.renew('DFSP_CLIENT_CERT', 'a person');
  await running.client.renew('DFSP_CLIENT_CERT', 'the same, impatient');
  await lookAgain(running);
  assert.match(standingOf(running, 'DFSP_CLIENT_CERT').words, /has not signed it yet. The present certificate stays in use/);
  assert.equal((await running.environment.credentials('tls-client')).keyId, keyId);
  assert.equal((await running.environment.keys.list('tls-client')).length, 2);
  world.server.signing = true;
  await lookAgain(running);
  assert.notEqual((await running.environment.credentials('tls-client')).keyId, keyId);
  const retiring = (await running.environment.keys.list('tls-client')).find(({ id }) => id === keyId);
  assert.equal(retiring?.state, 'retiring');
  await pass(world, running, 2 * dayMs);
  assert.equal((await running.environment.keys.list('tls-client')).find(({ id }) => id === keyId)?.state, 'destroyed');
  await running.client.stop();
});
