import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import type { HttpClientOptions, HttpHandler, HttpOutcome, OutgoingRequest } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { ConnectFailure } from './http-connector.ts';
import { failureBeforeSending } from './http-failure.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

const serve = (handler: HttpHandler) =>
  startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 100_000, handler, refuse: () => ({ status: 500 }) }, recordedLog());

/** A server of bare TCP that does what `onRequest` says with each piece that arrives. */
async function rawServer(onRequest: (socket: Socket, nth: number) => void): Promise<{ url: string; server: Server }> {
  let nth = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => onRequest(socket, ++nth));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return { url: `http://127.0.0.1:${address.port}`, server };
}

const to = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => {
  return { method: 'POST', url, headers: { 'content-type': 'text/plain' }, body: 'hello', timeoutMs: 5_000, ...more };
};

/** Sends one request with a client of its own. */
async function send(request: OutgoingRequest, options: HttpClientOptions = {}): Promise<HttpOutcome> {
  const client = createHttpClient(options);
  const outcome = await client.request(request);
  await client.close();
  return outcome;
}

/** The parts of a failure that a program decides by. */
function facts(outcome: HttpOutcome): unknown {
  return outcome.kind === 'failed' ? [outcome.code, outcome.phase, outcome.sent] : `answer ${outcome.status}`;
}

test('an answer comes with its status, headers in lower case, and the very bytes of its body', async () => {
  const bytes = Uint8Array.from([0, 255, 13, 10]);
  const server = await serve(async ({ body }) => {
    return { status: 207, headers: { 'X-Name': 'value' }, body: Buffer.concat([body, bytes]) };
  });
  const outcome = await send(to(server.url, { body: Buffer.from('é') }));
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual([outcome.status, outcome.headers['x-name']], [207, 'value']);
  assert.deepEqual(Buffer.from(outcome.body), Buffer.concat([Buffer.from('é'), bytes]));
  await server.close(0);
});

test('a redirect is an answer like any other, and is not followed', async () => {
  let requests = 0;
  const server = await serve(async () => {
    requests++;
    return { status: 307, headers: { location: '/elsewhere' } };
  });
  assert.equal(facts(await send(to(server.url))), 'answer 307');
  assert.equal(requests, 1);
  await server.close(0);
});

test('what fails before a byte can have left says so: DNS, connect, an invalid request', async () => {
  const unused = await rawServer(() => {});
  unused.server.close();
  assert.deepEqual(facts(await send(to(`http://${'x'.repeat(70)}/`))), ['DNS_FAILED', 'dns', false]);
  assert.deepEqual(facts(await send(to(unused.url))), ['CONNECT_REFUSED', 'connect', false]);
  assert.deepEqual(facts(await send(to('ftp://127.0.0.1/'))), ['REQUEST_INVALID', 'send', false]);
  assert.deepEqual(facts(await send(to('/no-host'))), ['REQUEST_INVALID', 'send', false]);
  assert.deepEqual(facts(await send(to('http://127.0.0.1:1/', { headers: { a: 'x\r\ny: z' } }))), ['REQUEST_INVALID', 'send', false]);
  const late = failureBeforeSending(new ConnectFailure('connect', true), 'http://hub');
  assert.deepEqual(facts(late), ['CONNECT_TIMEOUT', 'connect', false]);
});

test('a failure says what failed, where, and what to do; it does not tell the path, which may name a person', async () => {
  const unused = await rawServer(() => {});
  unused.server.close();
  const outcome = await send(to(`${unused.url}/parties/MSISDN/27713803912?x=27713803912`));
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.message, `The request to ${unused.url} was not sent: nothing listens there (ECONNREFUSED).`);
  assert.match(outcome.advice, /Check the port/);
});

test('no answer within the time: it may have arrived', async () => {
  const silent = await rawServer(() => {});
  assert.deepEqual(facts(await send(to(silent.url, { timeoutMs: 50 }))), ['ANSWER_TIMEOUT', 'answer', true]);
  silent.server.close();
});

test('a server that drips its answer cannot pass the bound of the whole exchange', async () => {
  const drips: NodeJS.Timeout[] = [];
  const dripping = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    drips.push(setInterval(() => socket.write('x'), 5));
  });
  assert.deepEqual(facts(await send(to(dripping.url, { timeoutMs: 80 }))), ['ANSWER_TIMEOUT', 'answer', true]);
  drips.forEach(clearInterval);
  dripping.server.close();
});

test('a kept-alive connection that the server closes as we write: it may have arrived, and is not sent again', async () => {
  const requests: number[] = [];
  const closing = await rawServer((socket, nth) => {
    requests.push(nth);
    if (nth === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  for (const method of ['POST', 'GET']) {
    requests.length = 0;
    const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
    if (method === 'POST') assert.equal(facts(await client.request(to(closing.url, { method }))), 'answer 200');
    assert.deepEqual(facts(await client.request(to(closing.url, { method }))), ['CONNECTION_LOST', 'answer', true]);
    await client.close();
    assert.equal(requests.length, method === 'POST' ? 2 : 1);
  }
  closing.server.close();
});

test('an answer that ends too soon or is no HTTP is told apart', async () => {
  const answers = [
    'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf',
    'SSH-2.0-server\r\n',
    `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`,
    '',
  ];
  const expected = ['CONNECTION_LOST', 'ANSWER_MALFORMED', 'ANSWER_MALFORMED', 'CONNECTION_LOST'];
  for (const [index, answer] of answers.entries()) {
    const broken = await rawServer((socket) => socket.end(answer));
    const outcome = await send(to(broken.url));
    assert.ok(outcome.kind === 'failed');
    assert.deepEqual([outcome.code, outcome.sent], [expected[index], true]);
    broken.server.close();
  }
});

test('an answer larger than allowed is given up, declared or not; one of just that size is taken', async () => {
  const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n';
  const answers = [`${head}content-length: 101\r\n\r\n`, `${head}\r\n${'x'.repeat(101)}`, `${head}\r\n${'x'.repeat(100)}`];
  const outcomes: unknown[] = [];
  for (const answer of answers) {
    const large = await rawServer((socket) => (answer.includes('content-length') ? socket.write(answer) : socket.end(answer)));
    outcomes.push(facts(await send(to(large.url), { maxAnswerBytes: 100 })));
    large.server.close();
  }
  assert.deepEqual(outcomes, [['ANSWER_TOO_LARGE', 'answer', true], ['ANSWER_TOO_LARGE', 'answer', true], 'answer 200']);
});

test('above the connections requests wait in order, above the queue they are refused, and who is given up is never sent', async () => {
  const gate = Promise.withResolvers<void>();
  const arrived: string[] = [];
  const server = await serve(async ({ target }) => {
    arrived.push(target);
    if (target === '/1') await gate.promise;
    return { status: 200 };
  });
  const client = createHttpClient({ maxConnectionsPerOrigin: 1, maxQueuedPerOrigin: 2 });
  const first = client.request(to(`${server.url}/1`));
  const impatient = client.request(to(`${server.url}/2`, { timeoutMs: 20 }));
  const third = client.request(to(`${server.url}/3`));
  assert.deepEqual(facts(await client.request(to(`${server.url}/4`))), ['POOL_EXHAUSTED', 'connect', false]);
  assert.deepEqual(facts(await impatient), ['POOL_EXHAUSTED', 'connect', false]);
  const fifth = client.request(to(`${server.url}/5`));
  gate.resolve();
  assert.deepEqual((await Promise.all([first, third, fifth])).map(facts), ['answer 200', 'answer 200', 'answer 200']);
  assert.deepEqual(arrived, ['/1', '/3', '/5']);
  await client.close();
  await server.close(0);
});

test('one time-out does not take a place for ever: as many time-outs as connections, and the next is served', async () => {
  let silent = true;
  const server = await serve(() => (silent ? new Promise(() => {}) : Promise.resolve({ status: 200 })));
  const client = createHttpClient({ maxConnectionsPerOrigin: 2 });
  const lost = await Promise.all([1, 2, 3, 4].map(() => client.request(to(server.url, { timeoutMs: 50 }))));
  assert.ok(lost.every(({ kind }) => kind === 'failed'));
  silent = false;
  assert.equal(facts(await client.request(to(server.url))), 'answer 200');
  await client.close();
  await server.close(0);
});

test('closing: what runs is finished, what waits or comes later was not sent', async () => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await serve(async () => {
    arrived.resolve();
    await gate.promise;
    return { status: 200 };
  });
  const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
  const running = client.request(to(server.url));
  const waiting = client.request(to(server.url));
  await arrived.promise;
  const closed = client.close();
  assert.deepEqual(facts(await waiting), ['CLIENT_CLOSED', 'connect', false]);
  assert.deepEqual(facts(await client.request(to(server.url))), ['CLIENT_CLOSED', 'connect', false]);
  gate.resolve();
  assert.equal(facts(await running), 'answer 200');
  await closed;
  await server.close(0);
});
