import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import { type TestAuthority, testAuthority } from '../test/test-authority.ts';
import type { Credentials } from './credentials.ts';
import type { HttpServer } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

let scheme: TestAuthority;
let bank: Credentials;
let server: HttpServer;
before(async () => {
  scheme = await testAuthority('scheme CA');
  bank = await scheme.issue('bank-a');
  const tls = { credentials: await scheme.issue('hub'), requireClientCertificate: true };
  const options = {
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1_000,
    handler: async () => ({ status: 200 }),
    refuse: () => ({ status: 500 }),
  };
  server = await startHttpServer({ ...options, tls }, recordedLog());
});
after(() => server.close(0));

interface Joined {
  readonly reused: boolean;
  /** What the server gives to come back with. */
  readonly sessions: readonly Buffer[];
  readonly answered: boolean;
}

/** Asks once, as a client that would come back with its session. */
async function join(port: number, more: ConnectionOptions): Promise<Joined> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: scheme.certificate,
    cert: bank.certificate,
    key: bank.privateKey.reveal(),
    ...more,
  });
  const sessions: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('session', (session) => sessions.push(session));
  let reused = false;
  socket.once('secureConnect', () => {
    reused = socket.isSessionReused();
    const session = socket.getSession();
    if (session !== undefined) sessions.push(session);
  });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { reused, sessions, answered: answer.startsWith('HTTP/1.1 200') };
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: a server resumes no session: each connection shows its certificate anew`, async () => {
    const limits = { minVersion: version, maxVersion: version };
    const first = await join(server.port, limits);
    assert.ok(first.answered);
    for (const session of first.sessions) {
      const again = await join(server.port, { ...limits, session });
      assert.deepEqual([again.reused, again.answered], [false, true]);
    }
  });

  test(`${version}: a session from while a certificate was good does not let in who comes without one`, async () => {
    const limits = { minVersion: version, maxVersion: version };
    const first = await join(server.port, limits);
    for (const session of first.sessions) {
      const again = await join(server.port, { ...limits, session, cert: undefined, key: undefined });
      assert.equal(again.answered, false);
    }
  });
}

test('a client resumes no session either: each connection looks at the server’s certificate anew', async () => {
  const peer = await scheme.issue('peer');
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const reused: boolean[] = [];
    const resuming = createServer({ cert: peer.certificate, key: peer.privateKey.reveal(), maxVersion }, (socket: TLSSocket) => {
      reused.push(socket.isSessionReused());
      socket.on('error', () => {});
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    });
    resuming.listen(0, '127.0.0.1');
    await once(resuming, 'listening');
    const { port } = resuming.address() as { port: number };
    const client = createHttpClient({ credentials: bank });
    const ask = () => client.request({ method: 'GET', url: `https://127.0.0.1:${port}/`, headers: {}, timeoutMs: 5_000 });
    await ask();
    // One connection is open, so two at once need another.
    await Promise.all([ask(), ask()]);
    assert.ok(reused.length >= 2 && !reused.includes(true), `${maxVersion}: ${reused}`);
    await client.close();
    resuming.close();
  }
});

test('TLS 1.2 only with ECDHE and authenticated encryption; no older version', async () => {
  const suites = {
    good: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
    weak: ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-ECDSA-AES128-SHA'],
  };
  const seclevel = (suite: string) => `${suite}:@SECLEVEL=0`;
  for (const suite of suites.good) assert.ok((await join(server.port, { maxVersion: 'TLSv1.2', ciphers: suite })).answered, suite);
  for (const suite of suites.weak)
    assert.ok(!(await join(server.port, { maxVersion: 'TLSv1.2', ciphers: seclevel(suite) })).answered, suite);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: seclevel('ALL') } as const;
  assert.ok(!(await join(server.port, old)).answered);
});

test('a client does not speak to a server that offers weak suites only, or fails in the handshake; and nothing of it ends the process', async () => {
  const peer = await scheme.issue('peer');
  const client = createHttpClient({ credentials: bank, connectTimeoutMs: 1_000 });
  const weak = createServer({
    cert: peer.certificate,
    key: peer.privateKey.reveal(),
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-ECDSA-AES128-SHA256',
  });
  weak.on('tlsClientError', () => {});
  // Ends at once, in the middle of its hello, and with what is no TLS.
  const answers = ['', '\x16\x03\x03\x00\x7a\x02', 'HTTP/1.1 400 Bad Request\r\n\r\n'];
  const { createServer: createTcp } = await import('node:net');
  const broken = answers.map((answer) =>
    createTcp((socket) => void socket.on('error', () => {}).once('data', () => socket.end(answer, 'latin1'))),
  );
  for (const each of [weak, ...broken]) {
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
    const { port } = each.address() as { port: number };
    const outcome = await client.request({ method: 'GET', url: `https://127.0.0.1:${port}/`, headers: {}, timeoutMs: 5_000 });
    assert.deepEqual(outcome.kind === 'failed' && [outcome.code, outcome.sent], ['TLS_FAILED', false]);
    each.close();
  }
  await client.close();
});
