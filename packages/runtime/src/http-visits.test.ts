import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { testAuthority } from '../test/test-authority.ts';
import type { HttpHandler, HttpServerOptions } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

function serve(handler: HttpHandler, more: Partial<HttpServerOptions> = {}) {
  return startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      handler,
      refuse: (reason) => ({ status: 503, body: `no: ${reason}` }),
      ...more,
    },
    recordedLog(),
  );
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const getLarge = get.replace('/', '/large');
/** More than the sockets of both sides hold. */
const large = Buffer.alloc(20_000_000, 'x');

async function open(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const patience = () => AbortSignal.timeout(10_000);

async function ask(port: number): Promise<number | string> {
  const client = createHttpClient();
  const outcome = await client.request({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 5_000 });
  await client.close();
  return outcome.kind === 'answer' ? outcome.status : outcome.code;
}

async function untilAsked(port: number, status: number): Promise<void> {
  while ((await ask(port)) !== status) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('an answer that nobody reads is ended when its time is over; one that is read slowly, but in time, is not', async () => {
  const server = await serve(async () => ({ status: 200, body: large }), { answerTimeoutMs: 500 });
  const unread = (await open(server.port, get)).pause();
  const slow = await open(server.port, get);
  let bytes = 0;
  slow.on('data', (chunk) => {
    bytes += chunk.length;
    slow.pause();
    setTimeout(() => slow.resume(), 2);
  });
  // Nothing of it is read here: what shows that the server has ended it is that writing fails.
  const knock = setInterval(() => unread.write(' '), 50);
  while (!unread.closed) await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(knock);
  while (bytes < large.length) await once(slow, 'data', { signal: patience() });
  slow.destroy();
  await server.close(0);
});

test('an answer that nobody has read yet counts: its request among those in flight, its bytes among those held', async () => {
  const limits: Partial<HttpServerOptions>[] = [{ maxRequestsInFlight: 2 }, { maxHeldBytes: 2 * large.length - 1 }];
  for (const limit of limits) {
    const server = await serve(async ({ target }) => ({ status: 200, body: target === '/large' ? large : 'small' }), limit);
    const unread = [await open(server.port, getLarge), await open(server.port, getLarge)];
    for (const socket of unread) socket.pause();
    await untilAsked(server.port, 503);
    unread.pop()?.destroy();
    await untilAsked(server.port, 200);
    for (const socket of unread) socket.destroy();
    await server.close(0);
  }
});

test('pipelined requests count: a connection with more unanswered ones than any client has is cut; few are answered in their order', async () => {
  const gate = Promise.withResolvers<void>();
  let handled = 0;
  const server = await serve(async () => {
    const mine = ++handled;
    if (mine === 1) await gate.promise;
    return { status: 200, body: `number ${mine}.` };
  });
  const few = await open(server.port, get.repeat(10));
  let answers = '';
  few.setEncoding('latin1').on('data', (text) => {
    answers += text;
  });
  while (handled < 10) await new Promise((resolve) => setTimeout(resolve, 5));
  const many = await open(server.port, get.repeat(10));
  many.pause();
  gate.resolve();
  while (!answers.includes('number 10.')) await once(few, 'data', { signal: patience() });
  assert.deepEqual(
    answers.match(/number \d+/g),
    Array.from({ length: 10 }, (_, n) => `number ${n + 1}`),
  );
  few.destroy();
  many.destroy();
  await server.close(0);

  const never = await serve(() => new Promise(() => {}));
  const greedy = await open(never.port, get.repeat(1_000));
  greedy.resume();
  while (!greedy.closed) await new Promise((resolve) => setTimeout(resolve, 20));
  await never.close(0);
});

test('a connection that is cut in the middle of what it pipelined ends nothing but itself, over TLS, too', async () => {
  const scheme = await testAuthority('scheme CA');
  const { certificate, privateKey } = await scheme.issue('bank-a');
  const tls = { credentials: await scheme.issue('hub'), requireClientCertificate: true };
  const names: (string | undefined)[] = [];
  const server = await serve(
    async ({ clientName }) => {
      names.push(clientName);
      return { status: 200 };
    },
    { tls },
  );
  const socket = connectTls({ port: server.port, host: '127.0.0.1', cert: certificate, key: privateKey.reveal(), ca: scheme.certificate });
  socket.on('error', () => {});
  socket.resume().write(get.repeat(1_000));
  while (!socket.closed) await new Promise((resolve) => setTimeout(resolve, 5));
  const client = createHttpClient({ credentials: await scheme.issue('bank-b') });
  const outcome = await client.request({ method: 'GET', url: `${server.url}/`, headers: {}, timeoutMs: 5_000 });
  assert.equal(outcome.kind === 'answer' && outcome.status, 200);
  assert.equal(names.at(-1), 'bank-b');
  await client.close();
  await server.close(0);
});

test('requests whose sender is gone count until their handlers have ended, and no longer', async () => {
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let hold = true;
  const server = await serve(
    async () => {
      running++;
      if (hold) await gate.promise;
      return { status: 200 };
    },
    { maxRequestsInFlight: 3 },
  );
  const sender = await open(server.port, get.repeat(3));
  while (running < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  sender.destroy();
  hold = false;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await ask(server.port), 503);
  gate.resolve();
  for (let n = 0; n < 20; n++) assert.equal(await ask(server.port), 200);
  await server.close(0);
});

test('connections that do not finish their TLS handshake use up no place, and the oldest of them goes first', async () => {
  const scheme = await testAuthority('scheme CA');
  const tls = { credentials: await scheme.issue('hub'), requireClientCertificate: true };
  const server = await serve(async () => ({ status: 200 }), { tls, maxConnections: 3 });
  const halfOpen: Socket[] = [];
  let closed = 0;
  for (let n = 0; n < 400; n++) {
    const socket = await open(server.port, '');
    socket.once('close', () => closed++);
    halfOpen.push(socket);
  }
  const client = createHttpClient({ credentials: await scheme.issue('bank-a') });
  const outcome = await client.request({ method: 'GET', url: `${server.url}/`, headers: {}, timeoutMs: 5_000 });
  assert.equal(outcome.kind === 'answer' && outcome.status, 200);
  assert.ok(closed >= 100, `${closed} of 400 half-open connections were closed`);
  assert.ok(halfOpen[0]?.closed && !halfOpen[399]?.closed);
  await client.close();
  for (const socket of halfOpen) socket.destroy();
  await server.close(0);
});

test('of those that finished their handshake, only as many as may be are served', async () => {
  const scheme = await testAuthority('scheme CA');
  const { certificate, privateKey } = await scheme.issue('bank-a');
  const tls = { credentials: await scheme.issue('hub'), requireClientCertificate: true };
  const server = await serve(async () => ({ status: 200 }), { tls, maxConnections: 2 });
  const join = async () => {
    const socket = connectTls({
      port: server.port,
      host: '127.0.0.1',
      cert: certificate,
      key: privateKey.reveal(),
      ca: scheme.certificate,
    });
    socket.on('error', () => {});
    socket.write(get);
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    return socket;
  };
  const sockets = [await join(), await join(), await join()];
  assert.deepEqual(
    sockets.map(({ destroyed }) => destroyed),
    [false, false, true],
  );
  const [first] = sockets;
  first?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const next = await join();
  assert.equal(next.destroyed, false);
  for (const socket of [...sockets, next]) socket.destroy();
  await server.close(0);
});
