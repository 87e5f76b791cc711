import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer as createTlsServer } from 'node:tls';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore } from './store/memory-store.ts';
import { type Environment, openVault, type TlsSnapshot } from './vault.ts';

const doing = { by: 'a test', why: 'to see' };

/** Puts a CA in use and gives its certificate. */
async function newAuthority({ authority, keys }: Environment, name: string): Promise<{ id: string; root: string }> {
  const { id } = await authority.create({ commonName: name }, 100, doing, 'EC-P256');
  await keys.activate('dfsp-ca', id, doing);
  return { id, root: (await authority.chain())[0] ?? '' };
}

/** Puts a server certificate in use. */
async function serving(at: Environment): Promise<TlsSnapshot> {
  const { id } = await at.keys.generate('tls-server', doing, 'EC-P256');
  const order = { usage: 'server', subject: { commonName: 'localhost' }, names: { dns: ['localhost'] } } as const;
  const chain = await at.authority.sign(await at.keys.request('tls-server', id, order), { usage: 'server', days: 30 });
  await at.keys.storeChain('tls-server', id, chain.join(''));
  await at.keys.activate('tls-server', id, doing);
  return at.credentials('tls-server');
}

/** Whether somebody who trusts just this CA trusts a server with these credentials, by a real handshake. */
async function isTrusted({ certificate, privateKey }: TlsSnapshot, ca: string): Promise<boolean> {
  const server = createTlsServer({ cert: certificate, key: privateKey.reveal() }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const trusted = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  await new Promise((resolve) => server.close(resolve));
  return trusted;
}

const subjects = ({ certificate }: TlsSnapshot): string[] =>
  certificate.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)?.map((pem) => new X509Certificate(pem).subject) ?? [];

test('a new CA: our server is trusted by those who know only the new one, and by those who know only the former, until that is gone', async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const at = vault.environment('test');
  const first = await newAuthority(at, 'CA 1');
  const before = await serving(at);
  assert.deepEqual(subjects(before), ['CN=localhost', 'CN=CA 1']);
  const second = await newAuthority(at, 'CA 2');
  const during = await serving(at);
  assert.deepEqual(subjects(during), ['CN=localhost', 'CN=CA 2', 'CN=CA 1']);
  for (const { root } of [first, second]) assert.ok(await isTrusted(during, root));
  assert.ok((await isTrusted(before, first.root)) && !(await isTrusted(before, second.root)));
  // A hub's client certificate comes with the CA that signed it.
  const hubKey = await at.keys.generate('tls-client', doing, 'EC-P256');
  const request = await at.keys.request('tls-client', hubKey.id, { usage: 'client', subject: { commonName: 'hub' } });
  assert.equal((await at.authority.sign(request, { usage: 'client', days: 30 }))[1], second.root);

  await at.keys.move('dfsp-ca', first.id, 'destroyed', doing);
  const after = await serving(at);
  assert.deepEqual(subjects(after), ['CN=localhost', 'CN=CA 2']);
  assert.ok(!(await isTrusted(after, first.root)) && (await isTrusted(after, second.root)));
  await vault.close();
});

test('a new CA after a compromise is not vouched for by the compromised one', async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const at = vault.environment('test');
  const first = await newAuthority(at, 'CA 1');
  await at.keys.move('dfsp-ca', first.id, 'compromised', doing);
  await newAuthority(at, 'CA 2');
  assert.deepEqual(subjects(await serving(at)), ['CN=localhost', 'CN=CA 2']);
  await vault.close();
});
