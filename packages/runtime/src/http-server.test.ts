import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import type { HttpHandler, HttpRequest, HttpServerOptions } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

const client = createHttpClient();
after(() => client.close());
const log = recordedLog();

async function serverWith(handler: HttpHandler, more: Partial<HttpServerOptions> = {}, to = log) {
  return startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      handler,
      refuse: (reason) => ({
        status: reason === 'overloaded' ? 503 : 400,
        headers: { 'x-why': reason, 'retry-after': '1' },
        body: `no: ${reason}`,
      }),
      ...more,
    },
    to,
  );
}

const timeoutMs = 5_000;
const text = (body: Uint8Array): string => Buffer.from(body).toString();

/** Sends raw bytes on one connection, and gives what comes back until the server closes it or `until` is in it. */
async function raw(port: number, pieces: readonly (string | Buffer)[], until?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  for (const piece of pieces) socket.write(piece);
  let answer = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    answer += chunk;
    if (until !== undefined && answer.includes(until)) break;
  }
  socket.destroy();
  return answer;
}

test('the handler sees the request as it was sent: target, headers in lower case, and the very bytes of the body', async () => {
  let seen: HttpRequest | undefined;
  const server = await serverWith(async (request) => {
    seen = request;
    return { status: 202 };
  });
  const body = Buffer.from([0x7b, 0xff, 0x00, 0x0d, 0x0a, 0x7d]);
  const target = '/parties/MSISDN/%zz/a%2Fb/../c?x=%C3&y=1';
  const outcome = await client.request({
    method: 'POST',
    url: server.url + target,
    headers: { 'Content-Type': 'not a media type', 'FSPIOP-Source': 'bank', 'X-Two': 'a, b' },
    body,
    timeoutMs,
  });
  assert.equal(outcome.kind === 'answer' && outcome.status, 202);
  assert.ok(seen);
  assert.deepEqual([seen.method, seen.target, seen.clientAuthenticated], ['POST', target, false]);
  assert.deepEqual(
    [seen.headers['content-type'], seen.headers['fspiop-source'], seen.headers['x-two']],
    ['not a media type', 'bank', 'a, b'],
  );
  assert.deepEqual(Buffer.from(seen.body), body);
  await server.close(0);
});

test('every method reaches the handler, with and without a body, and repeated headers are seen as repeated', async () => {
  const server = await serverWith(async ({ method, headers, body }) => {
    return { status: 200, body: `${method} ${headers['fspiop-source']} ${headers['content-type']} ${text(body)}` };
  });
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY']) {
    const head = `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nFSPIOP-Source: a\r\nfspiop-source: b\r\nContent-Type: x\r\nContent-Type: y\r\n`;
    assert.match(await raw(server.port, [`${head}Content-Length: 2\r\n\r\nhi`]), new RegExp(`${method} a, b x, y hi$`));
  }
  await server.close(0);
});

test('an answer without a body has content-length 0 and no content type', async () => {
  const server = await serverWith(async () => ({ status: 200, headers: { 'content-type': 'application/json', date: 'now' } }));
  const answer = await raw(server.port, ['GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n']);
  assert.match(answer, /content-length: 0\r\n/i);
  assert.doesNotMatch(answer, /content-type|transfer-encoding/i);
  assert.match(answer, /\r\ndate: now\r\n/);
  await server.close(0);
});

test('an answer that HTTP does not allow, and a gate that throws, are defects that the sender is told of, and the server goes on', async () => {
  const bad = await serverWith(async () => ({ status: 200, headers: { 'x-two': 'a\r\nb' }, body: 'fine' }), {}, recordedLog());
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  assert.match(await raw(bad.port, [get, last]), /^HTTP\/1.1 \d+ .*no: handler-failed.*no: handler-failed$/s);
  await bad.close(0);
  const admit = () => {
    throw new TypeError('no gate');
  };
  const gate = await serverWith(async () => ({ status: 200 }), { admit }, recordedLog());
  assert.match(await raw(gate.port, [get, last]), /^HTTP\/1.1 \d+ .*no: handler-failed.*no: handler-failed$/s);
  await gate.close(0);
});

test('an answer without a word about its content is octets; one to HEAD says the length of the GET, and has no content', async () => {
  const server = await serverWith(async () => ({ status: 200, body: 'fine' }));
  const answer = await raw(server.port, ['HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n']);
  assert.match(answer, /content-type: application\/octet-stream\r\n/i);
  assert.match(answer, /content-length: 4\r\n/i);
  assert.match(answer, /\r\n\r\n$/);
  await server.close(0);
});

test('a body over the limit is refused, declared or chunked, and the connection goes on', async () => {
  const server = await serverWith(async () => ({ status: 200, body: 'fine' }));
  const next = 'GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const large = 'x'.repeat(1_001);
  const declared = await raw(server.port, [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n${large}`, next]);
  assert.match(declared, /^HTTP\/1.1 400 .*no: body-too-large.*HTTP\/1.1 200.*fine$/s);
  const chunked = await raw(server.port, [
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${large}\r\n0\r\n\r\n`,
    next,
  ]);
  assert.match(chunked, /^HTTP\/1.1 400 .*no: body-too-large.*HTTP\/1.1 200.*fine$/s);
  const exact = await raw(server.port, [
    `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1_000)}`,
  ]);
  assert.match(exact, /fine$/);
  await server.close(0);
});

test('a sender without end is answered and then cut off', async () => {
  const server = await serverWith(async () => ({ status: 200 }));
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const feed = (): void => {
    while (!socket.destroyed && socket.write('x'.repeat(1_000)));
  };
  socket.on('drain', feed);
  feed();
  await closed;
  assert.ok(socket.bytesWritten < 50_000_000);
  await server.close(0);
});

test('headers over 64 KiB, and what is no HTTP, are refused in the words of the API', async () => {
  const server = await serverWith(async () => ({ status: 200 }));
  const large = await raw(server.port, [`GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(66_000)}\r\n\r\n`]);
  assert.match(large, /^HTTP\/1.1 400 .*x-why: headers-too-large.*connection: close/is);
  assert.match(await raw(server.port, ['this is not HTTP\r\n\r\n']), /no: malformed-request$/);
  assert.match(
    await raw(server.port, ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}']),
    /no: malformed-request$/,
  );
  assert.match(
    await raw(server.port, ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n']),
    /no: malformed-request$/,
  );
  await server.close(0);
});

test('what Node would refuse in words of its own is refused in those of the API, and many headers as large ones', async (t) => {
  const server = await serverWith(async () => ({ status: 200, body: 'fine' }));
  t.after(() => server.close(0));
  const ask = (head: string) => raw(server.port, [`${head}Connection: close\r\n\r\n`]);
  assert.match(await ask('GET / HTTP/1.1\r\n'), /^HTTP\/1.1 400 .*no: malformed-request$/s);
  assert.match(await ask('GET / HTTP/1.0\r\n'), /fine$/);
  assert.match(await ask('GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n'), /^HTTP\/1.1 200 .*fine$/s);
  const many = Array.from({ length: 1_001 }, (_, index) => `X${index}: 1\r\n`).join('');
  assert.match(await ask(`GET / HTTP/1.1\r\nHost: a\r\n${many}`), /^HTTP\/1.1 400 .*no: headers-too-large$/s);
});

test('an encoded body is refused: its bytes would not be those that were signed', async () => {
  const server = await serverWith(async () => ({ status: 200, body: 'fine' }));
  const send = (encoding: string) =>
    client.request({ method: 'POST', url: server.url, headers: { 'content-encoding': encoding }, body: 'x', timeoutMs });
  const refused = await send('gzip');
  assert.equal(refused.kind === 'answer' && text(refused.body), 'no: malformed-request');
  const taken = await send('identity');
  assert.equal(taken.kind === 'answer' && text(taken.body), 'fine');
  await server.close(0);
});

test('a request that does not become complete is refused when its time is over', async () => {
  const server = await serverWith(async () => ({ status: 200 }), { requestTimeoutMs: 80 });
  assert.match(await raw(server.port, ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf']), /no: request-timeout$/);
  assert.match(await raw(server.port, ['POST / HT']), /no: request-timeout$/);
  await server.close(0);
});

test('above the number of requests in flight a request is refused at once, and the next is served when one has ended', async () => {
  const gate = Promise.withResolvers<void>();
  const server = await serverWith(
    async () => {
      await gate.promise;
      return { status: 200 };
    },
    { maxRequestsInFlight: 2 },
  );
  const send = () => client.request({ method: 'POST', url: server.url, headers: {}, body: 'x', timeoutMs });
  const running = [send(), send()];
  let refused = await send();
  while (refused.kind === 'answer' && refused.status === 200) refused = await send();
  assert.ok(refused.kind === 'answer');
  assert.deepEqual([refused.status, refused.headers['retry-after'], text(refused.body)], [503, '1', 'no: overloaded']);
  gate.resolve();
  assert.deepEqual(
    (await Promise.all(running)).map((outcome) => outcome.kind === 'answer' && outcome.status),
    [200, 200],
  );
  const later = await send();
  assert.equal(later.kind === 'answer' && later.status, 200);
  await server.close(0);
});

test('a handler that throws is answered in the words of the API; the log says where, not what was sent', async () => {
  const server = await serverWith(async () => {
    throw new TypeError('the party is 27713803912');
  });
  const outcome = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs });
  assert.equal(outcome.kind === 'answer' && text(outcome.body), 'no: handler-failed');
  const line = log.lines.find(({ level }) => level === 'error');
  assert.match(String(line?.fields['where']), /http-server.test.ts/);
  assert.doesNotMatch(JSON.stringify(log.lines), /27713803912/);
  await server.close(0);
});

test('a handler can break the connection without an answer', async () => {
  const server = await serverWith(async () => ({ status: 200, reset: true }));
  const outcome = await client.request({ method: 'POST', url: server.url, headers: {}, body: 'x', timeoutMs });
  assert.deepEqual(outcome.kind === 'failed' && [outcome.code, outcome.sent], ['CONNECTION_LOST', true]);
  await server.close(0);
});

test('draining: everything is served, and each answer asks for a new connection, which another server may take', async () => {
  const server = await serverWith(async () => ({ status: 200, body: 'done' }));
  const before = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs });
  assert.ok(before.kind === 'answer' && before.headers['connection'] !== 'close');
  server.drain();
  for (let times = 0; times < 2; times++) {
    const answer = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs });
    assert.deepEqual(answer.kind === 'answer' && [answer.status, answer.headers['connection']], [200, 'close']);
  }
  await server.close(0);
});

test('closing: running requests finish, idle connections end, new requests find nobody', async () => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await serverWith(async ({ target }) => {
    arrived.resolve();
    if (target === '/slow') await gate.promise;
    return { status: 200, body: 'done' };
  });
  const idle = connect(server.port, '127.0.0.1');
  const idleEnded = once(idle.resume(), 'close');
  await once(idle, 'connect');
  const slow = raw(server.port, ['GET /slow HTTP/1.1\r\nHost: a\r\n\r\n']);
  await arrived.promise;
  const closed = server.close(10_000);
  await idleEnded;
  gate.resolve();
  assert.match(await slow, /connection: close.*done$/is);
  await closed;
  const outcome = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs });
  assert.deepEqual(outcome.kind === 'failed' && [outcome.code, outcome.sent], ['CONNECT_REFUSED', false]);
});

test('closing: what does not end within the grace is cut', async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await serverWith(() => {
    arrived.resolve();
    return new Promise(() => {});
  });
  const cut = raw(server.port, ['GET /never HTTP/1.1\r\nHost: a\r\n\r\n']);
  await arrived.promise;
  await server.close(50);
  assert.equal(await cut, '');
});

test('one connection serves thousands of requests', async () => {
  const server = await serverWith(async ({ body }) => ({ status: 200, body }));
  const agent = new (await import('node:http')).Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (let n = 0; n < 2_000; n++) {
    const sent = httpRequest(server.url, { agent, method: 'POST' });
    sent.end(`body ${n}`);
    const [answer] = await once(sent, 'response');
    sockets.add(answer.socket);
    let got = '';
    for await (const chunk of answer) got += chunk;
    assert.equal(got, `body ${n}`);
  }
  assert.equal(sockets.size, 1);
  agent.destroy();
  await server.close(0);
});

test('a port that is taken is an error at the start', async () => {
  const server = await serverWith(async () => ({ status: 200 }));
  await assert.rejects(
    serverWith(async () => ({ status: 200 }), { port: server.port }),
    { code: 'EADDRINUSE' },
  );
  await server.close(0);
});

test('a request that has arrived when the server closes, and that nobody has read yet, is answered', async () => {
  const server = await serverWith(async () => ({ status: 200, body: 'here' }));
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
  const ask = 'GET /a HTTP/1.1\r\nhost: x\r\n\r\n';
  socket.write(ask);
  await once(socket, 'data');
  socket.write(ask);
  const closed = server.close(1_000);
  const [second] = (await once(socket, 'data')) as [string];
  assert.match(second, /^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*here$/i);
  await closed;
});
