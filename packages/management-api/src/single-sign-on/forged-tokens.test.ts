import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttpClient, type PooledHttpClient, Secret } from '@payment-manager/runtime';
import { type Forged, forgingProvider } from '../../test/forging-provider.ts';
import { ORIGIN, openPortal } from '../../test/portal.ts';
import { linkAccount } from './linked-accounts.ts';
import { openIdProvider } from './provider.ts';

const SECRET = 'a-secret-of-the-client-of-32-characters';
const seconds = (): number => Math.floor(Date.now() / 1_000);

let provider: Awaited<ReturnType<typeof forgingProvider>>;
let client: PooledHttpClient;
before(async () => {
  provider = await forgingProvider('payment-manager', SECRET);
  client = createHttpClient({});
});
after(async () => {
  await client.close();
  await provider.close();
});

test('of tokens that no honest provider would issue to us for this sign-in, none counts, and none tells more than that', async () => {
  const settings = {
    ...{
      issuer: provider.issuer,
      clientId: 'payment-manager',
      clientSecret: new Secret(SECRET),
      scopes: [],
      rolesClaim: 'groups',
      label: 'Bank',
    },
    ...{ roles: { operator: 'pm-operations' }, acr: [], amr: [], insecure: true },
  };
  const { ask, as, signIn, log } = await openPortal({}, [], false, { settings, provider: openIdProvider(settings, client) });
  await as('amara', 'operator');
  await linkAccount(signIn, 'amara', provider.issuer, 'sub-amara', { actor: 'local:ops', reason: 'test' });
  const tried = async (forged: Forged) => {
    const begun = await ask('POST /sign-in/provider', { body: {} });
    const returned = provider.visited(String(begun.body['address']), ORIGIN, forged);
    return ask('POST /sign-in/provider/return', { body: Object.fromEntries(returned.searchParams), cookies: begun.cookies });
  };
  assert.equal((await tried({})).status, 200, 'one that is right');
  const begun = await ask('POST /sign-in/provider', { body: {} });
  const returned = Object.fromEntries(provider.visited(String(begun.body['address']), ORIGIN, {}).searchParams);
  const twice = [await ask('POST /sign-in/provider/return', { body: returned, cookies: begun.cookies })];
  twice.push(await ask('POST /sign-in/provider/return', { body: returned, cookies: begun.cookies }));
  assert.deepEqual(
    twice.map(({ status }) => status),
    [200, 401],
    'a way back counts once, also where the provider would take its code twice',
  );
  const wrong: Readonly<Record<string, Forged>> = {
    'another nonce': { claims: { nonce: 'x'.repeat(43) } },
    'no nonce': { claims: { nonce: undefined } },
    'another audience': { claims: { aud: 'another-client' } },
    'audiences without us': { claims: { aud: ['one', 'other'] } },
    'another issuer': { claims: { iss: 'https://elsewhere.example' } },
    'an end that is over': { claims: { exp: seconds() - 600, iat: seconds() - 700 } },
    'no end': { claims: { exp: undefined } },
    'no subject': { claims: { sub: undefined } },
    'of the future': { claims: { nbf: seconds() + 3_600 } },
    'a key that the provider does not publish': { signedBy: 'stranger' },
    'signed with our own secret': { signedBy: 'secret' },
    'not signed': { signedBy: 'none' },
    'not a token': { token: 'planted' },
    'a refusal': { status: 400 },
  };
  for (const [what, forged] of Object.entries(wrong)) {
    const refused = await tried(forged);
    assert.deepEqual([refused.status, String(refused.body['code'])], [401, 'SSO_REFUSED'], what);
    assert.deepEqual(Object.keys(refused.body).sort(), ['advice', 'code', 'message'], what);
    assert.equal(Object.keys(refused.cookies).length, 0, what);
  }
  assert.doesNotMatch(JSON.stringify(log.lines), /eyJ|planted|a-secret-of/, 'no token and no secret in the log');
});
