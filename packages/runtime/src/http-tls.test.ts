import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect as connectTcp, createServer } from 'node:net';
import { before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { type TestAuthority, testAuthority } from '../test/test-authority.ts';
import type { Credentials } from './credentials.ts';
import type { HttpClient, HttpHandler, HttpOutcome } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { failureAfterSending } from './http-failure.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

let scheme: TestAuthority;
let stranger: TestAuthority;
before(async () => {
  scheme = await testAuthority('scheme CA');
  stranger = await testAuthority('another CA');
});

const echoName: HttpHandler = async ({ clientAuthenticated, clientName }) => ({
  status: 200,
  body: `${clientAuthenticated} ${clientName}`,
});

function serve(credentials: Credentials, requireClientCertificate = true, handler: HttpHandler = echoName) {
  const tls = { credentials, requireClientCertificate };
  return startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_000, handler, refuse: () => ({ status: 500 }), tls }, recordedLog());
}

const ask = (client: HttpClient, url: string): Promise<HttpOutcome> =>
  client.request({ method: 'POST', url, headers: {}, body: 'money', timeoutMs: 5_000 });

async function askOnce(url: string, credentials?: Credentials): Promise<HttpOutcome> {
  const client = createHttpClient(credentials ? { credentials } : {});
  const outcome = await ask(client, url);
  await client.close();
  return outcome;
}

function facts(outcome: HttpOutcome): unknown {
  return outcome.kind === 'failed' ? [outcome.code, outcome.phase, outcome.sent] : Buffer.from(outcome.body).toString();
}

test('mutual TLS: the handler learns the name in the client certificate', async () => {
  const server = await serve(await scheme.issue('hub'));
  assert.equal(facts(await askOnce(server.url, await scheme.issue('bank-a'))), 'true bank-a');
  await server.close(0);
});

test('without a required client certificate nobody is authenticated', async () => {
  const server = await serve(await scheme.issue('hub'), false);
  assert.equal(facts(await askOnce(server.url, await scheme.issue('bank-a'))), 'false undefined');
  await server.close(0);
});

test('a server of another CA, out of date, or of another name is not trusted, and nothing was sent', async () => {
  const client = await scheme.issue('bank-a');
  const untrusted = [
    await stranger.issue('hub'),
    await scheme.issue('hub', { expired: true }),
    await scheme.issue('hub', { hosts: ['hub.example'] }),
  ];
  for (const credentials of untrusted) {
    const server = await serve(credentials);
    assert.deepEqual(facts(await askOnce(server.url, client)), ['TLS_UNTRUSTED_SERVER', 'tls', false]);
    await server.close(0);
  }
});

test('TLS 1.3: a refused client certificate is told after the request was written, so it counts as sent', async () => {
  const hub = await scheme.issue('hub');
  const server = await serve(hub);
  const withoutCertificate = await askWithoutCertificate(server.url, hub.trustedCas);
  assert.deepEqual(facts(withoutCertificate), ['TLS_CLIENT_REFUSED', 'tls', true]);
  const ofAnotherCa = await askOnce(server.url, { ...(await stranger.issue('bank-b')), trustedCas: hub.trustedCas });
  assert.ok(ofAnotherCa.kind === 'failed');
  assert.equal(ofAnotherCa.sent, true);
  await server.close(0);
});

test('TLS 1.3: the alert of a server that sends one is told as a refused client', () => {
  const alert = Object.assign(new Error('alert'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
  assert.deepEqual(facts(failureAfterSending(alert, 'answer', 'https://hub')), ['TLS_CLIENT_REFUSED', 'tls', true]);
});

test('a server that breaks off after it was heard is a lost connection, not a refused client', async () => {
  let first = true;
  const server = await serve(await scheme.issue('hub'), true, async () => {
    const reset = !first;
    first = false;
    return { status: 200, body: 'fine', reset };
  });
  const client = createHttpClient({ credentials: await scheme.issue('bank-a') });
  assert.equal(facts(await ask(client, server.url)), 'fine');
  assert.deepEqual(facts(await ask(client, server.url)), ['CONNECTION_LOST', 'answer', true]);
  await client.close();
  await server.close(0);
});

test('TLS 1.2: the refusal comes within the handshake, so nothing was sent', async () => {
  const hub = await scheme.issue('hub');
  const server = createTlsServer({
    cert: hub.certificate,
    key: hub.privateKey.reveal(),
    ca: hub.trustedCas,
    requestCert: true,
    rejectUnauthorized: true,
    maxVersion: 'TLSv1.2',
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  const outcome = await askWithoutCertificate(`https://127.0.0.1:${address.port}`, hub.trustedCas);
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual([outcome.phase, outcome.sent], ['tls', false]);
  server.close();
});

/** As a DFSP that knows the hub's CA but has no certificate of its own yet. */
async function askWithoutCertificate(url: string, trustedCas: string): Promise<HttpOutcome> {
  const client = createHttpClient({ credentials: { certificate: '', privateKey: (await scheme.issue('x')).privateKey, trustedCas } });
  const outcome = await ask(client, url);
  await client.close();
  return outcome;
}

test('a variable of the environment that lets everybody be trusted is not heard', async (t) => {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  const server = await serve(await stranger.issue('hub'), false);
  process.env[name] = '0';
  t.after(() => {
    delete process.env[name];
    return server.close(0);
  });
  assert.deepEqual(facts(await askOnce(server.url, await scheme.issue('bank-a'))), ['TLS_UNTRUSTED_SERVER', 'tls', false]);
  assert.deepEqual(facts(await askOnce(server.url)), ['TLS_UNTRUSTED_SERVER', 'tls', false]);
});

test('who connects at the same moment as 199 others is let in, and a server that closes waits for no handshake', async () => {
  const credentials = await scheme.issue('hub');
  const options = {
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1_000,
    handler: echoName,
    refuse: () => ({ status: 500 }),
    maxConnections: 200,
  };
  const server = await startHttpServer({ ...options, tls: { credentials, requireClientCertificate: true } }, recordedLog());
  const { certificate, privateKey, trustedCas } = await scheme.issue('bank-a');
  const sockets = Array.from({ length: 200 }, () => connectTcp({ host: '127.0.0.1', port: server.port }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  // As long as a message takes over a long way: the server has them all before it hears of the first handshake.
  await pause(500);
  const own = { cert: certificate, key: privateKey.reveal(), ca: trustedCas };
  const honest = sockets.slice(1).map(async (socket) => {
    const secure = connectTls({ ...own, socket, host: '127.0.0.1' });
    secure.on('error', () => {});
    await once(secure, 'secureConnect', { signal: AbortSignal.timeout(10_000) });
  });
  await Promise.all(honest);
  const closing = performance.now();
  await server.close(0);
  assert.ok(performance.now() - closing < 5_000, 'it waited for the one that has begun no handshake');
});

test('a port that does not speak TLS, or says nothing, fails in the handshake, and nothing was sent', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  });
  const silent = createServer((socket) => socket.on('error', () => {}));
  for (const each of [server, silent]) {
    t.after(() => each.close());
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
    const address = each.address();
    assert.ok(address && typeof address === 'object');
    // long enough that a busy machine connects within it
    const client = createHttpClient({ connectTimeoutMs: 1_500 });
    t.after(() => client.close());
    assert.deepEqual(facts(await ask(client, `https://127.0.0.1:${address.port}`)), ['TLS_FAILED', 'tls', false]);
  }
});

test('rotation: new connections use the new certificates on both sides, requests under way finish, none fails', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const server = await serve(await scheme.issue('hub'), true, async (request) => {
    if (request.target === '/slow') {
      begun.resolve();
      await gate.promise;
    }
    return echoName(request);
  });
  const both = `${scheme.certificate}\n${stranger.certificate}`;
  const client = createHttpClient({ credentials: { ...(await scheme.issue('old name')), trustedCas: both }, maxConnectionsPerOrigin: 1 });
  const slow = ask(client, `${server.url}/slow`);
  await begun.promise;
  const waiting = ask(client, server.url);

  server.setCredentials({ ...(await stranger.issue('hub')), trustedCas: both });
  client.setCredentials({ ...(await stranger.issue('new name')), trustedCas: stranger.certificate });
  assert.equal(facts(await waiting), 'true new name');
  assert.equal(facts(await ask(client, server.url)), 'true new name');
  gate.resolve();
  assert.equal(facts(await slow), 'true old name');
  await client.close();
  await server.close(0);
});

test('rotation: a client that is never idle comes over to the new certificate with its next request, and loses nothing', async () => {
  const server = await serve(await scheme.issue('hub'));
  const presented: string[] = [];
  const credentials = { ...(await scheme.issue('bank-a')), trustedCas: `${scheme.certificate}\n${stranger.certificate}` };
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    cert: credentials.certificate,
    key: credentials.privateKey.reveal(),
    ca: credentials.trustedCas,
  });
  const askOn = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = request(server.url, { agent }, (response) => {
        presented.push(String((response.socket as TLSSocket).getPeerCertificate().issuer.CN));
        response.resume().once('end', resolve);
      });
      asked.once('error', reject).end();
    });
  await askOn();
  server.setCredentials({ ...(await stranger.issue('hub')), trustedCas: scheme.certificate });
  for (let n = 0; n < 3; n++) await askOn();
  assert.deepEqual(presented, ['scheme CA', 'scheme CA', 'another CA', 'another CA']);
  agent.destroy();
  await server.close(0);
});
