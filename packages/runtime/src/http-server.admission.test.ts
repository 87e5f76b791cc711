import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import type { Entry, HttpServerOptions, RequestHead } from './http.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { recordedLog } from './simulated/recorded-log.ts';

const client = createHttpClient();
after(() => client.close());

/** A server whose handler answers when the test says so; who begins with `/new` is new work, `/no` is refused. */
async function gated(more: Partial<HttpServerOptions> = {}) {
  const [entered, left, handled]: [string[], string[], string[]] = [[], [], []];
  const held: (() => void)[] = [];
  const admit = ({ target }: RequestHead): Entry | undefined => {
    if (target.startsWith('/no')) return undefined;
    entered.push(target);
    return { isNew: target.startsWith('/new'), leave: () => void left.push(target) };
  };
  const server = await startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 10_000,
      admit,
      async handler({ target }) {
        handled.push(target);
        if (target.includes('wait')) await new Promise<void>((resolve) => void held.push(resolve));
        return { status: 200, body: 'served' };
      },
      refuse: (reason) => ({ status: reason === 'overloaded' ? 503 : 400, headers: { 'retry-after': '1' }, body: reason }),
      ...more,
    },
    recordedLog(),
  );
  const post = async (target: string, bytes: number): Promise<number | undefined> => {
    const body = Buffer.alloc(bytes, 'a');
    const outcome = await client.request({ method: 'POST', url: server.url + target, headers: {}, body, timeoutMs: 5_000 });
    return outcome.kind === 'answer' ? outcome.status : undefined;
  };
  const waiting = async (count: number): Promise<void> => {
    while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const release = (): void => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { server, post, waiting, entered, left, handled, release };
}

test('a gate refuses by the head, before the body is there, and the connection goes on', async () => {
  const { server, handled } = await gated();
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
  socket.write('POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n');
  let answers = '';
  for await (const chunk of socket) {
    answers += chunk;
    if (answers.endsWith('served')) break;
    // the refusal is here although the body is not; the next request follows on the same connection
    if (answers.endsWith('overloaded')) socket.write('bodyPOST /yes HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  }
  socket.destroy();
  assert.match(answers, /^HTTP\/1.1 503 .+HTTP\/1.1 200 /s);
  assert.deepEqual(handled, ['/yes']);
  await server.close(0);
});

test('who is turned away hears it before the body is there, and has taken no place', async () => {
  const { server, post, handled, entered } = await gated({
    turnAway: ({ headers }) => (headers['authorization'] === 'me' ? undefined : { status: 401, body: 'who?' }),
  });
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
  socket.write('POST /new HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n');
  let answers = '';
  for await (const chunk of socket) {
    answers += chunk;
    if (answers.endsWith('served')) break;
    if (answers.endsWith('who?')) socket.write('bodyPOST /yes HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\nContent-Length: 0\r\n\r\n');
  }
  socket.destroy();
  assert.match(answers, /^HTTP\/1.1 401 .+HTTP\/1.1 200 /s);
  assert.equal(await post('/new', 10), 401);
  assert.deepEqual([handled, entered], [['/yes'], ['/yes']]);
  await server.close(0);
});

test('a gate hears once of each that leaves: answered, refused for its size, or gone', async () => {
  const { server, post, entered, left } = await gated();
  assert.deepEqual([await post('/new/a', 10), await post('/b', 20_000), await post('/no', 10)], [200, 400, 503]);
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
  while (entered.length < 3) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  while (left.length < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(left, entered);
  await server.close(0);
});

test('new work may take one half of the requests in flight; the rest is for what is not new', async () => {
  const { server, post, waiting, release } = await gated({ maxRequestsInFlight: 4 });
  const first = [post('/new/wait', 1), post('/new/wait', 1)];
  await waiting(2);
  assert.equal(await post('/new', 1), 503);
  const more = [post('/wait', 1), post('/wait', 1)];
  await waiting(4);
  assert.equal(await post('/other', 1), 503);
  release();
  assert.deepEqual(await Promise.all([...first, ...more]), [200, 200, 200, 200]);
  assert.equal(await post('/new', 1), 200);
  await server.close(0);
});

test('the bodies that are held at once are bounded, for new work at one half', async () => {
  const { server, post, waiting, release } = await gated({ maxHeldBytes: 10_000 });
  const held = post('/new/wait', 4_000);
  await waiting(1);
  assert.equal(await post('/new', 2_000), 503);
  assert.equal(await post('/callback', 5_000), 200);
  assert.equal(await post('/callback', 7_000), 503);
  release();
  assert.equal(await held, 200);
  assert.equal(await post('/new', 5_000), 200, 'what was held is free again');
  await server.close(0);
});
