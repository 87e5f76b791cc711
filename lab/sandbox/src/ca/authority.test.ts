import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { seededRandom, systemClock, virtualTime } from '@payment-manager/runtime';
import { openAuthority } from './authority.ts';
import { openSigningKey } from './signing-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-ca-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const random = seededRandom(1);

test('ca: a certificate of the CA serves mutual TLS, and names its holder', async () => {
  const ca = await openAuthority({ folder: join(folder, 'a'), clock: systemClock, random });
  const hub = await ca.issue({ name: 'switch' });
  const bank = await ca.issue({ name: 'greenbank' });
  const server = createServer({
    cert: hub.certificate,
    key: hub.privateKey.reveal(),
    ca: hub.trustedCas,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const name = new Promise<unknown>((resolve) => {
    server.on('secureConnection', (socket: TLSSocket) => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = connect({
    host: '127.0.0.1',
    port: address.port,
    cert: bank.certificate,
    key: bank.privateKey.reveal(),
    ca: bank.trustedCas,
  });
  await new Promise<void>((resolve, reject) => client.once('secureConnect', resolve).once('error', reject));
  assert.equal(await name, 'greenbank');
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test('ca: the next start finds the same CA, certificates and keys, readable by their owner only', async () => {
  const where = join(folder, 'b');
  const first = await openAuthority({ folder: where, clock: systemClock, random });
  const issued = await first.issue({ name: 'bluewallet' });
  const again = await openAuthority({ folder: where, clock: systemClock, random });
  const found = await again.issue({ name: 'bluewallet' });
  assert.equal(again.certificate, first.certificate);
  assert.equal(found.certificate, issued.certificate);
  assert.equal(statSync(join(where, 'bluewallet-key.pem')).mode & 0o777, 0o600);
  assert.equal(statSync(join(where, 'ca-key.pem')).mode & 0o777, 0o600);
  assert.equal(statSync(where).mode & 0o777, 0o700);
});

test('ca: a certificate that is about to end is issued anew, from the same CA', async () => {
  const time = virtualTime();
  const options = { folder: join(folder, 'c'), clock: time, random };
  const first = await (await openAuthority(options)).issue({ name: 'greenbank' });
  await time.advance(355 * 86_400_000);
  const second = await (await openAuthority(options)).issue({ name: 'greenbank' });
  assert.notEqual(second.certificate, first.certificate);
  assert.equal(second.trustedCas, first.trustedCas);
  assert.ok(
    new X509Certificate(second.certificate).verify(
      createPublicKey(new X509Certificate(first.trustedCas).publicKey.export({ type: 'spki', format: 'pem' })),
    ),
  );
});

test('ca: names that could leave the folder are refused', async () => {
  const ca = await openAuthority({ folder: join(folder, 'd'), clock: systemClock, random });
  await assert.rejects(ca.issue({ name: './' }), TypeError);
  await assert.rejects(openSigningKey(join(folder, 'd'), '../../x'), TypeError);
});

test('ca: a signing key is RSA-2048 and stays the same', async () => {
  const first = await openSigningKey(join(folder, 'jws'), 'greenbank');
  const second = await openSigningKey(join(folder, 'jws'), 'greenbank');
  assert.equal(createPublicKey(first.publicKey).asymmetricKeyDetails?.modulusLength, 2048);
  assert.equal(second.privateKey.reveal(), first.privateKey.reveal());
  assert.equal(second.publicKey, first.publicKey);
});
