import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Behaviour, softwareAuthenticator } from '../../test/authenticator.ts';
import { ORIGIN, openPortal } from '../../test/portal.ts';

const RP = 'portal.example.org';
const portal = await openPortal();
const { ask, enrolled, code, time } = portal;

/** A user with a passkey, and what holds it. */
async function withPasskey(name: string, behaviour: Partial<Behaviour> = {}) {
  const { cookies, secret } = await enrolled(name, 'operator');
  await time.advance(30_000);
  const begun = await ask('POST /me/passkeys/challenge', { cookies, body: { code: code(secret) } });
  const authenticator = softwareAuthenticator({ origin: ORIGIN, userHandle: name, ...behaviour });
  const response = authenticator.register(String(begun.body['options']?.['challenge']), RP);
  const body = { ticket: begun.body['ticket'], called: 'laptop', response };
  return {
    cookies,
    secret,
    authenticator,
    added: await ask('POST /me/passkeys', { cookies, body }),
    again: () => ask('POST /me/passkeys', { cookies, body }),
  };
}

async function challenge() {
  const { body } = await ask('POST /sign-in/passkey/challenge', { body: {}, from: `192.0.2.${Math.floor(time.now() / 1000) % 250}` });
  await time.advance(1_000);
  return { ticket: body['ticket'], challenge: String(body['options']?.['challenge']) };
}

describe('passkeys', () => {
  test('one is added with a code, and then signs in by itself: both factors at once', async () => {
    const { authenticator, added, again, cookies } = await withPasskey('amara');
    assert.equal(added.status, 204, added.text);
    assert.equal((await again()).body['code'], 'SIGN_IN_FAILED', 'an answer is taken once');
    const asked = await challenge();
    const entered = await ask('POST /sign-in/passkey', {
      body: { ticket: asked.ticket, response: authenticator.answer(asked.challenge, RP) },
    });
    assert.deepEqual([entered.status, entered.body['user']], [200, 'amara']);
    const sessions = Object.values((await ask('GET /me/sessions', { cookies: entered.cookies })).body['sessions'] ?? {});
    assert.ok(sessions.some((one) => String(one['by']) === 'passkey'));
    const me = await ask('GET /me', { cookies });
    assert.deepEqual(
      Object.values(me.body['user']?.['passkeys'] ?? {}).map((one) => one['name']),
      ['laptop'],
    );
  });

  test('a challenge is answered once, and by the passkey of its user alone', async () => {
    const { authenticator } = await withPasskey('bola');
    const asked = await challenge();
    const body = { ticket: asked.ticket, response: authenticator.answer(asked.challenge, RP) };
    assert.equal((await ask('POST /sign-in/passkey', { body })).status, 200);
    assert.equal((await ask('POST /sign-in/passkey', { body })).status, 401, 'a replay');
    const other = softwareAuthenticator({ origin: ORIGIN, userHandle: 'bola' });
    const next = await challenge();
    assert.equal(
      (await ask('POST /sign-in/passkey', { body: { ticket: next.ticket, response: other.answer(next.challenge, RP) } })).status,
      401,
    );
  });

  test('of another page, another site, without looking who is there, or with a counter that went back, none counts', async () => {
    const foreign = await withPasskey('chidi', { origin: 'https://evil.example' });
    assert.equal(foreign.added.status, 401);
    const blind = await withPasskey('dayo', { verifies: false });
    assert.equal(blind.added.status, 401);
    const { authenticator } = await withPasskey('emeka');
    const first = await challenge();
    const old = authenticator.answer(first.challenge, RP);
    const second = await challenge();
    assert.equal(
      (
        await ask('POST /sign-in/passkey', {
          body: { ticket: second.ticket, response: authenticator.answer(second.challenge, 'evil.example') },
        })
      ).status,
      401,
    );
    const third = await challenge();
    assert.equal(
      (await ask('POST /sign-in/passkey', { body: { ticket: third.ticket, response: authenticator.answer(third.challenge, RP) } })).status,
      200,
    );
    assert.equal(
      (await ask('POST /sign-in/passkey', { body: { ticket: first.ticket, response: old } })).status,
      401,
      'a copy with a smaller counter',
    );
  });

  test('one is removed with a code, and signs in no more', async () => {
    const { cookies, secret, authenticator } = await withPasskey('femi');
    await time.advance(30_000);
    const asked = await challenge();
    const response = authenticator.answer(asked.challenge, RP);
    assert.equal((await ask('POST /me/passkeys/remove', { cookies, body: { id: response.id, code: code(secret) } })).status, 204);
    assert.equal((await ask('POST /sign-in/passkey', { body: { ticket: asked.ticket, response } })).status, 401);
  });
});
