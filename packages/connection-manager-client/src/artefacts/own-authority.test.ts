import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connected, dayMs, doing, hourMs, lookAgain, openWorld, pass, standingOf } from '../../test/world.ts';
import { issuedBy, readBundle, sameCertificate } from '../certificates/certificate.ts';
import { pathOf } from '../certificates/verify.ts';

const certificate = (pem: string | undefined): X509Certificate => new X509Certificate(pem ?? '');

test('our CA: a new one is published when our server is believed under either; then the hub’s certificate follows, and the former stays trusted', async () => {
  const { world, running } = await connected({ client: { propagationMs: 60_000, pollMs: 10 * dayMs } });
  const { environment, client } = running;
  const { server } = world;
  const former = server.state.dfspCa.rootCertificate;
  const hubsFormer = server.state.outbound[0]?.certificate;
  await client.renew('DFSP_CA', 'a person');
  await lookAgain(running);
  await pass(world, running, 30_000);
  const [next] = await environment.authority.chain();
  assert.ok(!sameCertificate(former, next));
  const presented = readBundle((await environment.credentials('tls-server')).certificate) ?? [];
  for (const root of [former, next])
    assert.ok(
      pathOf(presented[0] ?? certificate(former), [certificate(root), ...presented]).some((one) => sameCertificate(String(one), root)),
    );
  assert.ok(sameCertificate(server.state.dfspCa.rootCertificate, former), 'the hub knows the former one yet');
  assert.equal(server.state.outbound[0]?.certificate, hubsFormer);
  await pass(world, running, 60_000);
  assert.ok(sameCertificate(server.state.dfspCa.rootCertificate, next));
  assert.ok(issuedBy(certificate(server.state.outbound[0]?.certificate), certificate(next)));
  assert.ok(sameCertificate(server.state.serverCertificate?.rootCertificate, next));
  assert.deepEqual(
    client.conditions().filter(({ state }) => state !== 'Ready'),
    [],
  );
  // The hub presents what the former CA signed until its operator takes up the new one.
  await pass(world, running, 300 * dayMs);
  assert.equal((await environment.credentials('tls-server')).trustedCas.match(/BEGIN/g)?.length, 2);
  await pass(world, running, 80 * dayMs);
  assert.equal((await environment.credentials('tls-server')).trustedCas.match(/BEGIN/g)?.length, 1);
  await client.stop();
});

test('our CA: it is published again where the server has lost or replaced it, and an empty one is never posted', async () => {
  const { world, running } = await connected();
  const { server } = world;
  const own = server.state.dfspCa;
  const strange = { ...own, rootCertificate: server.state.hubCa.rootCertificate };
  const bodies: unknown[] = [];
  const publish = server.publishDfspCa;
  server.publishDfspCa = (fspId, ca) => {
    bodies.push(ca);
    return publish(fspId, ca);
  };
  for (const lost of [{ ...own, rootCertificate: undefined }, strange]) {
    server.state.dfspCa = lost;
    await lookAgain(running);
    assert.ok(sameCertificate(server.state.dfspCa.rootCertificate, own.rootCertificate));
  }
  assert.deepEqual(bodies, Array(2).fill({ rootCertificate: own.rootCertificate, intermediateChain: '' }));
  await running.client.stop();
});

test('our CA: one that the server finds fault with is told, in its words', async () => {
  const { world, running } = await connected();
  const validations = [{ code: 'VERIFY_ROOT_CERTIFICATE', result: 'INVALID', message: 'The root certificate must be valid' }] as const;
  world.server.state.dfspCa = { ...world.server.state.dfspCa, validationState: 'INVALID', validations };
  await lookAgain(running);
  const { state, reason, words } = standingOf(running, 'DFSP_CA');
  assert.deepEqual([state, reason], ['Failed', 'NOT_ACCEPTED']);
  assert.match(words, /VERIFY_ROOT_CERTIFICATE: The root certificate must be valid/);
  await running.client.stop();
});

test('our server certificate: it bears the names under which the hub calls us, and another when they change', async () => {
  const { world, running } = await connected();
  const first = certificate((await running.environment.credentials('tls-server')).certificate);
  assert.equal(first.subject, 'C=KE\nO=Bank A\nCN=connector.bank-a.example');
  assert.equal(first.checkHost('connector.bank-a.example'), 'connector.bank-a.example');
  assert.equal(first.checkIP('192.0.2.7'), '192.0.2.7');
  assert.deepEqual(first.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  await running.client.stop();
  const moved = await world.start({ wanted: { ...world.wanted, dnsNames: ['new.bank-a.example'], ips: ['2001:db8::7'] } });
  await pass(world, moved, 60_000);
  const second = certificate((await moved.environment.credentials('tls-server')).certificate);
  assert.equal(second.checkHost('new.bank-a.example'), 'new.bank-a.example');
  assert.ok(second.checkIP('2001:db8::7'));
  assert.equal(second.checkHost('connector.bank-a.example'), undefined);
  assert.ok(sameCertificate(world.server.state.serverCertificate?.serverCertificate, second.toString()));
  assert.equal((await moved.environment.keys.list('tls-server')).filter(({ state }) => state !== 'retiring').length, 1);
  await moved.client.stop();
});

test('our server certificate: without the server it is made and used all the same once our CA is there', async () => {
  const world = await openWorld();
  world.server.publishServerCertificate = () => Promise.reject(new Error('refused'));
  const running = await world.start();
  await pass(world, running, 30_000);
  assert.equal(standingOf(running, 'DFSP_SERVER_CERT').state, 'Failed');
  assert.equal((await running.environment.credentials('tls-server')).certificate.match(/BEGIN/g)?.length, 2);
  await running.client.stop();
});

test('the hub’s client certificate: of the two newest requests each is signed for our host, the newest again when it is not as it should be', async () => {
  const { world, running } = await connected();
  const { server } = world;
  const uploads = (): number => server.calls.filter((call) => call === 'uploadHubClientCertificate').length;
  assert.equal(uploads(), 1);
  await world.hubAsks(13);
  await world.hubAsks(9);
  await lookAgain(running);
  assert.equal(uploads(), 2);
  assert.ok(server.state.outbound.every((one) => one.id === 9 || certificate(one.certificate).subject === 'CN=connector.bank-a.example'));
  // Somebody overwrites certificates: only that of the newest request counts for the hub.
  const strange = server.state.hubCa.rootCertificate;
  server.state.outbound = server.state.outbound.map((one) => ({ ...one, certificate: strange }));
  await lookAgain(running);
  assert.equal(uploads(), 3);
  const newest = server.state.outbound.find(({ id }) => id === 13);
  assert.ok(issuedBy(certificate(newest?.certificate), certificate(server.state.dfspCa.rootCertificate)));
  await running.client.renew('HUB_CLIENT_CERT', 'a person');
  assert.equal(uploads(), 4);
  await pass(world, running, 3 * dayMs);
  assert.equal(uploads(), 4);
  await running.client.stop();
});

test('the hub’s client certificate: requests that cannot be signed are refused with the reason, and do not stop the others', async () => {
  const { world, running } = await connected();
  const { server } = world;
  const [good] = server.state.outbound;
  const broken = good?.csr?.replace(/.{10}\n-----END/, 'AAAAAAAAAA\n-----END');
  server.state.outbound.push({ ...(good as NonNullable<typeof good>), id: 20, csr: broken, certificate: undefined });
  await world.hubAsks(21);
  await lookAgain(running);
  const standing = standingOf(running, 'HUB_CLIENT_CERT');
  assert.equal(standing.state, 'Ready');
  assert.match(standing.words, /enrolment 20: /);
  server.state.outbound = server.state.outbound.filter(({ id }) => id !== 21);
  await lookAgain(running);
  assert.deepEqual(
    [standingOf(running, 'HUB_CLIENT_CERT').state, standingOf(running, 'HUB_CLIENT_CERT').reason],
    ['Failed', 'REQUEST_REFUSED'],
  );
  const before = server.calls.length;
  await pass(world, running, dayMs);
  assert.ok(server.calls.length - before < 200);
  server.state.outbound = [];
  await lookAgain(running);
  assert.equal(standingOf(running, 'HUB_CLIENT_CERT').reason, 'WAITING_FOR_HUB');
  await running.client.stop();
});

test('the hub’s client certificate: another host of our connector makes another certificate', async () => {
  const { world, running } = await connected();
  await running.client.stop();
  const moved = await world.start({ wanted: { ...world.wanted, connectorFqdn: 'new.bank-a.example' } });
  await pass(world, moved, 10_000);
  assert.equal(certificate(world.server.state.outbound[0]?.certificate).subject, 'CN=new.bank-a.example');
  await moved.client.stop();
});

test('the hub’s client certificate: one that the server marks INVALID is told, and given to it again once a day until it does not', async () => {
  const { world, running } = await connected({ client: { pollMs: hourMs } });
  const { server } = world;
  const uploads = (): number => server.calls.filter((call) => call === 'uploadHubClientCertificate').length;
  const validations = [{ code: 'CERTIFICATE_SIGNED_BY_DFSP_CA', result: 'INVALID', message: 'Invalid dfsp ca root or chain' }] as const;
  server.state.outbound = server.state.outbound.map((one) => ({ ...one, validationState: 'INVALID', validations }));
  await lookAgain(running);
  assert.equal(standingOf(running, 'HUB_CLIENT_CERT').reason, 'NOT_ACCEPTED');
  assert.match(standingOf(running, 'HUB_CLIENT_CERT').words, /Invalid dfsp ca root or chain/);
  const before = uploads();
  await pass(world, running, 5 * dayMs);
  assert.ok(uploads() - before >= 4 && uploads() - before <= 5, `${uploads() - before} uploads in five days`);
  server.state.outbound = server.state.outbound.map((one) => ({ ...one, validationState: 'VALID', validations: [] }));
  await lookAgain(running);
  assert.equal(standingOf(running, 'HUB_CLIENT_CERT').state, 'Ready');
  await running.client.stop();
});

test('our CA: one that somebody is just making is left to them, and given up when they died over it', async () => {
  const { world, running } = await connected();
  const { keys } = running.environment;
  const { id } = await keys.generate('dfsp-ca', doing, 'EC-P256');
  const stateNow = async (): Promise<string | undefined> => (await keys.list('dfsp-ca')).find((key) => key.id === id)?.state;
  await lookAgain(running);
  assert.equal(await stateNow(), 'pre-active');
  assert.equal(standingOf(running, 'DFSP_CA').state, 'Ready');
  await pass(world, running, 11 * 60_000);
  await lookAgain(running);
  assert.equal(await stateNow(), 'destroyed');
  await running.client.stop();
});
