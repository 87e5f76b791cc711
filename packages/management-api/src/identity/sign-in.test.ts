import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEVICE, openPortal, PASSWORD, SESSION } from '../../test/portal.ts';

const STEP_MS = 30_000;
const portal = await openPortal();
const { ask, enrolled, inTwoSteps, code, time, store } = portal;

describe('signing in', () => {
  test('leads a new user from a link over a password and an authenticator to a session, and to ten recovery codes', async () => {
    const { cookies, recoveryCodes, answers } = await enrolled('amara', 'operator');
    assert.equal(answers[0].body['next'], 'set-password');
    assert.equal(recoveryCodes.length, 10);
    const me = await ask('GET /me', { cookies });
    assert.equal(me.body['who'], 'user:amara');
    assert.deepEqual(me.body['roles'], ['operator']);
  });

  test('then takes the password and a code, each in its own step, and no step alone is a session', async () => {
    const { secret } = await enrolled('bola', 'viewer');
    await time.advance(STEP_MS);
    const first = await ask('POST /sign-in', { body: { name: 'bola', password: PASSWORD } });
    assert.deepEqual([first.status, first.body['next'], first.cookies], [200, 'second-factor', {}]);
    assert.equal((await ask('GET /me', { cookies: { [SESSION]: String(first.body['ticket']) } })).status, 401);
    const second = await ask('POST /sign-in/code', { body: { ticket: first.body['ticket'], code: code(secret) } });
    assert.equal(second.status, 200);
    assert.equal((await ask('GET /me', { cookies: second.cookies })).status, 200);
  });

  test('takes a code once, also in two sign-ins at the same moment', async () => {
    const { secret } = await enrolled('chidi', 'viewer');
    await time.advance(STEP_MS);
    const tickets: unknown[] = [];
    for (let n = 0; n < 2; n++) tickets.push((await ask('POST /sign-in', { body: { name: 'chidi', password: PASSWORD } })).body['ticket']);
    const both = await Promise.all(tickets.map((ticket) => ask('POST /sign-in/code', { body: { ticket, code: code(secret) } })));
    assert.deepEqual(both.map(({ status }) => status).filter((status) => status === 200).length, 1);
    assert.equal((await inTwoSteps('chidi', PASSWORD, code(secret))).status, 401);
  });

  test('takes each recovery code once, however it is typed', async () => {
    const { recoveryCodes } = await enrolled('dayo', 'viewer');
    const [first = '', second = ''] = recoveryCodes;
    assert.equal((await inTwoSteps('dayo', PASSWORD, first.toLowerCase().replaceAll('-', ' '))).status, 200);
    assert.equal((await inTwoSteps('dayo', PASSWORD, first)).status, 401);
    assert.equal((await inTwoSteps('dayo', PASSWORD, second)).status, 200);
  });

  test('says the same of a wrong password, an unknown user, a disabled one and one who has not enrolled', async () => {
    await enrolled('emeka', 'viewer');
    const admin = await portal.as('root', 'administrator');
    await ask('PUT /users/emeka', { cookies: admin, body: { disabled: true, reason: 'left' } });
    await ask('POST /users', { cookies: admin, body: { name: 'fresh', shownName: 'F', roles: ['viewer'], reason: 'new' } });
    const answers = [];
    for (const [name, password] of [
      ['amara', 'wrong password 1'],
      ['nobody', PASSWORD],
      ['emeka', PASSWORD],
      ['fresh', PASSWORD],
    ])
      answers.push(await ask('POST /sign-in', { body: { name, password } }));
    for (const { status, text } of answers) assert.deepEqual([status, text], [401, answers[0]?.text]);
  });

  test('ends a session that is idle for half an hour, and any after twelve hours', async () => {
    const { cookies } = await enrolled('femi', 'viewer');
    await time.advance(29 * 60_000);
    assert.equal((await ask('GET /me', { cookies })).status, 200);
    await time.advance(31 * 60_000);
    assert.equal((await ask('GET /me', { cookies })).status, 401);
    const again = await portal.as('femi');
    for (let n = 0; n < 24; n++) {
      await time.advance(29 * 60_000);
      assert.equal((await ask('GET /me', { cookies: again })).status, 200, `after ${n} times`);
    }
    await time.advance(29 * 60_000);
    assert.equal((await ask('GET /me', { cookies: again })).status, 401);
  });

  test('ends a session at whose page nobody sits, however often the page asks by itself or begins its stream anew', async () => {
    const { cookies } = await enrolled('yemi', 'viewer');
    const byItself = { cookies, headers: { 'x-pm-by-itself': '1' } };
    for (let n = 0; n < 5; n++) {
      await time.advance(6 * 60_000);
      assert.equal((await ask('GET /live', { cookies })).status, 200);
      assert.equal((await ask('GET /me', byItself)).status, 200, `after ${n} times`);
    }
    await time.advance(60_000);
    assert.equal((await ask('GET /me', byItself)).status, 401);
    assert.equal((await ask('GET /me', { cookies })).status, 401);
  });

  test('shows one’s sessions and ends them, and a password that is changed ends all others', async () => {
    const { cookies } = await enrolled('gozi', 'viewer');
    const other = await portal.as('gozi');
    const listed = Object.values((await ask('GET /me/sessions', { cookies })).body['sessions'] ?? {});
    assert.equal(listed.length, 2);
    const id = listed.find((one) => !one['current'])?.['id'];
    assert.equal((await ask(`DELETE /me/sessions/${id}`, { cookies })).status, 204);
    assert.equal((await ask('GET /me', { cookies: other })).status, 401);
    const third = await portal.as('gozi');
    const body = { current: PASSWORD, next: 'four grey cranes rest' };
    assert.equal((await ask('POST /me/password', { cookies, body })).status, 204);
    assert.equal((await ask('GET /me', { cookies: third })).status, 401);
    assert.equal((await ask('GET /me', { cookies })).status, 200);
    assert.equal((await ask('POST /me/sign-out', { cookies })).status, 204);
    assert.equal((await ask('GET /me', { cookies })).status, 401);
  });

  test('refuses passwords that are short, common, common with something added, or the user’s name', async () => {
    const { cookies } = await enrolled('habiba', 'viewer');
    for (const next of ['short', 'aaaaaaaaaaaa', 'password1234', 'Password123!!!', '1q2w3e4r5t6y', 'habiba-habiba-1', 'x'.repeat(129)]) {
      const { status, body } = await ask('POST /me/password', {
        cookies,
        body: { current: PASSWORD, next },
        from: `198.51.100.${next.length}`,
      });
      assert.deepEqual([status, body['code']], [400, 'PASSWORD_REFUSED'], next);
    }
  });

  test('pauses after five failures, longer each time, at most a quarter of an hour', async () => {
    await enrolled('ife', 'viewer');
    let pause = 0;
    for (let n = 0; n < 16; n++) {
      const { status, body } = await ask('POST /sign-in', { body: { name: 'ife', password: 'wrong password 1' }, from: '203.0.113.9' });
      if (status === 429) {
        assert.ok(Number(body['retryAfter']) >= pause);
        pause = Number(body['retryAfter']);
        await time.advance(pause * 1_000);
      } else assert.equal(status, 401);
    }
    assert.ok(pause >= 64 && pause <= 900, `${pause} s`);
  });

  test('locks nobody out for others’ failures: a browser of before goes in at once, any other within seconds', async () => {
    const { cookies, secret } = await enrolled('jide', 'viewer');
    for (let n = 0; n < 60; n++) await ask('POST /sign-in', { body: { name: 'jide', password: 'wrong password 1' }, from: `10.0.${n}.1` });
    await time.advance(STEP_MS);
    for (let n = 0; n < 5; n++) await ask('POST /sign-in', { body: { name: 'jide', password: 'wrong password 1' }, from: `10.1.${n}.1` });
    const elsewhere = await ask('POST /sign-in', { body: { name: 'jide', password: PASSWORD }, from: '192.0.2.77' });
    assert.equal(elsewhere.status, 429);
    assert.ok(Number(elsewhere.body['retryAfter']) <= 5);
    const known = { cookies: { [DEVICE]: cookies[DEVICE] ?? '' }, from: '192.0.2.78' };
    assert.equal((await inTwoSteps('jide', PASSWORD, code(secret), known)).status, 200);
    const foreign = { cookies: { [DEVICE]: `${cookies[DEVICE]}`.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) }, from: '192.0.2.79' };
    assert.equal(
      (await ask('POST /sign-in', { ...foreign, body: { name: 'jide', password: PASSWORD } })).status,
      429,
      'a cookie of somebody’s own making',
    );
  });

  test('ends a ticket after five wrong codes', async () => {
    const { cookies } = await enrolled('kemi', 'viewer');
    const known = { [DEVICE]: cookies[DEVICE] ?? '' };
    const ticket = (await ask('POST /sign-in', { cookies: known, body: { name: 'kemi', password: PASSWORD } })).body['ticket'];
    const codes: unknown[] = [];
    for (let n = 0; n < 6; n++) {
      codes.push((await ask('POST /sign-in/code', { cookies: known, body: { ticket, code: '000000' } })).body['code']);
      await time.advance(3_000);
    }
    assert.deepEqual(codes, [...Array(5).fill('SIGN_IN_FAILED'), 'TICKET_OVER']);
  });

  test('keeps nothing with which somebody who reads the store could sign in', async () => {
    const { cookies, secret, recoveryCodes } = await enrolled('lola', 'viewer');
    const stored = JSON.stringify([
      ...store.db.prepare('SELECT * FROM mgmt_kept').all(),
      ...store.db.prepare('SELECT * FROM mgmt_audit').all(),
    ]);
    for (const open of [cookies[SESSION], secret, ...recoveryCodes, PASSWORD]) assert.ok(open !== undefined && !stored.includes(open));
    const logged = JSON.stringify(portal.log.lines);
    for (const open of [cookies[SESSION], secret, ...recoveryCodes, PASSWORD]) assert.ok(open !== undefined && !logged.includes(open));
  });

  test('a link works once, within a day, and only the newest', async () => {
    const admin = await portal.as('root', 'administrator');
    const made = await ask('POST /users', { cookies: admin, body: { name: 'musa', shownName: 'Musa', roles: ['viewer'], reason: 'new' } });
    const reset = await ask('POST /users/musa/reset', { cookies: admin, body: { reason: 'lost the link' } });
    const tokenOf = ({ body }: typeof made) => String(body['link']).split('#')[1];
    const open = (token: unknown) => ask('POST /sign-in/link', { body: { token } });
    assert.equal((await open(tokenOf(made))).body['code'], 'LINK_OVER');
    assert.equal((await open(tokenOf(reset))).status, 200);
    assert.equal((await open(tokenOf(reset))).body['code'], 'LINK_OVER');
    const late = await ask('POST /users/musa/reset', { cookies: admin, body: { reason: 'again' } });
    await time.advance(25 * 3_600_000);
    assert.equal((await open(tokenOf(late))).body['code'], 'LINK_OVER');
  });
});
