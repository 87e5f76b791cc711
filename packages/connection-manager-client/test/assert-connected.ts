import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { keyIdOf } from '@payment-manager/vault';
import { keyIdOfPem, sameCertificate } from '../src/certificates/certificate.ts';
import { readRequest } from '../src/certificates/request.ts';
import type { Started, World } from './world.ts';

/** Everything that must hold of a DFSP that is connected, whatever happened on the way. */
export async function assertConnected(world: World, { client, environment }: Started): Promise<void> {
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
  const calling = await environment.credentials('tls-client');
  const own = new X509Certificate(calling.certificate);
  assert.ok(own.verify(new X509Certificate(server.state.hubCa.rootCertificate ?? '').publicKey), 'our certificate is of the hub’s CA');
  assert.equal(keyIdOf(own.publicKey), calling.keyId);
  assert.ok(calling.trustedCas.includes(server.state.hubCa.rootCertificate ?? 'none'));
  const ca = (await keys.active('dfsp-ca'))?.chain?.[0];
  assert.ok(sameCertificate(server.state.dfspCa.rootCertificate, ca));
  const serving = await environment.credentials('tls-server');
  assert.ok(sameCertificate(server.state.serverCertificate?.serverCertificate, serving.certificate));
  const asked = server.state.outbound.toSorted((one, other) => one.id - other.id).at(-1);
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
