import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '@payment-manager/runtime';
import type { Environment, Vault } from './vault.ts';
import { readRequest } from './x509/request.ts';

/** A vault over an empty store. */
export interface VaultUnderTest {
  readonly vault: Vault;
  /** The same store, as another process opens it. */
  again(): Promise<Vault>;
  /** All that the store holds, unsealed, as text: what is gone must not be in it. */
  contents(): Promise<string>;
  end(): Promise<void>;
}

export interface VaultConformance {
  open(): Promise<VaultUnderTest>;
  /** False where the store cannot compare and set. */
  readonly writersCompete: boolean;
}

const doing = { by: 'a test', why: 'to see' };
const subject = { commonName: 'bank-a', organization: 'Bank A', country: 'KE' };
const order = { usage: 'client', subject } as const;

/** A certified key that is in use. */
async function rotated(at: Environment, purpose: 'tls-client' | 'tls-server'): Promise<string> {
  const { id } = await at.keys.generate(purpose, doing, 'EC-P256');
  const usage = purpose === 'tls-client' ? 'client' : 'server';
  const request = await at.keys.request(purpose, id, { usage, subject, names: { dns: ['localhost'], ip: ['127.0.0.1', '::1'] } });
  const chain = await at.authority.sign(request, { usage, days: 90 });
  await at.keys.storeChain(purpose, id, chain.join('\n'));
  await at.keys.activate(purpose, id, doing);
  return id;
}

async function withAuthority(vault: Vault, name = 'sandbox'): Promise<Environment> {
  const at = vault.environment(name);
  const { id } = await at.authority.create({ commonName: `CA of ${name}` }, 3_650, doing, 'EC-P256');
  await at.keys.activate('dfsp-ca', id, doing);
  return at;
}

/** What every vault promises, whatever it is kept in, as tests. */
export function testVault(name: string, { open, writersCompete }: VaultConformance): void {
  const say = (promise: string, run: (under: VaultUnderTest) => Promise<void>): void => {
    test(`${name}: ${promise}`, async () => {
      const under = await open();
      try {
        await run(under);
      } finally {
        await under.vault.close();
        await under.end();
      }
    });
  };
  testKeys(say);
  testCertificates(say);
  testOthers(say);
  if (writersCompete) testWriters(say);
}

type Say = (promise: string, run: (under: VaultUnderTest) => Promise<void>) => void;

function testKeys(say: Say): void {
  say(
    'a key is kept before anybody has its public part, with who made it, when and what for; nothing shows its private part',
    async (under) => {
      const at = under.vault.environment('sandbox');
      const made = await at.keys.generate('tls-client', doing, 'EC-P256');
      const other = await under.again();
      const [found] = await other.environment('sandbox').keys.list('tls-client');
      assert.deepEqual(found, made);
      assert.equal(made.state, 'pre-active');
      assert.deepEqual(
        made.history.map(({ by, why, state }) => [by, why, state]),
        [['a test', 'to see', 'pre-active']],
      );
      assert.doesNotMatch(`${inspect(made, { depth: 9 })}${JSON.stringify(made)}`, /PRIVATE/);
      assert.equal(await at.keys.active('tls-client'), undefined);
      await assert.rejects(at.credentials('tls-client'), { code: 'VAULT_NO_KEY' });
      await other.close();
    },
  );

  say('the JWS key in use signs RS256; its successor takes over and it signs no more', async ({ vault }) => {
    const { keys } = vault.environment('sandbox');
    await assert.rejects(keys.signer(), { code: 'VAULT_NO_KEY' });
    await assert.rejects(keys.generate('jws-signing', doing, 'EC-P256'), { code: 'VAULT_KEY_UNSUITABLE' });
    const first = await keys.generate('jws-signing', doing);
    const second = await keys.generate('jws-signing', doing);
    await keys.activate('jws-signing', first.id, doing);
    const data = Buffer.from('what is signed');
    const signer = await keys.signer();
    assert.equal(verify('sha256', data, createPublicKey(first.publicKey), await signer.sign(data)), true);
    await keys.activate('jws-signing', second.id, doing);
    assert.equal((await keys.signer()).keyId, second.id);
    const states = (await keys.list('jws-signing')).map(({ id, state }) => [id, state]);
    assert.deepEqual(states, [
      [first.id, 'retiring'],
      [second.id, 'active'],
    ]);
    await assert.rejects(keys.activate('jws-signing', first.id, doing), { code: 'VAULT_KEY_STATE' });
  });

  say('a compromised key signs no more at once, nor a signer that was handed out before, here and in other processes', async (under) => {
    const { keys } = under.vault.environment('sandbox');
    const { id } = await keys.generate('jws-signing', doing);
    await keys.activate('jws-signing', id, doing);
    const other = await under.again();
    const signers = [await keys.signer(), await other.environment('sandbox').keys.signer()];
    await keys.move('jws-signing', id, 'compromised', { by: 'a person', why: 'laptop stolen' });
    await other.refresh();
    for (const signer of signers) await assert.rejects(signer.sign(Buffer.from('x')), { code: 'VAULT_KEY_STATE' });
    await assert.rejects(keys.signer(), { code: 'VAULT_NO_KEY' });
    await assert.rejects(keys.activate('jws-signing', id, doing), { code: 'VAULT_KEY_STATE' });
    await assert.rejects(keys.move('jws-signing', id, 'retiring', doing), { code: 'VAULT_KEY_STATE' });
    await other.close();
  });

  say('of a destroyed key nothing private is left in the store, and what is known of it stays', async (under) => {
    const { keys } = under.vault.environment('sandbox');
    const { id } = await keys.generate('tls-client', doing, 'EC-P256');
    const pem = /-----BEGIN PRIVATE KEY-----[^-]+/;
    assert.match(await under.contents(), pem);
    await keys.move('tls-client', id, 'destroyed', doing);
    assert.doesNotMatch(await under.contents(), pem);
    await assert.rejects(keys.request('tls-client', id, order), { code: 'VAULT_KEY_STATE' });
    assert.deepEqual(
      (await keys.list('tls-client')).map(({ state, history }) => [state, history.length]),
      [['destroyed', 2]],
    );
    await assert.rejects(keys.move('tls-client', id, 'destroyed', doing), { code: 'VAULT_KEY_STATE' });
    await assert.rejects(keys.move('tls-client', 'f00d', 'destroyed', doing), { code: 'VAULT_NO_KEY' });
  });

  say('environments share nothing: names, keys, secrets; a key that one has is refused in another', async ({ vault }) => {
    const [live, trial] = [vault.environment('production'), vault.environment('sandbox')];
    const { privateKey } = await generatedElsewhere();
    const { id } = await live.keys.import('tls-client', doing, privateKey);
    await live.secrets.put('oauth', new Secret('s3cret'), doing);
    assert.deepEqual(await trial.keys.list('tls-client'), []);
    assert.equal(await trial.secrets.get('oauth'), undefined);
    await assert.rejects(trial.keys.import('tls-client', doing, privateKey), { code: 'VAULT_KEY_UNSUITABLE', message: /production/ });
    await assert.rejects(live.keys.import('tls-server', doing, privateKey), { code: 'VAULT_KEY_UNSUITABLE', message: /tls-client/ });
    await assert.rejects(live.keys.import('tls-client', doing, privateKey), { code: 'VAULT_KEY_UNSUITABLE', message: new RegExp(id) });
    assert.deepEqual(await vault.environments(), ['production']);
    assert.throws(() => vault.environment('../production'), { code: 'VAULT_NAME_INVALID' });
  });

  say('a secret is kept, replaced and removed', async (under) => {
    const { secrets } = under.vault.environment('sandbox');
    await secrets.put('oauth', new Secret('first'), doing);
    await secrets.put('oauth', new Secret('second'), doing);
    assert.equal((await secrets.get('oauth'))?.reveal(), 'second');
    assert.doesNotMatch(await under.contents(), /first/);
    await secrets.remove('oauth');
    assert.equal(await secrets.get('oauth'), undefined);
    await secrets.remove('oauth');
    assert.doesNotMatch(await under.contents(), /second/);
    await secrets.put('oauth', new Secret('third'), doing);
    assert.equal((await secrets.get('oauth'))?.reveal(), 'third');
  });
}

async function generatedElsewhere(): Promise<{ privateKey: Secret<string> }> {
  const { generateKeyPairSync } = await import('node:crypto');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey: new Secret(privateKey.export({ type: 'sec1', format: 'pem' }) as string) };
}

function testCertificates(say: Say): void {
  say('a request has the subject and names that were ordered, is signed by its key, and is kept with it', async (under) => {
    const { keys } = under.vault.environment('sandbox');
    const { id, publicKey } = await keys.generate('tls-server', doing, 'EC-P256');
    const names = { dns: ['dfsp.example', '*.dfsp.example'], ip: ['10.0.0.1', '2001:db8::1'] };
    const pem = await keys.request('tls-server', id, { usage: 'server', subject, names });
    const { request, names: asked } = await readRequest(pem);
    assert.equal(request.subject, 'C=KE, O=Bank A, CN=bank-a');
    assert.deepEqual(
      asked.map(({ type, value }) => `${type}:${String(value)}`),
      ['dns:dfsp.example', 'dns:*.dfsp.example', 'ip:10.0.0.1', 'ip:2001:db8::1'],
    );
    assert.ok(createPublicKey(request.publicKey.toString('pem')).equals(createPublicKey(publicKey)));
    const other = await under.again();
    assert.equal((await other.environment('sandbox').keys.list('tls-server'))[0]?.request, pem);
    await other.close();
    await assert.rejects(keys.request('tls-server', id, { usage: 'server', subject }), { code: 'VAULT_REQUEST_INVALID' });
    await assert.rejects(keys.request('tls-server', id, { usage: 'client', subject: { commonName: ' ' } }), {
      code: 'VAULT_REQUEST_INVALID',
    });
  });

  say('a chain is stored for its own key only, leaf first; before it the key cannot be put in use', async ({ vault }) => {
    const at = await withAuthority(vault);
    const [one, two] = [await at.keys.generate('tls-client', doing, 'EC-P256'), await at.keys.generate('tls-client', doing, 'EC-P256')];
    await assert.rejects(at.keys.activate('tls-client', one.id, doing), { code: 'VAULT_KEY_STATE' });
    const chain = await at.authority.sign(await at.keys.request('tls-client', one.id, order), { usage: 'client', days: 30 });
    await assert.rejects(at.keys.storeChain('tls-client', two.id, chain.join('\n')), { code: 'VAULT_CHAIN_INVALID' });
    await assert.rejects(at.keys.storeChain('tls-client', one.id, 'undefined'), { code: 'VAULT_CHAIN_INVALID' });
    const stranger = await withAuthority(vault, 'other');
    const foreign = await stranger.authority.chain();
    await assert.rejects(at.keys.storeChain('tls-client', one.id, [...chain, ...foreign].join('\n')), { code: 'VAULT_CHAIN_INVALID' });
    const stored = await at.keys.storeChain('tls-client', one.id, [...chain].reverse().join('\n'));
    assert.deepEqual(
      stored.chain?.map((pem) => new X509Certificate(pem).subject),
      ['C=KE\nO=Bank A\nCN=bank-a', 'CN=CA of sandbox'],
    );
    await at.keys.activate('tls-client', one.id, doing);
    assert.equal((await at.keys.active('tls-client'))?.id, one.id);
  });

  say('credentials are a snapshot of one generation, also while key and chain are being replaced', async ({ vault }) => {
    const at = await withAuthority(vault);
    await rotated(at, 'tls-server');
    const first = await at.credentials('tls-server');
    let rotating = true;
    const rotations = (async () => {
      for (let n = 0; n < 4; n++) await rotated(at, 'tls-server');
      rotating = false;
    })();
    const seen = new Set<string>();
    while (rotating) {
      const { certificate, privateKey, keyId, trustedCas } = await at.credentials('tls-server');
      assert.ok(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey.reveal())));
      assert.match(trustedCas, /BEGIN CERTIFICATE/);
      seen.add(keyId);
      // A store that answers in the same turn would leave the rotations no time.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await rotations;
    assert.ok(seen.size > 1, 'no rotation was seen');
    assert.ok(new X509Certificate(first.certificate).checkPrivateKey(createPrivateKey(first.privateKey.reveal())));
    assert.doesNotMatch(`${inspect(first, { depth: 9 })}${JSON.stringify(first)}`, /PRIVATE/);
    assert.throws(() => Object.assign(first, { certificate: '' }), TypeError);
  });
}

function testOthers(say: Say): void {
  say('CA certificates of the hub are trusted as a union while they change, until the old ones are ended', async ({ vault }) => {
    const at = vault.environment('sandbox');
    const [oldCa, newCa] = [
      (await (await withAuthority(vault, 'old-hub')).authority.chain()).join('\n'),
      (await (await withAuthority(vault, 'new-hub')).authority.chain()).join('\n'),
    ];
    await at.trust.present('hub-ca', 'hub', [oldCa], 'cm', doing);
    await at.trust.present('hub-ca', 'hub', [newCa], 'cm', doing);
    const trusted = await at.trust.trusted('hub-ca', 'hub');
    assert.deepEqual(
      trusted.map(({ state, chain }) => [state, new X509Certificate(chain?.[0] ?? '').subject]),
      [
        ['active', 'CN=CA of new-hub'],
        ['retiring', 'CN=CA of old-hub'],
      ],
    );
    for (const wrong of ['undefined', '']) {
      await assert.rejects(at.trust.present('hub-ca', 'hub', [wrong], 'cm', doing), { code: 'VAULT_CHAIN_INVALID' });
    }
    await assert.rejects(at.trust.present('hub-ca', 'hub', [], 'cm', doing), { code: 'VAULT_KEY_UNSUITABLE' });
    assert.equal((await at.trust.trusted('hub-ca', 'hub')).length, 2);
    await at.trust.move('hub-ca', 'hub', trusted[1]?.id ?? '', 'destroyed', doing);
    assert.equal((await at.trust.trusted('hub-ca', 'hub')).length, 1);
  });

  say(
    "a peer's two keys overlap; a compromised one is distrusted at once and refused for ever; a peer that is gone is trusted no more",
    async (under) => {
      const { trust } = under.vault.environment('sandbox');
      const [a, b] = [await peerKey(), await peerKey()];
      await trust.present('peer-jws', 'Bank.B', [a], 'cm', doing);
      assert.deepEqual(await trust.present('peer-jws', 'Bank.B', [b], 'cm', doing), []);
      const [active, retiring] = await trust.trusted('peer-jws', 'Bank.B');
      assert.deepEqual([active?.state, active?.publicKey, retiring?.state, retiring?.publicKey], ['active', b, 'retiring', a]);
      await trust.move('peer-jws', 'Bank.B', retiring?.id ?? '', 'compromised', doing);
      assert.deepEqual(await trust.present('peer-jws', 'Bank.B', [a, b], 'cm', doing), [retiring?.id]);
      await assert.rejects(trust.present('peer-jws', 'Bank.B', [a], 'cm', doing), { code: 'VAULT_KEY_UNSUITABLE' });
      const other = await under.again();
      assert.deepEqual(
        (await other.environment('sandbox').trust.trusted('peer-jws', 'Bank.B')).map(({ publicKey }) => publicKey),
        [b],
      );
      await other.close();
      assert.deepEqual(await trust.ids('peer-jws'), ['Bank.B']);
      await trust.distrust('peer-jws', 'Bank.B', doing);
      assert.deepEqual([await trust.trusted('peer-jws', 'Bank.B'), await trust.ids('peer-jws')], [[], []]);
      assert.equal((await trust.list('peer-jws', 'Bank.B')).length, 2);
    },
  );

  say('the same offer again writes nothing and tells nobody', async ({ vault }) => {
    const { trust } = vault.environment('sandbox');
    const key = await peerKey();
    const told: string[] = [];
    vault.onChange(({ purpose, id }) => told.push(`${purpose}/${id}`));
    for (let n = 0; n < 3; n++) await trust.present('peer-jws', 'bank-b', [key], 'cm', doing);
    assert.deepEqual(told, ['peer-jws/bank-b']);
  });
}

async function peerKey(): Promise<string> {
  const { generateKeyPairSync } = await import('node:crypto');
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string;
}

function testWriters(say: Say): void {
  say('two processes that change one ring at once lose nothing, and each hears of the other', async (under) => {
    const other = await under.again();
    const told: string[] = [];
    other.onChange(({ environment, purpose }) => told.push(`${environment}/${purpose}`));
    const both = [under.vault, other].map((vault) => vault.environment('sandbox').keys);
    const made = await Promise.all(both.flatMap((keys) => [1, 2].map(() => keys.generate('tls-client', doing, 'EC-P256'))));
    const ids = (await under.vault.environment('sandbox').keys.list('tls-client')).map(({ id }) => id);
    assert.deepEqual(ids.sort(), made.map(({ id }) => id).sort());
    told.length = 0;
    await under.vault.environment('production').secrets.put('x', new Secret('y'), doing);
    await other.refresh();
    assert.ok(told.includes('production/secret'));
    await other.close();
  });
}
