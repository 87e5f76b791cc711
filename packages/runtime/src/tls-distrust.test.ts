import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { type TestAuthority, testAuthority } from '../test/test-authority.ts';
import type { Credentials } from './credentials.ts';
import type { HttpServer } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { publicKeyId } from './key-strength.ts';
import { recordedLog } from './simulated/recorded-log.ts';
import { distrustOf, revocationMark } from './tls-distrust.ts';

let [one, two]: TestAuthority[] = [];
let own: Credentials;
let caller: Credentials;
let server: HttpServer;
let served = 0;
let log = recordedLog();
before(async () => {
  [one, two] = [await testAuthority('CA one'), await testAuthority('CA two')];
  own = await one.issue('bank-a');
  caller = await one.issue('hub');
});
after(() => server?.close(0));

async function start(credentials: Credentials): Promise<void> {
  await server?.close(0);
  served = 0;
  log = recordedLog();
  const handler = async () => {
    served++;
    return { status: 200 };
  };
  const tls = { credentials, requireClientCertificate: true };
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_000, handler, refuse: () => ({ status: 500 }), tls }, log);
}

/** A connection that stays, and what its next request brings: true when it is answered 200. */
async function opened({ certificate, privateKey }: Credentials) {
  const socket: TLSSocket = connect({
    port: server.port,
    host: '127.0.0.1',
    ca: one?.certificate ?? '',
    cert: certificate,
    key: privateKey.reveal(),
  });
  socket.on('error', () => {});
  let closed = false;
  socket.once('close', () => {
    closed = true;
  });
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
  return {
    socket,
    async asks(): Promise<boolean> {
      if (closed) return false;
      const answered = new Promise<boolean>((resolve) => {
        socket.once('data', (chunk: Buffer) => resolve(chunk.toString().startsWith('HTTP/1.1 200')));
        socket.once('close', () => resolve(false));
      });
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      return answered;
    },
  };
}

const both = (): string => `${one?.certificate}\n${two?.certificate}`;
const keyIdOf = ({ certificate }: Credentials): string => publicKeyId(new X509Certificate(certificate).publicKey);
const revokedBy = (credentials: Credentials): ReadonlySet<string> => {
  const { serialNumber } = new X509Certificate(credentials.certificate);
  return new Set([revocationMark(createPublicKey(one?.certificate ?? ''), serialNumber)]);
};

describe('a server that distrusts', () => {
  test('a CA serves nothing more on connections that came with it, busy or idle; others go on', async () => {
    await start({ ...own, trustedCas: both() });
    const [busy, idle] = [await opened(caller), await opened(caller)];
    const other = await opened({ ...(await (two as TestAuthority).issue('another')), trustedCas: '' });
    for (const connection of [busy, idle, other]) assert.equal(await connection.asks(), true);
    server.setCredentials({ ...own, trustedCas: two?.certificate ?? '' });
    const before = served;
    for (const connection of [busy, idle]) for (let n = 0; n < 5; n++) assert.equal(await connection.asks(), false);
    assert.equal(served, before);
    assert.equal(await other.asks(), true);
    assert.equal(await (await opened(caller)).asks(), false);
  });

  test('no CA, with other credentials of its own, goes on with what is under way', async () => {
    await start({ ...own, trustedCas: both() });
    const open = await opened(caller);
    assert.equal(await open.asks(), true);
    server.setCredentials({ ...(await (one as TestAuthority).issue('bank-a')), trustedCas: both() });
    assert.equal(await open.asks(), true);
  });

  test('a key lets nobody in with it, whatever certificate vouches for it; the others may come', async () => {
    await start({ ...own, trustedCas: both(), peerKeys: [keyIdOf(caller)] });
    assert.equal(await (await opened(caller)).asks(), true);
    const second = await (one as TestAuthority).issue('hub');
    assert.equal(await (await opened(second)).asks(), false);
    const open = await opened(caller);
    assert.equal(await open.asks(), true);
    server.setCredentials({ ...own, trustedCas: both(), peerKeys: [keyIdOf(second)] });
    assert.equal(await open.asks(), false);
    assert.equal(await (await opened(second)).asks(), true);
  });

  test('a certificate that was revoked lets nobody in, and ends what is open', async () => {
    await start({ ...own, trustedCas: both() });
    const open = await opened(caller);
    assert.equal(await open.asks(), true);
    server.setCredentials({ ...own, trustedCas: both(), revoked: revokedBy(caller) });
    assert.equal(await open.asks(), false);
    assert.equal(await (await opened(caller)).asks(), false);
    assert.equal(await (await opened(await (one as TestAuthority).issue('hub'))).asks(), true);
  });
});

test('who is not served and comes again and again fills no log: one line for each caller and a minute', async () => {
  await start({ ...own, trustedCas: both(), revoked: revokedBy(caller) });
  const other = await (one as TestAuthority).issue('hub');
  server.setCredentials({ ...own, trustedCas: both(), revoked: new Set([...revokedBy(caller), ...revokedBy(other)]) });
  for (let n = 0; n < 20; n++) assert.equal(await (await opened(caller)).asks(), false);
  assert.equal(await (await opened(other)).asks(), false);
  const lines = log.lines.filter(({ message }) => message === 'a connection is not served');
  const callers = lines.map(({ fields }) => fields['caller']);
  assert.deepEqual(
    callers,
    [caller, other].map(({ certificate }) => `certificate SHA-256 ${new X509Certificate(certificate).fingerprint256}`),
  );
});

test('a client sends nothing to a server whose certificate was revoked', async () => {
  await start({ ...own, trustedCas: both() });
  const http = createHttpClient({ credentials: { ...caller, trustedCas: both(), revoked: revokedBy(own) } });
  const ask = () => http.request({ method: 'GET', url: `https://127.0.0.1:${server.port}/`, headers: {}, timeoutMs: 5_000 });
  const outcome = await ask();
  assert.deepEqual(outcome.kind === 'failed' && [outcome.code, outcome.sent], ['TLS_UNTRUSTED_SERVER', false]);
  assert.equal(served, 0);
  http.setCredentials({ ...caller, trustedCas: both(), revoked: revokedBy(caller) });
  assert.equal((await ask()).kind, 'answer');
  await http.close();
});

test('a certificate with a key that cannot be read, sent along under the name of an issuer, is passed over', async () => {
  const below = await one?.subordinate('CA below');
  const leaf = await below?.issue('hub');
  assert.ok(one && below && leaf);
  const der = Buffer.from(new X509Certificate(below.certificate).raw);
  // An EC key on a curve that nobody knows.
  const curve = der.indexOf('2a8648ce3d030107', 0, 'hex');
  der[curve + 7] = 0x70;
  const odd = new X509Certificate(der);
  assert.throws(() => odd.publicKey);
  const certificate = new X509Certificate(leaf.certificate);
  const peer = {
    ...{ publicKey: certificate.publicKey, fingerprint256: certificate.fingerprint256, validToDate: certificate.validToDate },
    ...{ issuerCertificate: odd, checkIssued: () => true, verify: certificate.verify.bind(certificate) },
  };
  const socket = { getPeerX509Certificate: () => peer } as unknown as TLSSocket;
  assert.equal(distrustOf(socket, { ...leaf, trustedCas: one.certificate }, Date.now()).distrust, 'its CA is not trusted');
});
