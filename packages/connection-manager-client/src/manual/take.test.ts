import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { Secret, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault, type Vault } from '@payment-manager/vault';
import { FileUnusable, type OfferedFile } from './clean-pem.ts';
import { readOffered } from './offered-file.ts';
import { takeCertificate, takeHubCas, takePeerKeys } from './take.ts';

const doing = { by: 'ada', why: 'test' };
const dayMs = 86_400_000;
const clock = { now: () => now, monotonic: () => now };
let now = Date.now();
let scheme: Vault;
let hub: Environment;
let ours: Environment;

const open = () => openVault({ store: memoryStore(), clock, random: systemRandom, signatures: threadPoolSignatures });

async function authority(vault: Vault, name: string): Promise<Environment> {
  const environment = vault.environment(name);
  const { id } = await environment.authority.create({ commonName: `${name} CA` }, 3650, doing, 'EC-P256');
  await environment.keys.activate('dfsp-ca', id, doing);
  return environment;
}

before(async () => {
  scheme = await open();
  hub = await authority(scheme, 'hub');
});
beforeEach(async () => {
  now = systemClock.now();
  ours = (await open()).environment('production');
});

const file = (pems: readonly string[]): Promise<OfferedFile> => readOffered(Buffer.from(pems.join('')));
const hubCa = async () => file(await hub.authority.chain());

async function request(usage: 'client' | 'server' = 'client', of = ours): Promise<{ id: string; csr: string }> {
  const purpose = usage === 'client' ? 'tls-client' : 'tls-server';
  const { id } = await of.keys.generate(purpose, doing, 'EC-P256');
  const names = usage === 'server' ? { names: { dns: ['pm.greenbank.example'] } } : {};
  return { id, csr: await of.keys.request(purpose, id, { usage, subject: { commonName: 'greenbank' }, ...names }) };
}

const signed = (csr: string, usage: 'client' | 'server' = 'client', by = hub) => by.authority.sign(csr, { usage, days: 90 });
const take = async (pems: readonly string[], side: 'client' | 'server' = 'client') =>
  takeCertificate(side, { environment: ours, offered: await file(pems), doing, now });
const trustHub = async (only = false, offered?: OfferedFile) =>
  takeHubCas({ environment: ours, offered: offered ?? (await hubCa()), doing, only, now });

const unusable = (work: Promise<unknown>, words: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof FileUnusable, String(error));
    assert.match(error.message, words);
    return true;
  });

describe('manual mode: a certificate for us', () => {
  test('signed by the hub for our request comes into use, the former retires', async () => {
    await trustHub();
    const first = await request();
    assert.equal((await take(await signed(first.csr))).state, 'active');
    const second = await request();
    await take(await signed(second.csr));
    assert.deepEqual(
      (await ours.keys.list('tls-client')).map(({ id, state }) => [id, state]),
      [
        [first.id, 'retiring'],
        [second.id, 'active'],
      ],
    );
    assert.equal((await ours.credentials('tls-client')).keyId, second.id);
  });

  test('that comes with its key is taken with it', async () => {
    await trustHub();
    const elsewhere = (await open()).environment('elsewhere');
    const { csr } = await request('client', elsewhere);
    const pems = await signed(csr);
    const { id } = (await elsewhere.keys.list('tls-client'))[0] ?? { id: '' };
    await elsewhere.keys.storeChain('tls-client', id, pems.join(''));
    await elsewhere.keys.activate('tls-client', id, doing);
    const { privateKey } = await elsewhere.credentials('tls-client', []);
    const offered = { ...(await file(pems)), privateKeys: [new Secret(privateKey.reveal())] };
    assert.equal((await takeCertificate('client', { environment: ours, offered, doing, now })).state, 'active');
  });

  test('is refused, and nothing changes: hub’s CA unknown, another CA, another key, wrong usage, out of date, a CA', async () => {
    const { csr, id } = await request();
    const good = await signed(csr);
    await unusable(take(good), /hub’s CA is not known yet/);
    await trustHub();
    const stranger = await authority(scheme, `stranger-${id.slice(0, 8)}`);
    await unusable(take(await signed(csr, 'client', stranger)), /does not lead to the hub's CA that we trust/);
    const other = (await open()).environment('other');
    await unusable(take(await signed((await request('client', other)).csr)), /None of its certificates is for a client key of ours/);
    await unusable(take(await signed(csr, 'server')), /not for a TLS client/);
    now += 91 * dayMs;
    await unusable(take(good), /is valid from .* and it is/);
    now -= 200 * dayMs;
    await unusable(take(good), /is valid from .* and it is/);
    assert.deepEqual(
      (await ours.keys.list('tls-client')).map(({ state, chain }) => [state, chain]),
      [['pre-active', undefined]],
    );
  });

  test('as a server needs no CA of the hub, but a name', async () => {
    const { csr } = await request('server');
    assert.equal((await take(await signed(csr, 'server'), 'server')).state, 'active');
  });
});

describe('manual mode: whom we trust', () => {
  test('a new CA of the hub is trusted beside the one so far, until it is said that it is the only one', async () => {
    await trustHub();
    const next = await authority(scheme, 'hub-next');
    const offered = await file(await next.authority.chain());
    await trustHub(false, offered);
    assert.equal((await ours.trust.trusted('hub-ca', 'hub')).length, 2);
    await trustHub(true, offered);
    assert.equal((await ours.trust.trusted('hub-ca', 'hub')).length, 1);
  });

  test('what is not a CA, or out of date, is refused', async () => {
    const { csr } = await request();
    const [leaf = '', root = ''] = await signed(csr);
    await unusable(trustHub(false, await file([leaf, root])), /not that of a CA/);
    now += 4000 * dayMs;
    await unusable(trustHub(), /expired/);
  });

  test('a peer’s keys are trusted beside those so far; a private key among them is refused', async () => {
    const peers = (await open()).environment('peer');
    const keyOf = async () => (await peers.keys.generate('jws-signing', doing)).publicKey;
    const [first, second] = [await keyOf(), await keyOf()];
    const taking = async (pem: string, only = false) =>
      takePeerKeys({ environment: ours, offered: await file([pem]), doing, peer: 'bluebank', only });
    assert.equal(await taking(first), 1);
    assert.equal(await taking(second), 1);
    assert.deepEqual(
      (await ours.trust.trusted('peer-jws', 'bluebank')).map(({ publicKey, state }) => [publicKey, state]),
      [
        [second, 'active'],
        [first, 'retiring'],
      ],
    );
    await taking(second, true);
    assert.equal((await ours.trust.trusted('peer-jws', 'bluebank')).length, 1);
    const offered = { certificates: [], publicKeys: [first], privateKeys: [new Secret('k')] };
    await unusable(takePeerKeys({ environment: ours, offered, doing, peer: 'bluebank', only: false }), /no secret any more/);
  });
});
