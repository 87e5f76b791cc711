import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import type { PaymentQueries, ReadRow } from '@payment-manager/read-model';
import { nothingAround, ORIGIN, openPortal, PASSWORD, SESSION } from '../../test/portal.ts';
import { documentedRoutes } from '../openapi.ts';
import { csvCell } from '../payments/csv.ts';
import { endServer } from './listen.ts';

const EVIL = [
  '=HYPERLINK("http://evil.example","x")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  ' =1',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE rm_payments; --",
  '{{7*7}}',
  '\u202etxt.exe',
];

function rowOf(id: number, evil: string): ReadRow {
  return {
    id,
    facets: {
      direction: 'in',
      stage: 'finished',
      state: 'failed',
      attention: '',
      peer: 'bluewallet',
      currency: 'USD',
    } as unknown as ReadRow['facets'],
    startedAt: 1_773_306_000_000,
    updatedAt: 1_773_306_000_000,
    open: false,
    pruned: false,
    transferId: `t-${id}`,
    homeTransactionId: evil,
    amount: '12.5',
    error: { code: '5100', description: evil },
    payer: { type: 'MSISDN', id: '27713803912', name: evil },
    attention: [],
  };
}

const rows = EVIL.map((evil, at) => rowOf(at + 1, evil));
const asked: unknown[] = [];
const queries = {
  list: async (query: object) => {
    asked.push(query);
    return { payments: rows };
  },
  payment: async (id: number) => rows.find((row) => row.id === id),
  totals: async () => ({ count: 0, byCurrency: [], counts: {} }),
} as unknown as PaymentQueries;

const portal = await openPortal({ payments: async () => queries });
const { ask, as } = portal;
const admin = await as('root', 'administrator');

describe('attacks on the management API', () => {
  test('a stolen cookie: it is read by no script, goes over TLS to this host alone, and counts no more after a sign-out', async () => {
    const { cookies, answers } = await portal.enrolled('victim', 'viewer');
    const set = [answers[1].headers['set-cookie']].flat().map(String);
    for (const one of set) assert.match(one, /^__Host-[^;]+; (?=.*HttpOnly)(?=.*Secure)(?=.*SameSite=Strict)(?=.*Path=\/)(?!.*Domain)/);
    await ask('POST /me/sign-out', { cookies });
    assert.equal((await ask('GET /me', { cookies })).status, 401);
  });

  test('a session that was planted before the sign-in is not the one after it', async () => {
    const planted = { [SESSION]: 'A'.repeat(43) };
    await portal.enrolled('fixed', 'viewer');
    const first = await ask('POST /sign-in', { cookies: planted, body: { name: 'fixed', password: PASSWORD } });
    assert.equal(first.cookies[SESSION], undefined);
    assert.equal((await ask('GET /me', { cookies: planted })).status, 401);
  });

  test('a foreign page changes nothing, signs nobody in, and no form can send what is read', async () => {
    const body = { name: 'mallory', shownName: 'M', roles: ['administrator'], reason: 'x' };
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: ORIGIN, 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://portal.example.org.evil.example', 'sec-fetch-site': 'cross-site' },
    ])
      for (const line of ['POST /users', 'POST /sign-in']) {
        const { status, body: told } = await ask(line, { cookies: admin, headers, body });
        assert.deepEqual([status, told['code']], [403, 'FOREIGN_PAGE'], JSON.stringify(headers));
      }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await ask('POST /users', { cookies: admin, headers: { 'content-type': type }, body: JSON.stringify(body) });
      assert.deepEqual([answer.status, answer.body['code']], [415, 'WRONG_MEDIA_TYPE']);
    }
    const silent = await portal.app.inject({
      method: 'POST',
      url: '/api/users',
      headers: { host: 'portal.example.org' },
      cookies: { ...admin },
      payload: body,
    });
    assert.equal(silent.statusCode, 403, 'a browser that does not say from where');
  });

  test('no other site reads, frames or embeds it, and a name that was pointed at us is refused', async () => {
    const { headers, status } = await ask('GET /me', { cookies: admin, headers: { origin: 'https://evil.example' } });
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe|https?:|\*/);
    for (const host of ['evil.example', 'portal.example.org.evil.example', '127.0.0.1', 'portal.example.org:8443'])
      assert.equal((await ask('GET /me', { cookies: admin, headers: { host } })).body['code'], 'FOREIGN_HOST', host);
  });

  test('nobody is led elsewhere: no route answers with an address to go to', async () => {
    for (const suffix of ['?next=https://evil.example', '?redirect=//evil.example', '/..//evil.example'])
      for (const path of ['/me', '/sign-in', '/sign-in/link']) {
        const { status, headers } = await ask(`GET ${path}${suffix}`, { cookies: admin });
        assert.ok(status < 300 || status >= 400, path);
        assert.equal(headers['location'], undefined);
      }
  });

  test('what belongs to somebody else is not there: sessions by their ids, and what a lower role asks for by its address', async () => {
    const [one, other] = [await as('one', 'viewer'), await as('other', 'viewer')];
    const id = Object.values((await ask('GET /me/sessions', { cookies: other })).body['sessions'] ?? {})[0]?.['id'];
    assert.equal((await ask(`DELETE /me/sessions/${id}`, { cookies: one })).status, 404);
    assert.equal((await ask('GET /me', { cookies: other })).status, 200);
    for (const line of ['POST /payments/1/reveal', 'POST /exceptions/t-1/act', 'POST /connection/rotate'])
      assert.equal((await ask(line, { cookies: one, body: { reason: 'let me' } })).status, 403, line);
    for (const line of ['GET /users/root/sessions', 'GET /audit', 'GET /configuration'])
      assert.equal((await ask(line, { cookies: one })).status, 403, line);
  });

  test('injections in every filter are text to be looked for, or refused', async () => {
    const evil = ["' OR 1=1 --", '"; DROP TABLE mgmt_audit; --', '%', '$1', '../../etc/passwd', '\u0000', '<script>'];
    for (const text of evil)
      for (const name of [
        'direction',
        'state',
        'stage',
        'peer',
        'currency',
        'attention',
        'error',
        'from',
        'to',
        'id',
        'party',
        'name',
        'limit',
        'after',
      ]) {
        const { status } = await ask(`GET /payments?${name}=${encodeURIComponent(text)}`, { cookies: admin });
        const free = ['id', 'party', 'name'].includes(name) && text !== '\u0000';
        assert.equal(status, free ? 200 : 400, `${name}=${text}`);
      }
    for (const text of evil)
      for (const name of ['actor', 'action', 'target']) {
        const { status, body } = await ask(`GET /audit?${name}=${encodeURIComponent(text)}`, { cookies: admin });
        assert.equal(status, text === '\u0000' ? 400 : 200);
        if (status === 200) assert.deepEqual(Object.values(body['entries'] ?? {}), []);
      }
    assert.ok(Number((await ask('GET /audit/proof', { cookies: admin })).body['entries']) >= 0);
    assert.ok(asked.some((query) => (query as { id?: string }).id === "' OR 1=1 --"));
  });

  test('what a peer wrote into names, ids and descriptions comes as data: JSON that no browser takes for a page', async () => {
    const { headers, text, body } = await ask('GET /payments', { cookies: admin });
    assert.match(String(headers['content-type']), /^application\/json/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.ok(text.includes('DROP TABLE'));
    assert.equal(String(Object.values(body['payments'] ?? {})[6]?.['error']?.['description']), EVIL[6]);
  });

  test('persons are masked in lists, details and files, until somebody says why they look', async () => {
    for (const line of ['GET /payments', 'GET /payments/1', 'GET /payments/export?format=csv', 'GET /payments/export?format=jsonl'])
      assert.ok(!(await ask(line, { cookies: admin })).text.includes('27713803912'), line);
    assert.equal((await ask('POST /payments/1/reveal', { cookies: admin, body: {} })).status, 400);
    assert.ok(
      (await ask('POST /payments/1/reveal', { cookies: admin, body: { reason: 'the customer calls' } })).text.includes('27713803912'),
    );
    const [entry] = Object.values((await ask('GET /audit?action=payment.revealed', { cookies: admin })).body['entries'] ?? {});
    assert.deepEqual([entry?.['actor'], entry?.['target'], entry?.['reason']], ['user:root', 'payment:t-1', 'the customer calls']);
  });

  test('files have no formulas: a cell that would be one is text', async () => {
    const { text, headers } = await ask('GET /payments/export?format=csv', { cookies: admin });
    assert.match(String(headers['content-disposition']), /^attachment; filename="payments\.csv"$/);
    const cells = text
      .split(/\r\n/)
      .slice(1, -1)
      .flatMap((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []);
    for (const cell of cells) assert.doesNotMatch(cell.replace(/^"/, ''), /^\s*[=+@\t]|^-(?!\d+(\.\d+)?,?$)/, cell);
    assert.equal(csvCell('-12.50'), '-12.50');
    assert.equal(csvCell('=1'), `"'=1"`);
  });

  test('bodies that are large, deep, of another form, or poison prototypes are refused before anything is done', async () => {
    const large = await ask('POST /users', { cookies: admin, body: { name: 'x'.repeat(70_000) } });
    assert.deepEqual([large.status, large.body['code']], [413, 'BODY_TOO_LARGE']);
    for (const body of [
      '{',
      '[]',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{"x":1}}}',
      `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    ]) {
      const answer = await ask('POST /users', { cookies: admin, headers: { 'content-type': 'application/json' }, body });
      assert.equal(answer.status, 400, body.slice(0, 40));
    }
    const extra = await ask('POST /users', {
      cookies: admin,
      body: { name: 'extra', shownName: 'E', roles: ['viewer'], reason: 'x', disabled: false },
    });
    assert.deepEqual(
      [extra.status, extra.body['code']],
      [400, 'REQUEST_INVALID'],
      'a member that nobody asked for is not dropped in silence',
    );
    assert.equal((await ask('GET /users', { cookies: admin })).text.includes('extra'), false);
  });

  test('guesses from one address are counted before any of them is worked on', async () => {
    const statuses = [];
    for (let n = 0; n < 25; n++)
      statuses.push((await ask('POST /sign-in', { body: { name: `user${n}`, password: 'wrong' }, from: '203.0.113.50' })).status);
    assert.equal(statuses.filter((status) => status === 429).length, 5);
    const limited = await ask('POST /sign-in', { body: { name: 'x', password: 'y' }, from: '203.0.113.50' });
    assert.equal(limited.body['code'], 'TOO_MANY_REQUESTS');
    assert.ok(Number(limited.headers['retry-after']) > 0);
  });

  test('the second factor is not got around: no passkey is added or removed, and no password changed, with a session alone', async () => {
    const { cookies } = await portal.enrolled('downgrade', 'viewer');
    assert.equal(
      (await ask('POST /me/passkeys/challenge', { cookies, body: { code: '000000' }, from: '198.51.100.1' })).body['code'],
      'SIGN_IN_FAILED',
    );
    assert.equal(
      (await ask('POST /me/passkeys/remove', { cookies, body: { id: 'x', code: '000000' }, from: '198.51.100.2' })).body['code'],
      'SIGN_IN_FAILED',
    );
    assert.equal(
      (await ask('POST /me/password', { cookies, body: { current: 'guessed it', next: 'four grey cranes rest' }, from: '198.51.100.3' }))
        .status,
      401,
    );
    const first = await ask('POST /sign-in', { body: { name: 'downgrade', password: PASSWORD }, from: '198.51.100.4' });
    for (const step of ['authenticator', 'password'])
      assert.equal(
        (
          await ask(`POST /sign-in/${step}`, {
            body: { ticket: first.body['ticket'], password: PASSWORD, ...(step === 'authenticator' && { password: undefined }) },
            from: '198.51.100.5',
          })
        ).body['code'],
        'TICKET_OVER',
      );
  });

  test('whoever is not local does not become it by a header, and links of the sandbox are made in a sandbox alone', async () => {
    const answer = await ask('POST /local/administrator-link', { cookies: admin, headers: { 'x-pm-user': 'root' } });
    assert.deepEqual([answer.status, answer.body['code']], [403, 'NOT_PERMITTED']);
    const local = await ask('POST /local/sandbox-link', { headers: { 'x-test-local': 'yes' }, body: { role: 'viewer' } });
    assert.equal(local.body['code'], 'NOT_ALLOWED_NOW');
  });

  test('a failure says nothing of the inside', async () => {
    const broken = await openPortal({
      readiness: async () => {
        throw new Error('password=hunter2 at /srv/secret');
      },
    });
    const { status, text } = await broken.ask('GET /health', { cookies: await broken.as('root', 'administrator') });
    assert.equal(status, 500);
    assert.doesNotMatch(text, /hunter2|srv\/secret| {4}at /);
  });

  test('a slow upload is cut off, and takes no place', async () => {
    const slow = await openPortal(nothingAround);
    slow.app.server.requestTimeout = 200;
    slow.app.server.headersTimeout = 100;
    await new Promise<void>((resolve) => slow.app.server.listen(0, '127.0.0.1', resolve));
    const { port } = slow.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /api/sign-in HTTP/1.1\r\nHost: portal.example.org\r\nOrigin: ${ORIGIN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    const text = await new Promise<string>((resolve) => {
      let all = '';
      socket.on('data', (part) => {
        all += String(part);
      });
      socket.on('close', () => resolve(all));
    });
    assert.match(text, /^HTTP\/1\.1 408/);
    await endServer(slow.app.server);
  });

  test('every route that takes a body has a schema that takes nothing else', () => {
    for (const { method, path, body } of documentedRoutes())
      if (body !== undefined) assert.equal((body as { additionalProperties?: unknown }).additionalProperties, false, `${method} ${path}`);
  });
});
