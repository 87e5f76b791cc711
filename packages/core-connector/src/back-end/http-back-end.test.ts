import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { HttpClient, HttpOutcome, OutgoingRequest } from '@payment-manager/runtime';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import { CONNECTOR, smallConnector } from '../../test/small-connector.ts';
import { writeExactJson } from '../codec/json.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { asHttp, type RenderedRequest } from '../run/render.ts';
import { openBackEnds } from './back-ends.ts';

const READ: RenderedRequest = { kind: 'http', to: 'core', method: 'GET', path: '/accounts/1?x=2', headers: [['X-Branch', '7']] };
const MONEY: RenderedRequest = {
  kind: 'http',
  to: 'core',
  method: 'POST',
  path: '/credits',
  headers: [['Idempotency-Key', 'k1']],
  body: { type: 'application/json', text: '{"amount":1.10}' },
};
const json = (status: number, body: object | string): HttpOutcome => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const xml = (text: string): HttpOutcome => ({
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/soap+xml; charset=utf-8' },
  body: Buffer.from(text),
});
const CFG = {
  baseUrl: 'https://core.example.org/api/',
  apiKey: 'canary-key',
  user: 'ann',
  password: 'canary-password',
  tokenUrl: 'https://iam.example.org/token',
};

/** Back ends whose HTTP is scripted: `answer` is asked for each request. */
function setUp(
  auth: string,
  answer: (request: OutgoingRequest, nth: number) => HttpOutcome | Promise<HttpOutcome>,
  more: { limits?: string; allowedHosts?: readonly string[] } = {},
) {
  const connector = CONNECTOR.replace(/ {4}auth:\n.*\n/, auth + (more.limits ?? '')).replace(
    '  apiKey: { type: secret, required: "true" }\n',
    ['apiKey', 'user', 'password', 'tokenUrl'].map((name) => `  ${name}: { type: text }\n`).join(''),
  );
  const compiled = compileConnector(smallConnector({ connector }));
  assert.deepEqual(compiled.problems.map(problemLine), []);
  const time = virtualTime();
  const log = recordedLog();
  const sent: OutgoingRequest[] = [];
  const client: HttpClient = {
    request: async (request) => {
      sent.push(request);
      return answer(request, sent.length);
    },
    setCredentials: () => {},
    close: async () => {},
  };
  const running = { connector: compiled.connector, version: 'v1', cfg: CFG };
  const { allowedHosts } = more;
  const backEnds = openBackEnds({ running, client: () => client, clock: time, timers: time, log, ...(allowedHosts && { allowedHosts }) });
  const call = (request: RenderedRequest, ms = 5_000) =>
    backEnds.call(request, time.now() + ms, asHttp(request).method === 'GET' ? 'read' : 'money');
  return { time, log, sent, call, backEnds };
}

test('a call goes to the address of its back end, with what says who we are, and its answer is read exactly', async () => {
  const { sent, call } = setUp(
    '    auth:\n      apiKey: { header: X-Api-Key, value: "=cfg.apiKey" }\n    headers: { Accept-Language: en }\n',
    () => json(200, '{"balance":12345678901234567890.10}'),
  );
  const answer = await call(READ);
  assert.equal(answer.kind === 'answer' && writeExactJson(answer.body), '{"balance":12345678901234567890.1}');
  assert.equal(sent[0]?.url, 'https://core.example.org/api/accounts/1?x=2');
  assert.deepEqual(sent[0]?.headers, { accept: 'application/json', 'accept-language': 'en', 'x-branch': '7', 'x-api-key': 'canary-key' });
  await call(MONEY);
  assert.equal(sent[1]?.body, '{"amount":1.10}');
  assert.equal(sent[1]?.headers['content-type'], 'application/json');
  assert.equal(sent[1]?.timeoutMs, 5_000);
});

test('Basic, a key in the query, and a signature over the request', async () => {
  const basic = setUp('    auth:\n      basic: { user: "=cfg.user", password: "=cfg.password" }\n', () => json(200, {}));
  await basic.call(READ);
  assert.equal(basic.sent[0]?.headers['authorization'], `Basic ${Buffer.from('ann:canary-password').toString('base64')}`);
  const query = setUp('    auth:\n      apiKey: { query: api key, value: "=cfg.apiKey" }\n', () => json(200, {}));
  await query.call(READ);
  assert.equal(query.sent[0]?.url, 'https://core.example.org/api/accounts/1?x=2&api%20key=canary-key');
  const hmac = setUp(
    '    auth:\n      hmac: { header: X-Signature, timestampHeader: X-Time, secret: "=cfg.apiKey", over: [method, path, timestamp, body] }\n',
    () => json(200, {}),
  );
  await hmac.call(MONEY);
  const { 'x-time': time = '', 'x-signature': signature } = hmac.sent[0]?.headers ?? {};
  assert.equal(signature, createHmac('sha256', 'canary-key').update(`POST\n/credits\n${time}\n{"amount":1.10}`).digest('hex'));
});

const CLIENT =
  '    auth:\n      oauth2: { tokenUrl: "=cfg.tokenUrl", grant: client_credentials, clientId: c1, clientSecret: "=cfg.password" }\n';
const isToken = ({ url }: OutgoingRequest): boolean => url === CFG.tokenUrl;

test('a token is asked for once for a hundred calls at once', async () => {
  const { sent, call } = setUp(CLIENT, (request) =>
    isToken(request) ? json(200, { access_token: 't1', expires_in: 300 }) : json(200, {}),
  );
  await Promise.all(Array.from({ length: 30 }, () => call(READ)));
  assert.equal(sent.filter(isToken).length, 1);
  assert.equal(sent.at(-1)?.headers['authorization'], 'Bearer t1');
  assert.equal(sent[0]?.headers['authorization'], `Basic ${Buffer.from('c1:canary-password').toString('base64')}`);
});

test('a refused token is renewed: a read is sent again, what moves money is not', async () => {
  let tokens = 0;
  const { time, sent, call } = setUp(CLIENT, (request) => {
    if (isToken(request)) return json(200, { access_token: `t${++tokens}`, expires_in: 3_600 });
    return request.headers['authorization'] === 'Bearer t1' ? json(401, {}) : json(200, {});
  });
  await time.advance(20_000);
  // the first token is older than the pause between log-ins when it is refused
  await call(READ);
  await time.advance(11_000);
  const money = await call(MONEY);
  assert.equal(money.kind === 'answer' && money.status, 401);
  assert.equal(sent.filter(({ method, url }) => method === 'POST' && url.endsWith('/credits')).length, 1);
  const read = await call(READ);
  assert.equal(read.kind === 'answer' && read.status, 200);
});

test('no token: not sent, and neither secret nor answer stands in a log', async () => {
  const { log, sent, call } = setUp(CLIENT, () => json(401, { error: 'canary-password is wrong' }));
  const answer = await call(MONEY);
  assert.deepEqual(answer, { kind: 'failed', sent: false, reason: 'the token server answered HTTP 401' });
  await call(MONEY);
  assert.equal(sent.length, 1, 'no storm');
  assert.ok(!JSON.stringify(log.lines).includes('canary'));
});

test('a user’s password: the refresh token that came last is used, and the log-in is done anew when it has ended', async () => {
  const forms: string[] = [];
  const { time, call } = setUp(
    '    auth:\n      oauth2: { tokenUrl: "=cfg.tokenUrl", grant: password, clientId: c1, user: "=cfg.user", password: "=cfg.password" }\n',
    (request) => {
      if (!isToken(request)) return json(200, {});
      forms.push(String(request.body));
      const grants = forms.length;
      if (grants === 3) return json(400, {});
      return json(200, { access_token: `t${grants}`, expires_in: 100, refresh_token: `r${grants}` });
    },
  );
  await call(READ);
  await time.advance(99_000);
  await call(READ);
  await time.advance(99_000);
  await call(READ);
  assert.deepEqual(
    forms.map((form) => new URLSearchParams(form)).map((form) => form.get('refresh_token') ?? form.get('username')),
    ['ann', 'r1', 'r2', 'ann'],
  );
});

test('a log-in of the core’s own: the token goes where it is said', async () => {
  const { sent, call } = setUp(
    '    auth:\n      login:\n        post: /login\n        body: { user: "=cfg.user" }\n        token: =body.data.token\n        header: X-Session\n',
    ({ url }) => (url.endsWith('/login') ? json(200, { data: { token: 's1' } }) : json(200, {})),
  );
  await call(READ);
  assert.deepEqual([sent[0]?.body, sent[1]?.headers['x-session']], ['{"user":"ann"}', 's1']);
});

test('answers: a form is read; what ends early, is no JSON, or no text cannot be read; nothing is nothing', async () => {
  const bodies: [HttpOutcome, boolean][] = [
    [
      {
        kind: 'answer',
        status: 200,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: Buffer.from('a=1&b=2&b=3'),
      },
      true,
    ],
    [json(200, ''), true],
    [json(200, '{"id":"1"'), false],
    [json(200, '<html>'), false],
    [{ kind: 'answer', status: 200, headers: {}, body: Buffer.from([0x22, 0xff, 0x22]) }, false],
    [xml('<a><id>0012</id></a>'), true],
    [xml('<a><id>0012</id>'), false],
    [xml('<!DOCTYPE a><a/>'), false],
  ];
  const { call } = setUp('', (_request, nth) => bodies[nth - 1]?.[0] ?? json(500, {}));
  for (const [index, [, readable]] of bodies.entries()) {
    const answer = await call(READ);
    assert.equal(answer.kind === 'answer' && answer.readable, readable, String(index));
    if (index === 0) assert.equal(answer.kind === 'answer' && writeExactJson(answer.body), '{"a":"1","b":["2","3"]}');
  }
});

test('the connection decides whether a byte can have left', async () => {
  const failed = (sent: boolean): HttpOutcome => ({
    kind: 'failed',
    phase: 'connect',
    sent,
    code: 'CONNECT_REFUSED',
    message: 'no',
    advice: '',
  });
  const { call } = setUp('', (_request, nth) => failed(nth > 1));
  assert.deepEqual(
    [await call(MONEY), await call(MONEY)].map((answer) => answer.kind === 'failed' && answer.sent),
    [false, true],
  );
});

test('no more calls at once, and a second, than the back end is given; who finds no room in time was not sent', async () => {
  let running = 0;
  let most = 0;
  const { time, sent, call } = setUp(
    '',
    async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => time.after(400, resolve));
      running--;
      return json(200, {});
    },
    { limits: '    limits: { inFlight: "2", perSecond: "10" }\n' },
  );
  const answers = Array.from({ length: 6 }, () => call(MONEY, 900));
  await time.advance(3_000);
  const kinds = (await Promise.all(answers)).map((answer) => answer.kind === 'answer');
  assert.equal(most, 2);
  assert.equal(kinds.filter(Boolean).length, sent.length);
  assert.ok(sent.length === 5, String(sent.length));
});

test('a host that is not among those that may be called is refused before anything is', () => {
  assert.throws(() => setUp(CLIENT, () => json(200, {}), { allowedHosts: ['core.example.org'] }), /iam\.example\.org is not among/);
  assert.throws(() => setUp('', () => json(200, {}), { allowedHosts: ['other.example.org'] }), /core\.example\.org is not among/);
});

test('a call bears the trace of its payment, and a header of the connector’s own comes before it', async () => {
  const { sent, backEnds, time } = setUp('', () => json(200, {}));
  const trace = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  await backEnds.call(READ, time.now() + 5_000, 'read', { ids: ['T1'], trace });
  await backEnds.call(READ, time.now() + 5_000, 'read', { ids: ['T1'] });
  await backEnds.call({ ...READ, headers: [['Traceparent', 'own']] }, time.now() + 5_000, 'read', { ids: ['T1'], trace });
  assert.deepEqual(
    sent.map(({ headers }) => headers['traceparent']),
    [trace, undefined, 'own'],
  );
});
