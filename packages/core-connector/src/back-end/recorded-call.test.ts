import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Message } from '@payment-manager/messages';
import { type HttpClient, type HttpOutcome, recordedLog, virtualTime } from '@payment-manager/runtime';
import { CONNECTOR, smallConnector } from '../../test/small-connector.ts';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import type { RenderedRequest } from '../run/render.ts';
import { openBackEnds } from './back-ends.ts';
import { secretValues } from './secret-values.ts';

const SECRETS = { apiKey: 'canary "key" é/1', other: 'canary-other' };
const CFG = { ...SECRETS, baseUrl: 'https://core.example.org/api', tokenUrl: 'https://iam.example.org/token' };
const ABOUT = { ids: ['t-1'], attempt: 3 };
const MONEY: RenderedRequest = {
  kind: 'http',
  to: 'core',
  method: 'POST',
  path: `/credits?k=${encodeURIComponent(SECRETS.apiKey)}`,
  headers: [['X-Also', `${SECRETS.other}!`]],
  body: { type: 'application/json', text: JSON.stringify({ amount: 1.1, key: SECRETS.apiKey }) },
};

/** Calls once, with the answers one after the other, and tells what was kept. */
async function kept(auth: string, answers: readonly HttpOutcome[], request = MONEY, files: Parameters<typeof smallConnector>[0] = {}) {
  const connector = CONNECTOR.replace(/ {4}auth:\n.*\n/, auth).replace(
    '  apiKey: {',
    '  other: { type: secret }\n  tokenUrl: { type: url }\n  apiKey: {',
  );
  const compiled = compileConnector(smallConnector({ connector, ...files }));
  assert.deepEqual(compiled.problems.map(problemLine), []);
  const time = virtualTime();
  const messages: Message[] = [];
  const left = [...answers];
  const client: HttpClient = {
    request: async ({ url }) => {
      if (url === CFG.tokenUrl) return answer(200, '{"access_token":"canary-1","expires_in":300}');
      await time.advance(40);
      return left.shift() ?? assert.fail('one call too many');
    },
    setCredentials: () => {},
    close: async () => {},
  };
  const running = { connector: compiled.connector, version: 'v1', cfg: CFG };
  const record = (message: Message) => void messages.push(message);
  const backEnds = openBackEnds({ running, client: () => client, clock: time, timers: time, log: recordedLog(), messages: { record } });
  await backEnds.call(request, time.now() + 5_000, request.kind === 'http' && request.method === 'GET' ? 'read' : 'money', ABOUT);
  return messages;
}

const answer = (status: number, body: string): HttpOutcome => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json', 'x-echo': SECRETS.other },
  body: Buffer.from(body),
});

function assertNoCanary(messages: readonly Message[]): void {
  const all = messages.flatMap((message) => [
    JSON.stringify(message),
    ...[message.body, message.answer?.body].map((body) => Buffer.from(body ?? '').toString('utf8')),
  ]);
  for (const text of all) assert.doesNotMatch(decodeURIComponent(text), /canary/);
}

test('a call of a back end is kept: what was sent, what came, when, which attempt, of which payment', async () => {
  const [message, ...more] = await kept('', [answer(201, '{"id":12345678901234567890.10}')], {
    ...MONEY,
    path: '/credits',
    headers: [['Idempotency-Key', 'k1']],
    body: { type: 'application/json', text: '{"amount":1.10}' },
  } as RenderedRequest);
  assert.equal(more.length, 0);
  const { at, answer: came, headers, ...rest } = message ?? assert.fail('nothing was kept');
  assert.deepEqual(rest, {
    direction: 'out',
    side: 'core',
    backEnd: 'core',
    method: 'POST',
    target: 'https://core.example.org/api/credits',
    body: '{"amount":1.10}',
    attempt: 3,
    tookMs: 40,
    failure: undefined,
    ids: ['t-1'],
  });
  assert.equal(at, virtualTime().now());
  assert.equal(headers['idempotency-key'], 'k1');
  assert.equal(came?.status, 201);
  assert.equal(Buffer.from(came?.body ?? '').toString(), '{"id":12345678901234567890.10}');
});

const AUTHENTICATIONS: Readonly<Record<string, string>> = {
  Basic: '    auth:\n      basic: { user: ann, password: "=cfg.apiKey" }\n',
  'a key in a header': '    auth:\n      apiKey: { header: X-Its-Key, value: "=cfg.other" }\n',
  'a key in the query': '    auth:\n      apiKey: { query: api key, value: "=cfg.apiKey" }\n',
  'a signature': '    auth:\n      hmac: { header: X-Signature, secret: "=cfg.apiKey", over: [method, path] }\n',
  'a header of the back end': '    headers: { X-Mine: "=$uppercase(cfg.apiKey)" }\n',
};

for (const [name, auth] of Object.entries(AUTHENTICATIONS))
  test(`${name}: no secret is kept, wherever it stands, in the answer neither`, async () => {
    const messages = await kept(auth, [answer(200, JSON.stringify({ echo: [SECRETS.apiKey, SECRETS.other], amount: 1 }))]);
    assertNoCanary(messages);
    assert.match(String(messages[0]?.body), /"amount":1.1,"key":"\[not kept\]"/);
    assert.equal(Buffer.from(messages[0]?.answer?.body ?? '').toString(), '{"echo":["[not kept]","[not kept]"],"amount":1}');
    const sent = messages[0]?.headers ?? {};
    for (const header of ['authorization', 'x-its-key', 'x-signature', 'x-mine'])
      assert.ok(sent[header] === undefined || sent[header] === '[not kept]', `${header}: ${sent[header]}`);
  });

test('a token is not kept, nor how it was got; a read that is sent again with a new one is the next attempt', async () => {
  const auth =
    '    auth:\n      oauth2: { tokenUrl: "=cfg.tokenUrl", grant: client_credentials, clientId: us, clientSecret: "=cfg.apiKey" }\n';
  const read: RenderedRequest = { kind: 'http', to: 'core', method: 'GET', path: '/accounts/1', headers: [] };
  const messages = await kept(auth, [answer(401, '{"with":"canary-1"}'), answer(200, '{}')], read);
  assertNoCanary(messages);
  assert.deepEqual(
    messages.map(({ target, attempt, answer: came }) => [target, attempt, came?.status]),
    [
      ['https://core.example.org/api/accounts/1', 3, 401],
      ['https://core.example.org/api/accounts/1', 4, 200],
    ],
  );
});

test('a call without an answer is kept with why', async () => {
  const lost: HttpOutcome = {
    kind: 'failed',
    phase: 'answer',
    code: 'ANSWER_TIMEOUT',
    sent: true,
    message: 'no answer in time',
    advice: '',
  };
  const [message] = await kept('', [lost]);
  assert.deepEqual([message?.failure, message?.answer], ['ANSWER_TIMEOUT', undefined]);
});

test('where a step makes something of a secret, nothing of what is said is kept but that it was', async () => {
  const party = `operation: party.get
steps:
  - let: { sign: "=$uppercase(cfg.apiKey)" }
  - call: account
    get: /accounts/{number}
    path: { number: "=req.idValue" }
    headers: { X-Sign: "=sign" }
  - reply: { idType: "=req.idType", idValue: "=req.idValue" }
`;
  const [message] = await kept('', [answer(200, '{"of":"a person"}')], MONEY, { party });
  assert.deepEqual([message?.target, message?.headers], ['https://core.example.org/api/[not kept]', {}]);
  assert.deepEqual(
    [message?.body, message?.bodyLeftOut],
    [undefined, Buffer.byteLength(MONEY.kind === 'http' ? (MONEY.body?.text ?? '') : '')],
  );
  assert.deepEqual([message?.answer, message?.attempt], [{ status: 200, headers: {} }, 3]);
});

test('no template makes something of a secret', async () => {
  const folder = join(import.meta.dirname, '../../../../connectors');
  const templates = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  assert.ok(templates.length >= 9, String(templates.length));
  for (const { name } of templates) {
    const { connector } = compileConnector(await readConnectorFolder(join(folder, name)));
    assert.equal(secretValues({ connector, version: 'v1', cfg: {} }).areMadeInto, false, name);
  }
});
