import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { loadX509, memoryStore, openVault } from '@payment-manager/vault';
import { atRest, connected, dayMs, hourMs, lookAgain, pass, type Started, standingOf, type World } from '../../test/world.ts';
import { keyChange } from './issued.ts';

const signedIn = ({ server }: World): number[] => server.state.outbound.filter((one) => one.certificate).map(({ id }) => id);
const recordedBy = async ({ environment }: Started) => environment.trust.list('hub-client', 'hub');
const trustedBy = async ({ environment }: Started): Promise<string[]> =>
  (await environment.trust.trusted('hub-client', 'hub')).map(({ id }) => id);
const newest = ({ server }: World) => new X509Certificate(server.state.outbound.toSorted((a, b) => a.id - b.id).at(-1)?.certificate ?? '');

describe('requests for certificates that our CA signs for the hub', () => {
  test('forty requests at once: one more is signed than the hub’s own, the hub’s key stays trusted, and an alarm stands', async () => {
    const { world, running } = await connected();
    const own = await trustedBy(running);
    for (let id = 100; id < 140; id++) await world.hubAsks(id);
    await lookAgain(running);
    await pass(world, running, 3 * hourMs);
    assert.equal(signedIn(world).filter((id) => id >= 100).length, 1);
    assert.ok((await trustedBy(running)).includes(own[0] ?? ''));
    const [alarm] = running.client.alarms();
    assert.equal(alarm?.code, 'SIGNING_LIMITED');
    assert.match(alarm?.message ?? '', /for one new key/);
    assert.match(standingOf(running, 'HUB_CLIENT_CERT').words, /another key asked for it/);
    assert.equal(standingOf(running, 'HUB_CLIENT_CERT').reason, 'SIGNING_LIMITED');
    await running.client.stop();
  });

  test('ten signatures in a day, also after a restart and in another process', async () => {
    const { world, running } = await connected({ client: { pollMs: hourMs } });
    for (let n = 0; n < 14; n++) {
      world.server.state.outbound = world.server.state.outbound.map((one) => ({ ...one, certificate: undefined }));
      await lookAgain(running);
    }
    await running.client.stop();
    const issued = async (one: Started): Promise<number> => (await recordedBy(one)).flatMap((key) => key.issued ?? []).length;
    assert.equal(await issued(running), 10);
    const again = await world.start();
    await pass(world, again, hourMs);
    assert.equal(await issued(again), 10);
    await pass(world, again, dayMs);
    assert.equal(standingOf(again, 'HUB_CLIENT_CERT').state, 'Ready');
    assert.equal(await issued(again), 11);
    await again.client.stop();
  });

  test('serial number, key and times are in the vault before the hub has the certificate', async () => {
    const { world, running } = await connected();
    const [key] = await recordedBy(running);
    const certificate = newest(world);
    const [issued] = key?.issued ?? [];
    assert.deepEqual(
      [issued?.serial, issued?.until, issued?.reference],
      [certificate.serialNumber, certificate.validToDate.getTime(), 'enrolment 12'],
    );
    const { uploadHubClientCertificate } = world.server;
    world.server.uploadHubClientCertificate = () => Promise.reject(new Error('away'));
    await world.hubAsks(13);
    await lookAgain(running);
    assert.equal((await recordedBy(running)).length, 2);
    world.server.uploadHubClientCertificate = uploadHubClientCertificate;
    await running.client.stop();
  });

  test('for thirty days, with no name of the request', async () => {
    const { world, running } = await connected();
    await running.client.stop();
    const csr = await requestWithNames();
    world.server.state.outbound = [
      { id: 50, csr, certificate: undefined, state: 'CSR_LOADED', validationState: undefined, validations: [] },
    ];
    const again = await world.start();
    await pass(world, again, 60_000);
    const certificate = newest(world);
    assert.equal(certificate.subject, 'CN=connector.bank-a.example');
    assert.equal(certificate.subjectAltName, undefined);
    const days = (certificate.validToDate.getTime() - world.time.now()) / dayMs;
    assert.ok(days > 29.9 && days <= 30, `${days} days`);
    await again.client.stop();
  });

  test('another key long before the end of the former certificate is an alarm for a week, one in a renewal is none', async () => {
    const { world, running } = await connected();
    await pass(world, running, 10 * dayMs);
    await world.hubAsks(13);
    await lookAgain(running);
    const [alarm] = running.client.alarms();
    assert.deepEqual([alarm?.code, alarm?.severity], ['HUB_KEY_CHANGED', 'critical']);
    for (const id of await trustedBy(running)) assert.ok(alarm?.message.includes(id), id);
    await pass(world, running, 6 * dayMs);
    assert.equal(running.client.alarms().length, 1);
    await pass(world, running, 2 * dayMs);
    assert.deepEqual(running.client.alarms(), []);
    await running.client.stop();
    const key = (id: string, at: number) => ({ id, issued: [{ serial: id, at, until: at + 30 * dayMs, reference: id }] }) as never;
    assert.equal(keyChange([key('a', 0), key('b', 19 * dayMs)]), undefined);
    assert.deepEqual(keyChange([key('a', 0), key('b', 18 * dayMs)]), { at: 18 * dayMs, keyId: 'b', formerId: 'a' });
  });

  test('the newest key and the one before it are trusted, older ones are not', async () => {
    const { world, running } = await connected({ client: { pollMs: hourMs } });
    const keys = [...(await trustedBy(running))];
    for (const id of [13, 14]) {
      await world.hubAsks(id);
      await pass(world, running, 20 * dayMs);
      keys.unshift(...(await trustedBy(running)).slice(0, 1));
    }
    assert.equal(new Set(keys).size, 3);
    assert.deepEqual(await trustedBy(running), keys.slice(0, 2));
    await running.client.stop();
  });

  test('a vault that is an older copy learns the hub’s present key again from what our CA has signed', async () => {
    const { world, running } = await connected();
    await running.client.stop();
    const { environment } = running;
    const former = await trustedBy(running);
    // An entry that is empty, as it was before the first signature.
    const store = memoryStore();
    const empty = await openVault({ store, clock: world.time, random: systemRandom, signatures: threadPoolSignatures });
    const trust = {
      ...environment.trust,
      list: empty.environment('test').trust.list,
      recordIssued: empty.environment('test').trust.recordIssued,
    };
    const again = await world.start({ environment: { ...environment, trust } });
    await atRest(again);
    assert.deepEqual(
      (await empty.environment('test').trust.trusted('hub-client', 'hub')).map(({ id }) => id),
      former,
    );
    await again.client.stop();
  });
});

/** A request of a key of its own, for a CA and for names that are not the hub's. */
async function requestWithNames(): Promise<string> {
  const x509 = await loadX509();
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as never;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=somebody, O=Somebody',
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'payments.bank-a.example' }]),
      new x509.BasicConstraintsExtension(true, 2, true),
    ],
  });
  return request.toString('pem');
}
