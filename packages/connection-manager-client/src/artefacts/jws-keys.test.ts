import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { connected, dayMs, lookAgain, openWorld, pass, peerKey, type Started, standingOf, type World } from '../../test/world.ts';
import type { ListedJwsKey, PublishedJwsKey } from '../api/connection-manager-api.ts';
import { readJwsKey } from '../api/read.ts';
import { keyIdOfPem } from '../certificates/certificate.ts';

const unchecked = { validationState: 'VALID', validations: [] } as const;

const publishedId = ({ server }: World): string | undefined =>
  keyIdOfPem(server.state.jwsKeys.find(({ dfspId }) => dfspId === 'bank-a')?.publicKey);

const signingId = async ({ environment }: Started): Promise<string> => (await environment.keys.signer()).keyId;

test('our JWS key: the new one is published first, and signs after the propagation time; the former is destroyed after the overlap', async () => {
  const { world, running } = await connected({ client: { propagationMs: 600_000 } });
  const former = await signingId(running);
  await running.client.renew('DFSP_JWS', 'a person');
  await lookAgain(running);
  const next = publishedId(world);
  assert.notEqual(next, former);
  await pass(world, running, 599_999);
  assert.equal(await signingId(running), former);
  assert.match(standingOf(running, 'DFSP_JWS').words, /we sign with it from/);
  await pass(world, running, 2_000);
  assert.equal(await signingId(running), next);
  await pass(world, running, 2 * dayMs);
  assert.deepEqual(
    (await running.environment.keys.list('jws-signing')).map(({ state }) => state),
    ['destroyed', 'active'],
  );
  await running.client.stop();
});

test('our JWS key: the propagation time goes on over a restart, and begins anew where the server does not say when it was published', async () => {
  for (const told of [true, false]) {
    const { world, running } = await connected({ client: { propagationMs: 600_000 } });
    const former = await signingId(running);
    await running.client.renew('DFSP_JWS', 'a person');
    await lookAgain(running);
    if (!told) world.server.state.jwsKeys = world.server.state.jwsKeys.map((one) => ({ ...one, createdAt: undefined }));
    await pass(world, running, 400_000);
    await running.client.stop();
    const again = await world.start();
    await pass(world, again, 300_000);
    assert.equal((await signingId(again)) !== former, told);
    await pass(world, again, 400_000);
    assert.notEqual(await signingId(again), former);
    await again.client.stop();
  }
});

test('our JWS key: a server that was restored from a backup gets the key that we sign with', async () => {
  const { world, running } = await connected();
  const before = world.server.state.jwsKeys;
  await running.client.renew('DFSP_JWS', 'a person');
  await pass(world, running, 600_000);
  const present = await signingId(running);
  for (const backup of [before, before.filter(({ dfspId }) => dfspId !== 'bank-a')]) {
    world.server.state.jwsKeys = backup;
    await lookAgain(running);
    assert.equal(publishedId(world), present);
    assert.equal(await signingId(running), present);
  }
  await running.client.stop();
});

test('our JWS key: somebody else’s under our name is replaced by ours, and that is an alarm for a day', async () => {
  const { world, running } = await connected();
  const present = await signingId(running);
  world.server.state.jwsKeys = world.server.state.jwsKeys.map((one) => (one.dfspId === 'bank-a' ? { ...one, publicKey: k2 } : one));
  await lookAgain(running);
  assert.equal(publishedId(world), present);
  assert.equal(standingOf(running, 'DFSP_JWS').reason, 'FOREIGN_KEY');
  assert.deepEqual(
    running.client.alarms().map(({ code, severity }) => [code, severity]),
    [['FOREIGN_KEY_SEEN', 'critical']],
  );
  await pass(world, running, 1.1 * dayMs);
  assert.equal(standingOf(running, 'DFSP_JWS').reason, 'IN_ORDER');
  await running.client.stop();
});

test('our JWS key: after a compromise the next one is made, published and used without waiting', async () => {
  const { world, running } = await connected();
  const { keys } = running.environment;
  const former = await signingId(running);
  await keys.move('jws-signing', former, 'compromised', { by: 'a person', why: 'stolen' });
  await lookAgain(running);
  assert.notEqual(await signingId(running), former);
  assert.equal(publishedId(world), await signingId(running));
  await running.client.stop();
});

test('our JWS key: one that the server marks as invalid is not signed with, and that is said', async () => {
  const { world, running } = await connected();
  const former = await signingId(running);
  const publish = world.server.publishJwsKey;
  world.server.publishJwsKey = async (fspId, key) => {
    await publish(fspId, key);
    const validations = [{ code: 'CERTIFICATE_PUBLIC_KEY_LENGTH_2048', result: 'INVALID', message: 'too short' }] as const;
    world.server.state.jwsKeys = world.server.state.jwsKeys.map((one) =>
      one.dfspId === fspId ? { ...one, validationState: 'INVALID', validations } : one,
    );
    return world.server.state.jwsKeys.at(-1) as PublishedJwsKey;
  };
  await running.client.renew('DFSP_JWS', 'a person');
  await pass(world, running, dayMs);
  assert.equal(await signingId(running), former);
  assert.equal(standingOf(running, 'DFSP_JWS').reason, 'NOT_ACCEPTED');
  assert.match(standingOf(running, 'DFSP_JWS').words, /continue to sign with the present key.*too short/);
  await running.client.stop();
});

test('our JWS key: where it has a lifetime it is replaced after it, by itself', async () => {
  const { world, running } = await connected({ wanted: { jwsKeyDays: 30 } });
  const former = await signingId(running);
  await pass(world, running, 29 * dayMs);
  assert.equal(await signingId(running), former);
  await pass(world, running, 2 * dayMs);
  assert.notEqual(await signingId(running), former);
  await running.client.stop();
});

const entry = (dfspId: string | undefined, publicKey: string | undefined, more: Partial<ListedJwsKey> = {}): PublishedJwsKey =>
  readJwsKey({ dfspId, publicKey, createdAt: 5, validationState: 'VALID', validations: [], ...more });

const trustedIds = async ({ environment }: Started, fspId: string): Promise<(string | undefined)[]> =>
  (await environment.trust.trusted('peer-jws', fspId)).map(({ id, state }) => `${state} ${id}`);

const [k0 = '', k1 = '', k2 = ''] = [0, 1, 2].map(peerKey);
const id0 = keyIdOfPem(k0);
const id1 = keyIdOfPem(k1);

test('peers’ keys: added, replaced with an overlap, also under the same time; who leaves the list is removed', async () => {
  const { world, running } = await connected();
  const { jwsKeys } = world.server.state;
  world.server.state.jwsKeys = [...jwsKeys, entry('bank-c', k0), entry('switch', k2)];
  await lookAgain(running);
  assert.deepEqual(await trustedIds(running, 'bank-c'), [`active ${id0}`]);
  world.server.state.jwsKeys = [...jwsKeys, entry('bank-c', k1)];
  await lookAgain(running);
  assert.deepEqual(await trustedIds(running, 'bank-c'), [`active ${id1}`, `retiring ${id0}`]);
  assert.deepEqual(await trustedIds(running, 'switch'), []);
  await pass(world, running, 2 * dayMs);
  assert.deepEqual(await trustedIds(running, 'bank-c'), [`active ${id1}`]);
  await running.client.stop();
});

test('peers’ keys: a list that is empty or lacks ourselves removes nobody, and says so', async () => {
  const { world, running } = await connected();
  const { jwsKeys } = world.server.state;
  const lists: readonly (readonly PublishedJwsKey[])[] = [[], [entry(undefined, k0)], [entry('bank-c', k0)]];
  const publish = world.server.publishJwsKey;
  world.server.publishJwsKey = () => Promise.reject(new Error('no'));
  for (const list of lists) {
    world.server.state.jwsKeys = [...list];
    await lookAgain(running);
    assert.deepEqual([standingOf(running, 'PEER_JWS').state, standingOf(running, 'PEER_JWS').reason], ['Failed', 'PEER_LIST_SUSPECT']);
    assert.equal((await trustedIds(running, 'bank-b')).length, 1);
  }
  world.server.publishJwsKey = publish;
  world.server.state.jwsKeys = jwsKeys;
  await lookAgain(running);
  assert.equal(standingOf(running, 'PEER_JWS').state, 'Ready');
  await running.client.stop();
});

test('peers’ keys: each entry that cannot be used is refused by itself, with the reason, and a former key stays', async () => {
  const { world, running } = await connected();
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const edwards = generateKeyPairSync('ed25519');
  const pem = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }): string =>
    String(key.export({ type: 'spki', format: 'pem' }));
  const secret = String(weak.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const own = world.server.state.jwsKeys.filter(({ dfspId }) => dfspId === 'bank-a');
  const validations = [{ code: 'CERTIFICATE_VALIDITY', result: 'INVALID', message: 'not parsed' }] as const;
  world.server.state.jwsKeys = [
    ...own,
    entry('bank-b', 'garbage'),
    entry('good', k0, { createdAt: undefined }),
    entry('weak', pem(weak.publicKey)),
    entry('edwards', pem(edwards.publicKey)),
    entry('marked', k1, { validationState: 'INVALID', validations }),
    entry('private', secret),
    entry('certificate', world.server.state.hubCa.rootCertificate),
    entry('nothing', undefined),
    entry('in/valid', k1),
    entry(undefined, k1),
  ];
  await lookAgain(running);
  assert.deepEqual(await running.environment.trust.ids('peer-jws'), ['bank-b', 'good']);
  const { state, reason, words } = standingOf(running, 'PEER_JWS');
  assert.deepEqual([state, reason], ['Ready', 'PEER_KEYS_UNUSABLE']);
  for (const expected of [
    /bank-b: its key cannot be read as a public key; its former key stays trusted/,
    /weak: its key is RSA-1024/,
    /edwards: its key is ed25519/,
    /marked: the Connection Manager marks its key as invalid \(CERTIFICATE_VALIDITY: not parsed\)/,
    /private: its key cannot be read/,
    /certificate: its key cannot be read/,
    /nothing: it has published no key/,
    /2 entries without the name of an FSP/,
  ])
    assert.match(words, expected);
  assert.doesNotMatch(words, /PRIVATE/);
  assert.deepEqual(
    running.client.alarms().map(({ code }) => code),
    ['PEER_KEYS_MISSING'],
  );
  await running.client.stop();
});

test('peers’ keys: of two entries the usable and newer one counts, and a time far ahead weighs nothing', async () => {
  const { world, running } = await connected();
  const { jwsKeys } = world.server.state;
  const seconds = Math.floor(world.time.now() / 1_000);
  const cases: readonly [PublishedJwsKey[], string | undefined][] = [
    [[entry('bank-c', k0, { createdAt: 5 }), entry('bank-c', k1, { createdAt: 6 })], id1],
    [[entry('bank-c', k0, { createdAt: 7 }), entry('bank-c', k1, { createdAt: 6 })], id0],
    [[entry('bank-c', 'garbage', { createdAt: 9 }), entry('bank-c', k1, { createdAt: 6 })], id1],
    [[entry('bank-c', k1, { createdAt: seconds + 9e8 }), entry('bank-c', k0, { createdAt: seconds })], id0],
    [[entry('bank-c', k1, { createdAt: seconds }), entry('bank-c', k0, { createdAt: undefined })], id1],
  ];
  for (const [entries, expected] of cases) {
    world.server.state.jwsKeys = [...jwsKeys, ...entries];
    await lookAgain(running);
    assert.equal((await trustedIds(running, 'bank-c'))[0], `active ${expected}`);
  }
  await running.client.stop();
});

test('peers’ keys: a compromised one is not taken again, and keys that a person brought are left to that person', async () => {
  const { world, running } = await connected();
  const { trust } = running.environment;
  const doing = { by: 'a person', why: 'told by telephone' };
  const known = (await trust.trusted('peer-jws', 'bank-b'))[0]?.id ?? '';
  await trust.move('peer-jws', 'bank-b', known, 'compromised', doing);
  await trust.present('peer-jws', 'by-hand', [k0], 'manual', doing);
  await pass(world, running, dayMs);
  assert.deepEqual(await trust.ids('peer-jws'), ['by-hand']);
  assert.match(standingOf(running, 'PEER_JWS').words, /bank-b: its key was reported as compromised/);
  await running.client.stop();
});

test('endpoints: posted when they differ, never empty, never again for another order', async () => {
  const { world, running } = await connected();
  const posts = (): number => world.server.calls.filter((call) => /^publish(?:E|I)gress/.test(call)).length;
  await running.client.stop();
  const egress = [
    { address: '192.0.2.0/28', ports: ['443', '8443'] },
    { address: '192.0.2.7', ports: ['443'] },
  ];
  const more = await world.start({ wanted: { ...world.wanted, egress } });
  await pass(world, more, 10_000);
  assert.deepEqual(world.server.state.egress, egress);
  world.server.state.egress = [...egress].reverse().map(({ address, ports }) => ({ address, ports: [...ports].reverse() }));
  const before = posts();
  await lookAgain(more);
  assert.equal(posts(), before);
  await more.client.stop();
  for (const wrong of [{ egress: [] }, { ingressUrl: '' }, { ingressUrl: 'connector' }, { egress: [{ address: 'bank', ports: [] }] }]) {
    const bad = await world.start({ wanted: { ...world.wanted, ...wrong } });
    await pass(world, bad, 10_000);
    const { state, reason } = standingOf(bad, 'ENDPOINTS');
    assert.deepEqual([state, reason], ['Failed', 'CONFIGURATION_INCOMPLETE']);
    assert.equal(posts(), before);
    await bad.client.stop();
  }
});

test('endpoints: an address that is configured twice is submitted once; an empty document that somebody posted is replaced', async () => {
  const address = { address: '192.0.2.7', ports: ['443', '8443'] };
  const egress = [address, { ...address, ports: ['8443', '443'] }, { ...address, ports: ['443'] }];
  const { world, running } = await connected({ wanted: { egress } });
  assert.equal(world.server.state.egress?.length, 2);
  world.server.state.egress = [];
  world.server.state.ingress = '';
  await lookAgain(running);
  assert.equal(world.server.state.egress?.length, 2);
  assert.equal(world.server.state.ingress, world.wanted.ingressUrl);
  await running.client.stop();
});

test('way in: a DFSP that is not registered is told apart', async () => {
  const world = await openWorld();
  world.server.state.dfsps = ['bank-b'];
  const running = await world.start();
  await pass(world, running, 1_000);
  const { state, reason, words } = standingOf(running, 'OAUTH');
  assert.deepEqual([state, reason], ['Failed', 'REFUSED']);
  assert.match(words, /bank-a: either it is not registered/);
  await running.client.stop();
});

test('peers’ keys: of many that come or go a hundred are taken in a pass, and a known peer’s new key before them', async () => {
  const { world, running } = await connected({ client: { pollMs: 60_000 } });
  const { trust } = running.environment;
  const before = [...world.server.state.jwsKeys];
  const many = Array.from({ length: 250 }, (_, n) => ({ ...unchecked, dfspId: `new-${n}`, publicKey: peerKey(4), createdAt: 1 }));
  const changed = before.map((one) => (one.dfspId === 'bank-b' ? { ...one, publicKey: peerKey(3), createdAt: 2 } : one));
  world.server.state.jwsKeys = [...many, ...changed];
  await lookAgain(running);
  assert.equal((await trust.ids('peer-jws')).length, 101);
  assert.equal((await trust.trusted('peer-jws', 'bank-b'))[0]?.id, keyIdOfPem(peerKey(3)));
  assert.equal(standingOf(running, 'PEER_JWS').state, 'Progressing');
  await pass(world, running, 5_000);
  assert.equal((await trust.ids('peer-jws')).length, 251);
  assert.equal(standingOf(running, 'PEER_JWS').state, 'Ready');
  world.server.state.jwsKeys = changed;
  await lookAgain(running);
  assert.equal((await trust.ids('peer-jws')).length, 151);
  await pass(world, running, 5_000);
  assert.deepEqual(await trust.ids('peer-jws'), ['bank-b']);
  await running.client.stop();
});
