import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connected, dayMs, doing, hourMs, lookAgain, openWorld, pass, type Started, standingOf, type World } from '../../test/world.ts';
import type { PublishedJwsKey } from '../api/connection-manager-api.ts';
import { sameCertificate } from '../certificates/certificate.ts';

const trustedOf = async ({ environment }: Started): Promise<string[]> =>
  (await environment.trust.trusted('hub-ca', 'hub')).map(({ state, chain }) => `${state} ${chain?.[0]?.length}`);

async function leafOf(world: World): Promise<string> {
  return (await chainOf(world))[0] ?? '';
}

/** A CA for which the hub's present one vouches. */
async function subordinateOf(world: World): Promise<string> {
  const { authority, keys } = world.hub();
  const { id } = await authority.create({ commonName: 'issuing CA' }, 3_000, doing, 'EC-P256');
  await keys.activate('dfsp-ca', id, doing);
  const below = (await chainOf(world)).find((pem) => new X509Certificate(pem).ca) ?? assert.fail('there is none');
  assert.notEqual(new X509Certificate(below).subject, new X509Certificate(below).issuer);
  return below;
}

async function chainOf(world: World): Promise<readonly string[]> {
  const key = await world.hub().keys.generate('tls-server', doing, 'EC-P256');
  const order = { usage: 'server', subject: { commonName: 'hub' }, names: { dns: ['hub.example'] } } as const;
  const request = await world.hub().keys.request('tls-server', key.id, order);
  return world.hub().authority.sign(request, { usage: 'server', days: 3_000 });
}

test('hub CA: a hub without a CA is waited for, whatever its server calls that', async () => {
  const world = await openWorld();
  const { hubCa } = world.server.state;
  world.server.state.hubCa = { validationState: 'VALID', validations: [], rootCertificate: undefined, intermediateChain: undefined };
  const running = await world.start();
  await pass(world, running, 30_000);
  assert.deepEqual(await trustedOf(running), []);
  assert.equal(standingOf(running, 'HUB_CA').reason, 'HUB_HAS_NO_CA');
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').reason, 'WAITING_FOR_HUB_CA');
  world.server.state.hubCa = hubCa;
  await lookAgain(running);
  await pass(world, running, 60_000);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  await running.client.stop();
});

test('hub CA: what is not a CA to trust is refused with the reason, and what was trusted stays', async () => {
  const { world, running } = await connected();
  const before = await trustedOf(running);
  const { hubCa } = world.server.state;
  const leaf = await leafOf(world);
  const strange = (await openWorld()).server.state.hubCa.rootCertificate ?? '';
  const spoiled: readonly [string, string | undefined, string | undefined, string, RegExp][] = [
    ['nothing', undefined, undefined, 'HUB_HAS_NO_CA', /stays trusted/],
    ['the word undefined', 'undefined', undefined, 'HUB_CA_UNUSABLE', /cannot be read.*stays trusted/],
    [
      'a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      undefined,
      'HUB_CA_UNUSABLE',
      /cannot be read/,
    ],
    ['no CA', leaf, undefined, 'HUB_CA_UNUSABLE', /CN=hub is not a CA/],
    ['a chain with a stranger in it', hubCa.rootCertificate, leaf, 'HUB_CA_UNUSABLE', /CN=hub is not a CA/],
    ['a hundred certificates', `${strange}\n`.repeat(100), undefined, 'HUB_CA_UNUSABLE', /cannot be read/],
  ];
  for (const [name, rootCertificate, intermediateChain, reason, words] of spoiled) {
    world.server.state.hubCa = { validationState: 'VALID', validations: [], rootCertificate, intermediateChain };
    await lookAgain(running);
    assert.equal(standingOf(running, 'HUB_CA').reason, reason, name);
    assert.match(standingOf(running, 'HUB_CA').words, words, name);
    assert.deepEqual(await trustedOf(running), before, name);
  }
  world.server.state.hubCa = hubCa;
  await lookAgain(running);
  assert.equal(standingOf(running, 'HUB_CA').state, 'Ready');
  await running.client.stop();
});

test('hub CA: a hub that presents two roots during its change is trusted for both', async () => {
  const { world, running } = await connected();
  const { hubCa: former } = world.server.state;
  await world.newHubCa();
  world.server.state.hubCa = { ...world.server.state.hubCa, intermediateChain: former.rootCertificate };
  await lookAgain(running);
  assert.equal((await running.environment.trust.trusted('hub-ca', 'hub')).filter(({ state }) => state === 'active').length, 2);
  assert.equal(standingOf(running, 'HUB_CA').state, 'Ready');
  await running.client.stop();
});

test('hub CA: an expired one is refused', async () => {
  const world = await openWorld();
  await world.newHubCa(10);
  world.time.jumpWallClock(11 * dayMs);
  const running = await world.start();
  await pass(world, running, 10_000);
  assert.equal(standingOf(running, 'HUB_CA').reason, 'HUB_CA_UNUSABLE');
  assert.match(standingOf(running, 'HUB_CA').words, /ended on/);
  await running.client.stop();
});

test('hub CA: during a change both are trusted, our certificate is renewed under the new one, and the former leaves when nobody uses it', async () => {
  const { world, running } = await connected({ client: { pollMs: hourMs, overlapMs: dayMs } });
  const { environment } = running;
  const former = world.server.state.hubCa.rootCertificate ?? '';
  world.server.state.hubServer = { ...world.server.state.hubCa, serverCertificate: await leafOf(world) };
  const before = (await environment.credentials('tls-client')).keyId;
  await world.newHubCa();
  await lookAgain(running);
  await pass(world, running, 60_000);
  const changed = await environment.credentials('tls-client');
  assert.notEqual(changed.keyId, before);
  assert.ok(changed.trustedCas.includes(former) && changed.trustedCas.includes(world.server.state.hubCa.rootCertificate ?? 'none'));

  // The hub's server goes on with its former certificate for a week.
  await pass(world, running, 7 * dayMs);
  assert.ok((await environment.credentials('tls-client')).trustedCas.includes(former));
  assert.match(standingOf(running, 'HUB_CA').words, /still from its previous CA/);
  world.server.state.hubServer = { ...world.server.state.hubCa, serverCertificate: await leafOf(world) };
  await pass(world, running, 2 * hourMs);
  const { trustedCas } = await environment.credentials('tls-client');
  assert.ok(!trustedCas.includes(former));
  assert.ok(sameCertificate(trustedCas, world.server.state.hubCa.rootCertificate));
  await running.client.stop();
});

test('hub CA: the former one is not given up while a server of the hub’s needs it, whatever the Connection Manager says', async () => {
  const asked: string[] = [];
  let serves = false;
  const hubServes = async (cas: string): Promise<boolean> => {
    asked.push(cas);
    return serves;
  };
  const { world, running } = await connected({ client: { pollMs: hourMs, overlapMs: dayMs, hubServes } });
  const { environment } = running;
  const former = world.server.state.hubCa.rootCertificate ?? '';
  await world.newHubCa();
  await pass(world, running, dayMs - hourMs);
  assert.deepEqual(asked, [], 'nothing is to be given up yet');
  await pass(world, running, 3 * dayMs);
  assert.ok((await environment.credentials('tls-client')).trustedCas.includes(former));
  assert.match(standingOf(running, 'HUB_CA').words, /not from its new CA, or cannot be checked/);
  assert.ok(asked.length > 0 && asked.every((cas) => sameCertificate(cas, world.server.state.hubCa.rootCertificate)));
  serves = true;
  await pass(world, running, 2 * hourMs);
  assert.ok(!(await environment.credentials('tls-client')).trustedCas.includes(former));
  await running.client.stop();
});

test('hub CA: root and chain that the server joined without a newline are read, and one whose issuer it does not show is an anchor', async () => {
  const { world, running } = await connected();
  const trusted = async () => (await running.environment.trust.trusted('hub-ca', 'hub')).filter(({ state }) => state === 'active');
  const { hubCa: former } = world.server.state;
  await world.newHubCa();
  const glued = `${former.rootCertificate?.trimEnd()}${world.server.state.hubCa.rootCertificate}`.replaceAll('\n', '\r\n');
  world.server.state.hubCa = { ...former, rootCertificate: glued, intermediateChain: undefined };
  await lookAgain(running);
  assert.equal((await trusted()).length, 2);
  world.server.state.hubCa = { ...former, rootCertificate: await subordinateOf(world) };
  await lookAgain(running);
  assert.equal(standingOf(running, 'HUB_CA').state, 'Ready', standingOf(running, 'HUB_CA').words);
  assert.equal((await trusted()).length, 1);
  await running.client.stop();
});

test('hub CA and peers: a Connection Manager that moves to another address loses nothing, and its word counts on', async () => {
  const { world, running } = await connected({ client: { overlapMs: dayMs } });
  const { trust } = running.environment;
  const before = await trustedOf(running);
  await running.client.stop();
  const moved = { ...world.server, url: 'https://mcm.elsewhere.example' };
  world.server.state.jwsKeys.push({ ...(world.server.state.jwsKeys[0] as PublishedJwsKey), dfspId: 'bank-c' });
  const later = await world.start({ api: moved });
  await pass(world, later, 60_000);
  assert.deepEqual(await trustedOf(later), before);
  for (const [purpose, id] of [
    ['hub-ca', 'hub'],
    ['peer-jws', 'bank-b'],
    ['peer-jws', 'bank-c'],
  ] as const)
    assert.deepEqual(
      (await trust.trusted(purpose, id)).map(({ state, origin }) => [state, origin]),
      [['active', moved.url]],
    );
  // The hub's CA changes: what was said at the former address overlaps now as well.
  await world.newHubCa();
  await lookAgain(later);
  assert.deepEqual(
    (await trust.trusted('hub-ca', 'hub')).map(({ state }) => state),
    ['active', 'retiring'],
  );
  await later.client.stop();
  // It moves in the middle of that, and a peer is gone.
  world.server.state.jwsKeys = world.server.state.jwsKeys.filter(({ dfspId }) => dfspId !== 'bank-b');
  const again = await world.start({ api: { ...world.server, url: 'https://mcm.third.example' } });
  await pass(world, again, 60_000);
  assert.deepEqual(
    (await trust.trusted('hub-ca', 'hub')).map(({ state }) => state),
    ['active', 'retiring'],
    'the former CA is still needed',
  );
  assert.ok(!(await trust.ids('peer-jws')).includes('bank-b'), 'who is gone is removed, wherever the list was read before');
  await pass(world, again, 2 * dayMs);
  assert.deepEqual(
    (await trust.trusted('hub-ca', 'hub')).map(({ state, origin }) => [state, origin]),
    [['active', 'https://mcm.third.example']],
  );
  await again.client.stop();
});
