import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

const maxBytes = 2_000_000;
const pieceOfOne = '1\r\nx\r\n';
/** What the bytes of the largest message may cost beside themselves. */
const allowedGrowth = 60_000_000;

/** Writes as fast as the other side reads, until all is written or the connection is gone. */
async function drip(socket: Socket, pieces: number): Promise<void> {
  const many = Buffer.from(pieceOfOne.repeat(10_000));
  for (let sent = 0; sent < pieces && !socket.destroyed; sent += 10_000) {
    if (!socket.write(many)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
    await turn();
  }
  if (!socket.destroyed) socket.write('0\r\n\r\n');
}

/** Looks again and again how much memory is in use, heap and buffers. */
function watchMemory(): { growth(): number } {
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const base = used();
  let peak = base;
  const timer = setInterval(() => {
    peak = Math.max(peak, used());
  }, 5);
  timer.unref();
  return {
    growth() {
      clearInterval(timer);
      return Math.max(peak, used()) - base;
    },
  };
}

function server(onBody: (body: Uint8Array) => void, more: { maxBodyBytes?: number } = {}) {
  const options = { host: '127.0.0.1', port: 0, maxBodyBytes: maxBytes, ...more };
  return startHttpServer(
    {
      ...options,
      handler: async ({ body }) => {
        onBody(body);
        return { status: 200, body: 'taken' };
      },
      refuse: (reason) => ({ status: 400, body: `no: ${reason}` }),
    },
    recordedLog(),
  );
}

test('a server: a body in one-byte chunks is refused early, and takes no more memory than any other', async () => {
  let bodies = 0;
  const { port, close } = await server(() => bodies++);
  const memory = watchMemory();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text;
  });
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
  await drip(socket, maxBytes);
  if (!socket.closed) await once(socket, 'close');
  const growth = memory.growth();
  assert.ok(growth < allowedGrowth, `${growth} bytes`);
  assert.equal(bodies, 0);
  assert.match(answer, /^HTTP\/1.1 400 .*no: body-too-large$/s);
  assert.ok(socket.bytesWritten < maxBytes * pieceOfOne.length, 'it was cut off before the end');
  await close(0);
});

test('a server: a small body in one-byte chunks, and a large one in chunks of a packet’s size, are taken byte for byte', async () => {
  const bodies: Uint8Array[] = [];
  const { port, close } = await server((body) => bodies.push(body), { maxBodyBytes: 1_000_000 });
  const large = Buffer.alloc(1_000_000, 'abcdefghijk');
  const wanted: Buffer[] = [];
  for (const [body, size] of [
    [large.subarray(0, 1_000), 1],
    [large, 1_448],
    [large, 64],
  ] as const) {
    const socket = connect(port, '127.0.0.1');
    const ended = once(socket.resume(), 'close');
    const chunks: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) {
      const piece = body.subarray(at, at + size);
      chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    }
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]));
    await ended;
    wanted.push(body);
  }
  assert.equal(bodies.length, wanted.length);
  for (const [n, body] of wanted.entries()) assert.ok(body.equals(bodies[n] ?? Buffer.alloc(0)), `body ${n}`);
  await close(0);
});

test('a client: an answer in one-byte chunks is given up early, and takes no more memory than any other', async () => {
  const peer = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      void drip(socket, maxBytes);
    });
  });
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const { port } = peer.address() as { port: number };
  const client = createHttpClient({ maxAnswerBytes: maxBytes });
  const memory = watchMemory();
  const outcome = await client.request({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 30_000 });
  const growth = memory.growth();
  assert.ok(growth < allowedGrowth, `${growth} bytes`);
  assert.equal(outcome.kind === 'failed' && outcome.code, 'ANSWER_TOO_LARGE');
  await client.close();
  peer.close();
});

test('a client: a small answer in one-byte chunks, and a large one in chunks of a packet’s size, are read byte for byte', async () => {
  const large = Buffer.alloc(1_000_000, 'abcdefghijk');
  const wanted = { '/one': [large.subarray(0, 1_000), 1], '/packets': [large, 1_448] } as const;
  const { createServer: createHttp } = await import('node:http');
  const peer = createHttp((request, response) => {
    const [body, size] = wanted[request.url as keyof typeof wanted];
    for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
    response.end();
  });
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const { port } = peer.address() as { port: number };
  const client = createHttpClient({ maxAnswerBytes: large.length });
  for (const [path, [body]] of Object.entries(wanted)) {
    const outcome = await client.request({ method: 'GET', url: `http://127.0.0.1:${port}${path}`, headers: {}, timeoutMs: 30_000 });
    assert.ok(outcome.kind === 'answer' && body.equals(outcome.body), path);
  }
  await client.close();
  peer.close();
});
