import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { before, test } from 'node:test';
import { type TestAuthority, testAuthority } from '../test/test-authority.ts';
import { noCredentials } from './credentials.ts';
import type { HttpServer, HttpServerOptions } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';
import { probeTls } from './tls-probe.ts';

let scheme: TestAuthority;
let stranger: TestAuthority;
before(async () => {
  scheme = await testAuthority('scheme CA');
  stranger = await testAuthority('another CA');
});

const serverWith = (tls: HttpServerOptions['tls'] & object): Promise<HttpServer> =>
  startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      handler: async () => ({ status: 200 }),
      refuse: () => ({ status: 500 }),
      tls,
    },
    recordedLog(),
  );

test('a probe tells which certificate a server presents, and whether it is trusted, without one of its own', async () => {
  const credentials = await scheme.issue('hub');
  const server = await serverWith({ credentials, requireClientCertificate: true });
  const look = (trustedCas: string) =>
    probeTls({ host: '127.0.0.1', port: server.port, credentials: { ...credentials, certificate: '', trustedCas }, timeoutMs: 5_000 });
  const [trusted, untrusted] = [await look(scheme.certificate), await look(stranger.certificate)];
  assert.ok(trusted.kind === 'served' && untrusted.kind === 'served');
  assert.equal(new X509Certificate(trusted.certificate).fingerprint256, new X509Certificate(credentials.certificate).fingerprint256);
  assert.equal(trusted.distrust, undefined);
  assert.equal(untrusted.distrust, 'SELF_SIGNED_CERT_IN_CHAIN');
  server.setCredentials(noCredentials);
  assert.equal((await look(scheme.certificate)).kind, 'failed', 'a server without a certificate refuses TLS');
  await server.close(0);
});

test('a CA that somebody else vouches for is an anchor by itself: its issuer need not be known', async (t) => {
  const below = await scheme.subordinate('issuing CA');
  const credentials = await below.issue('hub');
  for (const chain of [credentials.certificate, `${credentials.certificate}\n${below.certificate}`]) {
    const server = await serverWith({ credentials: { ...credentials, certificate: chain }, requireClientCertificate: false });
    t.after(() => server.close(0));
    const trusting = { certificate: '', privateKey: credentials.privateKey, trustedCas: below.certificate };
    const seen = await probeTls({ host: '127.0.0.1', port: server.port, credentials: trusting, timeoutMs: 5_000 });
    assert.ok(seen.kind === 'served' && seen.distrust === undefined, JSON.stringify(seen));
    const client = createHttpClient({ credentials: trusting });
    t.after(() => client.close());
    const outcome = await client.request({ method: 'GET', url: `https://127.0.0.1:${server.port}/`, headers: {}, timeoutMs: 5_000 });
    assert.equal(outcome.kind === 'answer' && outcome.status, 200);
  }
});

test('a probe tells a name that does not exist, a closed port, silence and another protocol apart', async () => {
  const silent = createServer((socket) => void socket.on('error', () => {}));
  const plain = createServer((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const closed = createServer();
  const ports: number[] = [];
  for (const server of [silent, plain, closed]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    ports.push(address.port);
  }
  closed.close();
  const look = (host: string, port = 0) => probeTls({ host, port, timeoutMs: 200 });
  const looks = await Promise.all(ports.map((port) => look('127.0.0.1', port)));
  assert.deepEqual(
    looks.map((probe) => probe.kind === 'failed' && `${probe.phase} ${probe.code}`),
    ['tls CONNECT_TIMEOUT', 'tls ERR_SSL_WRONG_VERSION_NUMBER', 'connect ECONNREFUSED'],
  );
  const unknown = await look('nowhere.invalid', 443);
  assert.ok(unknown.kind === 'failed' && unknown.phase === 'dns');
  silent.close();
  plain.close();
});
