import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connected, doing, lookAgain, peerKey, type Started, standingOf } from '../../test/world.ts';
import type { PublishedJwsKey } from '../api/connection-manager-api.ts';
import { readJwsKey } from '../api/read.ts';
import { keyIdOfPem } from '../certificates/certificate.ts';
import { acceptTrust } from './accepted-trust.ts';
import { breaksKeyPin, fingerprintOf, NO_PINS, type Pins } from './pins.ts';

const formerCertifies: Pins = { hubCas: [], certifiedByFormer: true };
const printOf = (pem: string | undefined): string => fingerprintOf(new X509Certificate(pem ?? ''));

async function trustedPrints({ environment }: Started): Promise<readonly string[]> {
  const trusted = await environment.trust.trusted('hub-ca', 'hub');
  return trusted.filter(({ state }) => state === 'active').map(({ chain }) => printOf(chain?.[0]));
}

const alarmsOf = ({ client }: Started): readonly string[] => client.alarms().map(({ code }) => code);

test('pins: a hub CA under an unrelated root waits for a person, what was trusted stays, and once accepted it is taken', async () => {
  const { world, running } = await connected({ client: { pins: formerCertifies } });
  const before = await trustedPrints(running);
  await world.newHubCa();
  const other = printOf(world.server.state.hubCa.rootCertificate);
  await lookAgain(running);
  const standing = standingOf(running, 'HUB_CA');
  assert.deepEqual([standing.state, standing.reason], ['Failed', 'PIN_BROKEN']);
  assert.match(standing.words, /stays trusted/);
  assert.ok(standing.words.replaceAll(':', '').toLowerCase().includes(other), 'its fingerprint is shown');
  assert.deepEqual(await trustedPrints(running), before);
  assert.ok(alarmsOf(running).includes('TRUST_WAITS'));
  await acceptTrust(running.environment, other.toUpperCase(), doing);
  await lookAgain(running);
  assert.equal(standingOf(running, 'HUB_CA').state, 'Ready', standingOf(running, 'HUB_CA').words);
  assert.deepEqual(await trustedPrints(running), [other]);
  assert.ok(!alarmsOf(running).includes('TRUST_WAITS'));
  await running.client.stop();
});

test('pins: with fingerprints the first CA, too, must be one of them', async () => {
  const { world, running: first } = await connected();
  const right = printOf(world.server.state.hubCa.rootCertificate);
  await first.client.stop();
  for (const [hubCas, reason] of [
    [[right], 'IN_ORDER'],
    [['ab'.repeat(32)], 'PIN_BROKEN'],
  ] as const) {
    const running = await world.start({ pins: { hubCas, certifiedByFormer: false } });
    await lookAgain(running);
    assert.equal(standingOf(running, 'HUB_CA').reason, reason);
    await running.client.stop();
  }
});

test('pins: without any another CA is taken as before', async () => {
  const { world, running } = await connected({ client: { pins: NO_PINS } });
  await world.newHubCa();
  await lookAgain(running);
  assert.deepEqual(await trustedPrints(running), [printOf(world.server.state.hubCa.rootCertificate)]);
  await running.client.stop();
});

test('pins: another JWS key of the hub waits for a person, also after the hub was away from the list', async () => {
  const { world, running } = await connected({ client: { pins: { ...NO_PINS, hubKeyOf: 'switch' } } });
  const { state } = world.server;
  const others = state.jwsKeys.filter(({ dfspId }) => dfspId !== 'switch');
  const entry = (publicKey: string): PublishedJwsKey =>
    readJwsKey({ dfspId: 'switch', publicKey, createdAt: 5, validationState: 'VALID', validations: [] });
  const [right, other] = [peerKey(0), peerKey(2)];
  const ids = async () => (await running.environment.trust.trusted('peer-jws', 'switch')).map(({ id }) => id);
  state.jwsKeys = [...others, entry(right)];
  await lookAgain(running);
  assert.deepEqual(await ids(), [keyIdOfPem(right)], 'the first is taken as it comes');
  for (const list of [[...others, entry(other)], others, [...others, entry(other)]]) {
    state.jwsKeys = list;
    await lookAgain(running);
    assert.deepEqual(await ids(), [keyIdOfPem(right)]);
  }
  assert.equal(standingOf(running, 'PEER_JWS').reason, 'PIN_BROKEN');
  assert.ok(alarmsOf(running).includes('TRUST_WAITS'));
  await acceptTrust(running.environment, keyIdOfPem(other) ?? '', doing);
  await lookAgain(running);
  assert.equal((await ids())[0], keyIdOfPem(other));
  assert.equal(standingOf(running, 'PEER_JWS').state, 'Ready');
  await running.client.stop();
});

test('pins: keys of other peers change as they like, and a key of the hub that is trusted no more waits again', () => {
  const pins: Pins = { ...NO_PINS, hubKeyOf: 'switch' };
  const known = [
    { id: 'old', state: 'destroyed' },
    { id: 'now', state: 'active' },
  ];
  const nobody = () => false;
  assert.equal(breaksKeyPin('bank-b', 'new', known, pins, nobody), false);
  assert.deepEqual(
    ['old', 'now', 'new'].map((id) => breaksKeyPin('switch', id, known, pins, nobody)),
    [true, false, true],
  );
});

test('pins: what is accepted is a fingerprint', async () => {
  const { running } = await connected();
  for (const wrong of ['', 'ab', 'zz'.repeat(32), `${'ab'.repeat(32)}\n`, 'ab'.repeat(20)])
    await assert.rejects(acceptTrust(running.environment, wrong, doing), RangeError);
  await running.client.stop();
});
