import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPortal, PASSWORD } from '../../test/portal.ts';
import { linkAccount, linkedUser } from '../single-sign-on/linked-accounts.ts';
import type { Put } from '../store/management-store.ts';
import { administratorLink, FIRST_ADMINISTRATOR } from './links.ts';
import { tokenId } from './tokens.ts';
import { totpCode } from './totp.ts';

const { ask, as, enrolled, code, time, store, signIn } = await openPortal();
/** Of a session that is not idle yet. */
const admin = () => as('root', 'administrator');

const tokenOf = (link: unknown): string => String(link).split('#')[1] ?? '';

async function newUser(name: string): Promise<string> {
  const body = { name, shownName: name, roles: ['operator'], reason: 'new' };
  return tokenOf((await ask('POST /users', { cookies: await admin(), body })).body['link']);
}
async function reset(name: string): Promise<string> {
  return tokenOf((await ask(`POST /users/${name}/reset`, { cookies: await admin(), body: { reason: 'the link was seen' } })).body['link']);
}

/** Somebody with a link, as far as the authenticator. */
async function opened(token: string, from = '192.0.2.1') {
  const ticket = String((await ask('POST /sign-in/link', { body: { token }, from })).body['ticket']);
  const password = () => ask('POST /sign-in/password', { body: { ticket, password: PASSWORD }, from });
  const authenticator = () => ask('POST /sign-in/authenticator', { body: { ticket }, from });
  await password();
  const secret = String((await authenticator()).body['secret']);
  const confirm = () => ask('POST /sign-in/authenticator/code', { body: { ticket, code: totpCode(secret, time.now()) }, from });
  return { ticket, password, authenticator, confirm };
}

/** What every step of a ticket answers. */
async function steps({ password, authenticator, confirm }: Awaited<ReturnType<typeof opened>>) {
  return [await password(), await authenticator(), await confirm()].map(({ body }) => String(body['code']));
}
const OVER = ['TICKET_OVER', 'TICKET_OVER', 'TICKET_OVER'];

/** A row of tickets as it stands, to be put back as if it had been written in the moment of the reset. */
async function row(ticket: string): Promise<Put> {
  const kept = await store.get('ticket', tokenId(ticket), time.now());
  return { kind: 'ticket', id: tokenId(ticket), seen: 0, body: kept?.body, expires: time.now() + 86_400_000 };
}

const ticketsOf = (owner: string) => store.list('ticket', { owner, limit: 9, now: time.now() });

describe('a reset', () => {
  test('ends what a stolen link had begun: nobody goes on with it, before the owner has enrolled and after', async () => {
    const thief = await opened(await newUser('amara'), '203.0.113.1');
    const link = await reset('amara');
    assert.deepEqual(await ticketsOf('amara'), []);
    assert.deepEqual(await steps(thief), OVER);
    const owner = await opened(link);
    assert.equal((await owner.confirm()).status, 200);
    assert.deepEqual(await steps(thief), OVER);
  });

  test('also what is written in the very moment of the reset', async () => {
    const thief = await opened(await newUser('bola'), '203.0.113.2');
    const kept = await row(thief.ticket);
    const link = await reset('bola');
    assert.equal(await store.change([kept], [], time.now()), true);
    assert.deepEqual(await steps(thief), OVER);
    await (await opened(link, '192.0.2.2')).confirm();
    assert.deepEqual(await steps(thief), OVER);
  });

  test('on the machine does the same, and takes the account at a provider', async () => {
    const thief = await opened(await administratorLink(signIn, 'local:ops'), '203.0.113.3');
    await linkAccount(signIn, FIRST_ADMINISTRATOR, 'https://id.example', 'sub-1', { actor: 'user:root', reason: 'test' });
    const link = await administratorLink(signIn, 'local:ops');
    assert.deepEqual(await ticketsOf(FIRST_ADMINISTRATOR), []);
    assert.deepEqual(await steps(thief), OVER);
    assert.equal(await linkedUser(signIn, 'https://id.example', 'sub-1'), undefined);
    assert.equal(JSON.parse((await store.get('user', FIRST_ADMINISTRATOR, time.now()))?.body ?? '{}').singleSignOn, undefined);
    assert.equal((await (await opened(link, '192.0.2.3')).confirm()).status, 200);
  });

  test('as another password and a user who is disabled, ends a sign-in between its two factors', async () => {
    const { cookies, secret } = await enrolled('chidi', 'operator');
    const first = async (password: string) => (await ask('POST /sign-in', { body: { name: 'chidi', password } })).body['ticket'];
    const second = async (ticket: unknown) => (await ask('POST /sign-in/code', { body: { ticket, code: code(secret) } })).body['code'];
    const begun = await first(PASSWORD);
    const kept = await row(String(begun));
    const body = { current: PASSWORD, next: 'four grey cranes rest' };
    assert.equal((await ask('POST /me/password', { cookies, body })).status, 204);
    assert.deepEqual(await ticketsOf('chidi'), []);
    await time.advance(30_000);
    assert.equal(await second(begun), 'TICKET_OVER');
    await store.change([kept], [], time.now());
    assert.equal(await second(begun), 'TICKET_OVER', 'written in the moment of the change');
    const again = await first(body.next);
    assert.equal((await ticketsOf('chidi')).length, 1);
    for (const disabled of [true, false]) await ask('PUT /users/chidi', { cookies: await admin(), body: { disabled, reason: 'test' } });
    assert.deepEqual(await ticketsOf('chidi'), []);
    assert.equal(await second(again), 'TICKET_OVER');
    assert.equal(await second(await first(body.next)), undefined);
  });
});

describe('what a link has begun', () => {
  test('ends half an hour after the link was opened, however often a step is repeated', async () => {
    const { password, authenticator, confirm } = await opened(await newUser('dayo'), '203.0.113.4');
    for (let n = 0; n < 3; n++) {
      await time.advance(9 * 60_000);
      assert.deepEqual([(await password()).status, (await authenticator()).status], [200, 200]);
    }
    await time.advance(4 * 60_000);
    assert.deepEqual(await steps({ ticket: '', password, authenticator, confirm }), OVER);
  });

  test('changes nobody who has a second factor', async () => {
    await enrolled('emeka', 'operator');
    const ticket = 'e'.repeat(43);
    const body = JSON.stringify({ user: 'emeka', step: 'enrol', failures: 0 });
    await store.change([{ kind: 'ticket', id: tokenId(ticket), seen: 0, body }], [], time.now());
    assert.equal((await ask('POST /sign-in/authenticator', { body: { ticket } })).body['code'], 'TICKET_OVER');
  });

  test('goes on where the version before has written it, and ends then, too', async () => {
    await newUser('femi');
    const ticket = 'f'.repeat(43);
    const body = JSON.stringify({ user: 'femi', step: 'set-password', failures: 0 });
    await store.change([{ kind: 'ticket', id: tokenId(ticket), seen: 0, body, owner: 'femi' }], [], time.now());
    const password = () => ask('POST /sign-in/password', { body: { ticket, password: PASSWORD }, from: '192.0.2.9' });
    assert.equal((await password()).status, 200);
    await time.advance(6 * 60_000);
    assert.equal((await password()).status, 200);
    await time.advance(6 * 60_000);
    assert.equal((await password()).body['code'], 'TICKET_OVER');
  });
});
