import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHttpClient, type PooledHttpClient, Secret } from '@payment-manager/runtime';
import { ORIGIN, openPortal } from '../../test/portal.ts';
import { CLIENT, realProvider } from '../../test/real-provider.ts';
import { linkAccount } from './linked-accounts.ts';
import { openIdProvider } from './provider.ts';
import type { SingleSignOnSettings } from './settings.ts';

const SSO = '__Host-pm-sso';

let provider: Awaited<ReturnType<typeof realProvider>>;
let client: PooledHttpClient;
/** The way to the provider. */
let isCut = false;
before(async () => {
  provider = await realProvider(ORIGIN);
  const open = createHttpClient({});
  client = { ...open, request: (request) => open.request(isCut ? { ...request, url: 'http://127.0.0.1:1/' } : request) };
});
after(async () => {
  await client.close();
  await provider.close();
});

function settingsFor(issuer: string, more: Partial<SingleSignOnSettings> = {}): SingleSignOnSettings {
  return {
    ...{
      issuer,
      clientId: CLIENT.id,
      clientSecret: new Secret(CLIENT.secret),
      scopes: [],
      rolesClaim: 'groups',
      label: 'Bank',
      insecure: true,
    },
    roles: { viewer: 'pm-viewers', operator: 'pm-operations', administrator: 'pm-admins' },
    ...{ acr: ['2'], amr: ['otp', 'mfa'] },
    ...more,
  };
}

/** A portal with single sign-on, in which Amara, who may be operator and viewer, is linked to `sub-amara`. */
async function stage(more: Partial<SingleSignOnSettings> = {}) {
  provider.is({ sub: 'sub-amara', groups: ['pm-operations'], acr: '2', amr: ['pwd', 'otp'] });
  const settings = settingsFor(provider.issuer, more);
  const portal = await openPortal({}, [], false, { settings, provider: openIdProvider(settings, client) });
  const administrator = await portal.as('root', 'administrator');
  await portal.as('amara', 'operator', 'viewer');
  const link = await portal.ask('POST /users/amara/single-sign-on', {
    cookies: administrator,
    body: { subject: 'sub-amara', reason: 'joined' },
  });
  assert.equal(link.status, 204, link.text);
  const begin = async () => {
    const begun = await portal.ask('POST /sign-in/provider', { body: {} });
    return { address: String(begun.body['address']), cookies: { [SSO]: begun.cookies[SSO] ?? '' } };
  };
  const back = (returned: URL, cookies: Readonly<Record<string, string>>) =>
    portal.ask('POST /sign-in/provider/return', { body: Object.fromEntries(returned.searchParams), cookies });
  /** The whole way. */
  const whole = async () => {
    const { address, cookies } = await begin();
    return back(await provider.visit(address), cookies);
  };
  const me = (cookies: Readonly<Record<string, string>>) => portal.ask('GET /me', { cookies });
  const audit = async () => (await portal.ask('GET /audit?limit=50', { cookies: administrator })).text;
  return { ...portal, administrator, begin, back, whole, me, audit };
}

const code = (answer: { readonly body: Readonly<Record<string, unknown>> }): string => String(answer.body['code']);

describe('single sign-on with a real provider', () => {
  test('leads in who is linked, with the roles that both give, by a session of ours; the audit log says how', async () => {
    const { whole, me, audit } = await stage();
    const entered = await whole();
    assert.deepEqual([entered.status, String(entered.body['user'])], [200, 'amara'], entered.text);
    assert.equal(entered.cookies[SSO], '', 'what was kept for the way is gone');
    const who = await me(entered.cookies);
    assert.deepEqual(Object.values(who.body['roles'] ?? {}).map(String), ['operator'], 'viewer is given here, and not by the provider');
    assert.match(await audit(), /"action":"session\.began"[^}]*"after":\{"by":"single sign-on","roles":\["operator"\]\}/);
    assert.doesNotMatch(who.text + (await audit()), /eyJ/, 'no token is shown');
  });

  test('asks with PKCE, state and nonce, each another one for each sign-in; a code without the verifier of its sign-in is worth nothing', async () => {
    const { begin, back } = await stage();
    const [one, two] = [await begin(), await begin()];
    const [first, second] = [new URL(one.address).searchParams, new URL(two.address).searchParams];
    assert.equal(first.get('code_challenge_method'), 'S256');
    for (const name of ['code_challenge', 'state', 'nonce']) assert.notEqual(first.get(name), second.get(name), name);
    assert.deepEqual(
      [first.get('response_type'), first.get('acr_values'), first.get('redirect_uri')],
      ['code', '2', `${ORIGIN}/sign-in/return`],
    );
    const [ofOne, ofTwo] = [await provider.visit(one.address), await provider.visit(two.address)];
    ofTwo.searchParams.set('code', ofOne.searchParams.get('code') ?? '');
    assert.equal(code(await back(ofTwo, two.cookies)), 'SSO_REFUSED');
  });

  test('a state that was not given, was given to another browser, or was used counts for nothing', async () => {
    const { begin, back, time } = await stage();
    const { address, cookies } = await begin();
    const returned = await provider.visit(address);
    const other = new URL(returned);
    other.searchParams.set('state', 'x'.repeat(43));
    assert.equal(code(await back(other, cookies)), 'SSO_REFUSED');
    assert.equal(code(await back(returned, (await begin()).cookies)), 'SSO_REFUSED', 'of another browser');
    assert.equal(code(await back(returned, {})), 'SSO_REFUSED', 'without what the browser keeps');
    assert.equal((await back(returned, cookies)).status, 200);
    assert.equal(code(await back(returned, cookies)), 'SSO_REFUSED', 'once more');
    const late = await begin();
    const lateReturned = await provider.visit(late.address);
    await time.advance(11 * 60_000);
    assert.equal(code(await back(lateReturned, late.cookies)), 'SSO_REFUSED', 'after ten minutes');
  });

  test('a code that was used already is refused by the provider, and so by us', async () => {
    const { begin, back } = await stage();
    const [one, two] = [await begin(), await begin()];
    const returned = await provider.visit(one.address);
    assert.equal((await back(returned, one.cookies)).status, 200);
    const replayed = await provider.visit(two.address);
    replayed.searchParams.set('code', returned.searchParams.get('code') ?? '');
    assert.equal(code(await back(replayed, two.cookies)), 'SSO_REFUSED');
  });

  test('keys that the provider changes while somebody is on the way make no difference', async () => {
    const { begin, back, whole } = await stage();
    assert.equal((await whole()).status, 200);
    const { address, cookies } = await begin();
    const returned = await provider.visit(address);
    await provider.rotateKeys();
    const entered = await back(returned, cookies);
    assert.equal(entered.status, 200, entered.text);
    assert.equal((await whole()).status, 200);
  });

  test('nobody is linked by anything but an administrator’s word: who is not is told what to give them', async () => {
    const { whole, ask, administrator, audit } = await stage();
    provider.is({ sub: 'sub-stranger' });
    const refused = await whole();
    assert.deepEqual([refused.status, code(refused), String(refused.body['expected'])], [403, 'SSO_NOT_LINKED', 'sub-stranger']);
    assert.match(await audit(), /"code":"SSO_NOT_LINKED","subject":"sub-stranger"/);
    const body = { subject: 'sub-amara', reason: 'oops' };
    await ask('POST /users', { cookies: administrator, body: { name: 'otieno', shownName: 'Otieno', roles: ['viewer'], reason: 'new' } });
    assert.equal(code(await ask('POST /users/otieno/single-sign-on', { cookies: administrator, body })), 'ACCOUNT_LINKED_ELSEWHERE');
    assert.equal(
      code(await ask('POST /users/root/single-sign-on', { cookies: administrator, body: { ...body, subject: 'x' } })),
      'NOT_ALLOWED_NOW',
    );
  });

  test('no group, a group that is not mapped, and a role that the user has not here lead nowhere', async () => {
    const { whole } = await stage();
    for (const groups of [[], ['staff'], ['operator'], ['pm-admins']]) {
      provider.is({ groups });
      const refused = await whole();
      assert.deepEqual([refused.status, code(refused)], [403, 'SSO_NO_ROLE'], groups.join());
    }
  });

  test('a role that is taken away here is gone with the next request, and so is a link, with its sessions', async () => {
    const { whole, me, ask, administrator } = await stage();
    const { cookies } = await whole();
    await ask('PUT /users/amara', { cookies: administrator, body: { roles: ['viewer'], reason: 'moved' } });
    assert.equal((await ask('GET /payments', { cookies })).status, 403);
    await ask('PUT /users/amara', { cookies: administrator, body: { roles: ['operator'], reason: 'back' } });
    assert.equal((await me(cookies)).status, 200);
    assert.equal((await ask('POST /users/amara/single-sign-on/remove', { cookies: administrator, body: { reason: 'left' } })).status, 204);
    assert.equal((await me(cookies)).status, 401);
    assert.equal(code(await whole()), 'SSO_NOT_LINKED');
  });

  test('one factor at the provider is not enough where two are demanded', async () => {
    const { whole } = await stage();
    for (const weak of [{ acr: '1' }, { acr: '2', amr: ['pwd'] }]) {
      provider.is(weak);
      assert.equal(code(await whole()), 'SSO_SECOND_FACTOR', JSON.stringify(weak));
    }
  });

  test('who signs out here is led to sign out there, and back to us', async () => {
    const { whole, me, ask } = await stage();
    const { cookies } = await whole();
    const out = await ask('POST /me/sign-out', { cookies });
    const next = new URL(String(out.body['next']));
    assert.deepEqual([next.origin, next.searchParams.get('post_logout_redirect_uri')], [provider.issuer, `${ORIGIN}/sign-in`]);
    assert.match(next.searchParams.get('id_token_hint') ?? '', /^eyJ/);
    assert.equal((await me(cookies)).status, 401);
    assert.equal((await fetch(next)).status, 200);
  });

  test('a provider that is down is said to be down, also on the way back; who is in stays in, signs out, and others sign in by password', async () => {
    const { begin, back, whole, me, enrolled, ask, log } = await stage();
    const { cookies } = await whole();
    const { address, cookies: kept } = await begin();
    const returned = await provider.visit(address);
    isCut = true;
    const [refused, late] = [await ask('POST /sign-in/provider', { body: {} }), await back(returned, kept)];
    assert.deepEqual([refused.status, code(refused), late.status, code(late)], [503, 'SSO_UNAVAILABLE', 503, 'SSO_UNAVAILABLE']);
    assert.match(String(refused.body['advice']), /name, password and code/);
    assert.equal((await me(cookies)).status, 200);
    const out = await ask('POST /me/sign-out', { cookies });
    assert.deepEqual([out.status, (await me(cookies)).status], [204, 401], 'the session has ended here alone');
    const local = await enrolled('lindiwe', 'viewer');
    assert.equal((await me(local.cookies)).status, 200);
    isCut = false;
    assert.equal((await whole()).status, 200);
    assert.ok(log.lines.some(({ fields }) => fields?.['code'] === 'SSO_UNAVAILABLE'));
  });

  test('no answer leads a browser anywhere: addresses are JSON, and of the provider alone', async () => {
    const { begin, ask, back } = await stage();
    assert.equal(new URL((await begin()).address).origin, provider.issuer);
    const answer = await ask('POST /sign-in/provider', { body: {} });
    assert.equal(answer.headers['location'], undefined);
    assert.equal((await ask('POST /sign-in/provider', { body: { next: 'https://elsewhere.example' } })).status, 400);
    const { cookies } = await begin();
    assert.equal(code(await back(new URL(`${ORIGIN}/sign-in/return?state=${'y'.repeat(43)}&error=access_denied`), cookies)), 'SSO_REFUSED');
  });

  test('a reset takes the link, too', async () => {
    const { ask, administrator, whole, signIn } = await stage();
    await ask('POST /users/amara/reset', { cookies: administrator, body: { reason: 'lost everything' } });
    assert.equal(code(await whole()), 'SSO_NOT_LINKED');
    await linkAccount(signIn, 'amara', provider.issuer, 'sub-amara', { actor: 'local:ops', reason: 'again' });
    assert.equal((await whole()).status, 200);
  });
});
