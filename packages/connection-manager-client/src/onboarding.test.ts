import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { hourMs, openWorld, pass, type Started, type World } from '../test/world.ts';
import { keyIdOf, keyIdOfPem, sameCertificate } from './certificates/certificate.ts';
import { readRequest } from './certificates/request.ts';

/** Everything that must hold of a DFSP that is connected, whatever happened on the way. */
async function assertConnected(world: World, { client, environment }: Started): Promise<void> {
  const { server } = world;
  assert.deepEqual(
    client.conditions().filter(({ state }) => state !== 'Ready'),
    [],
  );
  assert.deepEqual(client.alarms(), []);
  const { keys } = environment;
  for (const purpose of ['tls-client', 'tls-server', 'jws-signing', 'dfsp-ca'] as const) {
    const states = (await keys.list(purpose)).map(({ state }) => state);
    assert.deepEqual(
      states.filter((state) => state !== 'destroyed' && state !== 'retiring'),
      ['active'],
      purpose,
    );
  }
  const client_ = await environment.credentials('tls-client');
  const own = new X509Certificate(client_.certificate);
  assert.ok(own.verify(new X509Certificate(server.state.hubCa.rootCertificate ?? '').publicKey), 'our certificate is of the hub’s CA');
  assert.equal(keyIdOf(own.publicKey), client_.keyId);
  assert.ok(client_.trustedCas.includes(server.state.hubCa.rootCertificate ?? 'none'));
  const ca = (await keys.active('dfsp-ca'))?.chain?.[0];
  assert.ok(sameCertificate(server.state.dfspCa.rootCertificate, ca));
  const serving = await environment.credentials('tls-server');
  assert.ok(sameCertificate(server.state.serverCertificate?.serverCertificate, serving.certificate));
  const [asked] = server.state.outbound;
  const hubs = new X509Certificate(asked?.certificate ?? '');
  assert.equal(keyIdOf(hubs.publicKey), (await readRequest(asked?.csr))?.keyId);
  assert.equal(hubs.subject, 'CN=connector.bank-a.example');
  assert.ok(hubs.verify(new X509Certificate(ca ?? '').publicKey));
  const published = server.state.jwsKeys.filter(({ dfspId }) => dfspId === 'bank-a');
  assert.deepEqual(
    published.map(({ publicKey }) => keyIdOfPem(publicKey)),
    [(await environment.keys.signer()).keyId],
  );
  assert.deepEqual(await environment.trust.ids('peer-jws'), ['bank-b']);
  assert.equal(server.state.ingress, 'https://connector.bank-a.example');
  assert.deepEqual(server.state.egress, [{ address: '192.0.2.7', ports: ['443'] }]);
}

test('connection: from nothing to connected, without anybody doing anything but sign at the hub', async () => {
  const world = await openWorld();
  const running = await world.start();
  await pass(world, running, 60_000);
  await assertConnected(world, running);
  assert.equal(new X509Certificate((await running.environment.credentials('tls-client')).certificate).subject, 'C=KE\nO=Bank A\nCN=bank-a');
  await running.client.stop();
});

test('connection: nothing is posted, signed or made twice when nothing has changed, also after a restart', async () => {
  const world = await openWorld();
  const running = await world.start();
  await pass(world, running, 60_000);
  const changes = (): string[] => world.server.calls.filter((name) => /^(?:publish|request|upload)/.test(name));
  const before = [...changes()];
  assert.deepEqual(before.toSorted(), [...new Set(before)].toSorted());
  await pass(world, running, 48 * hourMs);
  await running.client.stop();
  const again = await world.start();
  await pass(world, again, 48 * hourMs);
  await assertConnected(world, again);
  assert.deepEqual(changes(), before);
  await again.client.stop();
});

/** Runs until the process is dead or a minute is over, then a new process, which must get everything in order. */
async function killedAt(instant: number, prepare: (world: World, running: Started) => Promise<void>, renewed: boolean): Promise<boolean> {
  const world = await openWorld();
  if (renewed) {
    const first = await world.start();
    await pass(world, first, 60_000);
    await first.client.stop();
  }
  const running = await world.start({}, instant);
  // What is asked of a dead process is never answered.
  await Promise.race([prepare(world, running), running.process.death]);
  await pass(world, running, 10 * 60_000);
  const { dead } = running.process;
  if (!dead) await running.client.stop();
  const survivor = await world.start();
  await pass(world, survivor, 10 * 60_000);
  await assertConnected(world, survivor);
  const enrolled = await survivor.environment.keys.list('tls-client');
  assert.ok(world.server.state.inbound.length <= enrolled.length, 'no more enrolments than keys');
  await survivor.client.stop();
  return dead;
}

test('connection: killed at every step of the onboarding, the next process ends connected, with no orphan in use and no key lost', async () => {
  let instant = 1;
  while (await killedAt(instant, async () => undefined, false)) instant += 1;
  assert.ok(instant > 20, `${instant} steps`);
});

test('connection: killed at every step of the renewal of everything, the next process ends connected', async () => {
  const renewAll = async ({ server }: World, { client }: Started): Promise<void> => {
    for (const artefact of ['DFSP_CA', 'DFSP_CLIENT_CERT', 'DFSP_SERVER_CERT', 'DFSP_JWS', 'HUB_CLIENT_CERT'] as const)
      await client.renew(artefact, 'a person');
    assert.ok(server.calls.length > 0);
  };
  let instant = 1;
  while (await killedAt(instant, renewAll, true)) instant += 1;
  assert.ok(instant > 20, `${instant} steps`);
});
