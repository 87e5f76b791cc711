import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, dayMs, hourMs, lookAgain, openWorld, pass, standingOf, type World } from '../../test/world.ts';
import type { ListedEnrollment } from '../api/connection-manager-api.ts';
import { readEnrollment } from '../api/read.ts';

const refusal: Pick<ListedEnrollment, 'state' | 'validationState' | 'validations'> = {
  state: 'INVALID',
  validationState: 'INVALID',
  validations: [{ code: 'CSR_SIGNATURE_VALID', result: 'INVALID', message: 'Rejected by the hub: another name, please' }],
};

/** The hub refuses what is asked for from now on, with these words. */
function refuseAll({ server }: World, words: Partial<ListedEnrollment>): void {
  server.signing = false;
  const { requestClientCertificate } = server;
  server.requestClientCertificate = async (fspId, csr) => {
    const { id } = await requestClientCertificate(fspId, csr);
    server.state.inbound = server.state.inbound.map((one) => (one.id === id ? { ...one, ...words } : one));
    return readEnrollment(server.state.inbound.find((one) => one.id === id) as ListedEnrollment);
  };
}

for (const [days, tries] of [
  [90, [29, 36]],
  [1, [3, 5]],
] as const)
  test(`client certificate of ${days} days: a renewal that is refused is tried again by itself until the end, in bounds, and alarms go on`, async () => {
    const { world, running } = await connected({ hubDays: days, client: { pollMs: days * hourMs } });
    const { requestClientCertificate } = world.server;
    refuseAll(world, refusal);
    const before = world.server.state.inbound.length;
    const { validTo } = await running.environment.credentials('tls-client');
    await pass(world, running, validTo - world.time.now() - hourMs / 2);
    const standing = standingOf(running, 'DFSP_CLIENT_CERT');
    assert.deepEqual([standing.state, standing.reason], ['Failed', 'NOT_ACCEPTED']);
    assert.match(standing.words, /another name, please/);
    assert.match(standing.words, /The present certificate stays in use.*Another request is made automatically on \d{4}-/);
    const asked = world.server.state.inbound.length - before;
    assert.ok(asked >= tries[0] && asked <= tries[1], `${asked} requests`);
    const codes = running.client.alarms().filter(({ artefact }) => artefact === 'DFSP_CLIENT_CERT');
    assert.deepEqual(new Set(codes.map(({ code }) => code)), new Set(['CERTIFICATE_EXPIRING', 'ARTEFACT_FAILING']));

    world.server.requestClientCertificate = requestClientCertificate;
    world.server.signing = true;
    await pass(world, running, 2 * dayMs);
    assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready', 'also after its end');
    await running.client.stop();
  });

test('client certificate: a renewal that the server only finds fault with is given a week, in which the hub may sign it all the same', async () => {
  const { world, running } = await connected({ client: { pollMs: dayMs } });
  refuseAll(world, { ...refusal, state: 'CSR_LOADED' });
  const before = world.server.state.inbound.length;
  const { keyId, validTo } = await running.environment.credentials('tls-client');
  await pass(world, running, validTo - world.time.now() - dayMs);
  const asked = world.server.state.inbound.length - before;
  assert.ok(asked >= 4 && asked <= 6, `${asked} requests`);
  assert.match(standingOf(running, 'DFSP_CLIENT_CERT').words, /sign it as it is.*Another request is made automatically on/);
  await world.server.sign();
  await lookAgain(running);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  assert.notEqual((await running.environment.credentials('tls-client')).keyId, keyId);
  await running.client.stop();
});

for (const [name, words] of [
  ['state INVALID and no words', { state: 'INVALID', validationState: 'VALID', validations: [] }],
  ['state REJECTED and no words', { state: 'REJECTED', validationState: undefined, validations: [] }],
  ['a complaint, and a state that lies', { ...refusal, state: 'CSR_LOADED', validationState: 'VALID' }],
] as const)
  test(`client certificate: the first request, refused with ${name}, is told and not posted again and again`, async () => {
    const world = await openWorld({ client: { pollMs: hourMs } });
    refuseAll(world, words);
    const running = await world.start();
    await pass(world, running, 5 * dayMs);
    const standing = standingOf(running, 'DFSP_CLIENT_CERT');
    assert.deepEqual([standing.state, standing.reason], ['Failed', 'NOT_ACCEPTED']);
    assert.match(standing.words, /renew DFSP_CLIENT_CERT/);
    assert.equal(world.server.state.inbound.length, 1);
    await running.client.stop();
  });

test('client certificate: one that the server marks INVALID and the hub signed all the same is used when it is sound, and that is told', async () => {
  const { world, running } = await connected();
  world.server.state.inbound = world.server.state.inbound.map((one) => ({ ...one, ...refusal, state: 'CERT_SIGNED' }));
  await lookAgain(running);
  const standing = standingOf(running, 'DFSP_CLIENT_CERT');
  assert.deepEqual([standing.state, standing.reason], ['Ready', 'IN_ORDER']);
  assert.match(standing.words, /marks it INVALID \(enrolment 8: CSR_SIGNATURE_VALID: Rejected.*\); our own checks accept it/);
  await running.client.stop();
});

test('client certificate: a request that is signed by its state alone is told, and used when the certificate is there, whatever the state', async () => {
  const world = await openWorld({ client: { pollMs: hourMs } });
  refuseAll(world, { state: 'CERT_SIGNED' });
  const running = await world.start();
  await pass(world, running, 30_000);
  const standing = standingOf(running, 'DFSP_CLIENT_CERT');
  assert.deepEqual([standing.state, standing.reason], ['Failed', 'CERTIFICATE_UNUSABLE']);
  assert.match(standing.words, /shows no certificate.*sign it again/);
  await world.server.sign();
  world.server.state.inbound = world.server.state.inbound.map((one) => ({ ...one, state: 'CSR_LOADED' }));
  await lookAgain(running);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  await running.client.stop();
});
