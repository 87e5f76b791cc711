import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HttpHandler, Secret } from '@payment-manager/runtime';
import { guarded } from './operations-access.ts';

const token = 'a-token-that-nobody-guesses-0123456789';

function setUp(openToRead: boolean, hostNames: readonly string[] = []) {
  const seen: string[] = [];
  const inner: HttpHandler = async ({ method, target }) => {
    seen.push(`${method} ${target}`);
    return { status: 200 };
  };
  const guard = guarded(inner, { token: new Secret(token), hostNames, openToRead });
  const ask = async (line: string, headers: Record<string, string> = {}): Promise<number> => {
    const [method = '', target = ''] = line.split(' ');
    const request = { method, target, headers: { host: '127.0.0.1:4004', ...headers }, body: new Uint8Array(), clientAuthenticated: false };
    return (await guard(request)).status;
  };
  return { seen, ask };
}

const bearer = { authorization: `Bearer ${token}` };
const open = ['GET /health/live', 'GET /health/ready', 'HEAD /health/ready', 'GET /metrics', 'GET /metrics?x=y'];
const looking = [
  'GET /exceptions',
  'GET /exceptions/T-1',
  'GET /alarms?limit=9',
  'GET /payments',
  'GET /connection',
  'POST /connection/look',
  'GET /',
];
const acting = [
  'POST /exceptions/T-1',
  'POST /journal/prune',
  'POST /connection/renew',
  'POST /metrics',
  'DELETE /exceptions',
  'POST /connection/look/',
];

describe('who may ask the operations API', () => {
  test('health and metrics are open; everything else wants the token', async () => {
    const { ask, seen } = setUp(false);
    for (const line of open) assert.equal(await ask(line), 200, line);
    assert.equal(seen.length, open.length);
    for (const line of [...looking, ...acting]) assert.equal(await ask(line), 401, line);
    assert.equal(seen.length, open.length, 'nothing of it came through');
    for (const line of [...open, ...looking, ...acting]) assert.equal(await ask(line, bearer), 200, line);
  });

  test('in the sandbox everybody may look, and who acts needs the token', async () => {
    const { ask } = setUp(true);
    for (const line of [...open, ...looking]) assert.equal(await ask(line), 200, line);
    for (const line of acting) assert.equal(await ask(line), 401, line);
    for (const line of acting) assert.equal(await ask(line, bearer), 200, line);
  });

  test('a token that is another, cut short, longer, or in another scheme is none', async () => {
    const { ask, seen } = setUp(false);
    const wrong = [
      '',
      'Bearer',
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      `Basic ${token}`,
      token,
      `Bearer  ${token}`,
      `Bearer ${token.toUpperCase()}`,
    ];
    for (const authorization of wrong) assert.equal(await ask('GET /exceptions', { authorization }), 401, authorization);
    assert.deepEqual(seen, []);
    assert.equal(await ask('GET /exceptions', { authorization: `bearer ${token}` }), 200);
  });

  test('before every path, with the token or without, the Host must be one of ours', async () => {
    const { ask, seen } = setUp(true, ['payments.internal']);
    for (const line of [...open, ...looking, ...acting, 'GET /nothing'])
      for (const host of ['evil.example', 'evil.example:4004', '127.0.0.1.evil.example', 'localhost.evil.example', '', 'payments'])
        assert.equal(await ask(line, { ...bearer, host }), 403, `${line} ${host}`);
    assert.deepEqual(seen, []);
    for (const host of ['localhost:4004', 'LOCALHOST', '[::1]:4004', '10.0.0.7', 'Payments.internal:4004'])
      assert.equal(await ask('GET /alarms', { host }), 200, host);
  });
});
