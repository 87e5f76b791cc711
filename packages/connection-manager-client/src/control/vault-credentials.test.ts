import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Secret, systemRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { type KeyHolder, memoryStore, openVault, type VaultDeps } from '@payment-manager/vault';
import { vaultCredentials } from './vault-credentials.ts';

const doing = { by: 'a test', why: 'to see' };
const peerKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string;
const open = async (deps: Partial<VaultDeps> = {}) => {
  const vault = await openVault({
    store: memoryStore(),
    clock: virtualTime(),
    random: systemRandom,
    signatures: threadPoolSignatures,
    ...deps,
  });
  return { vault, at: vault.environment('sandbox') };
};

test('an SDK gets what is in use as it comes, and of a peer with two keys the one in use', async () => {
  const { vault, at } = await open();
  assert.deepEqual(await vaultCredentials(at), { peers: [] });

  const { id } = await at.keys.generate('jws-signing', doing);
  assert.deepEqual(await vaultCredentials(at), { peers: [] }, 'peers do not have it yet');
  const { publicKey } = await at.keys.activate('jws-signing', id, doing);
  const ca = await at.authority.create({ commonName: 'CA' }, 100, doing, 'EC-P256');
  await at.keys.activate('dfsp-ca', ca.id, doing);
  for (const usage of ['client', 'server'] as const) {
    const purpose = `tls-${usage}` as const;
    const key = await at.keys.generate(purpose, doing, 'EC-P256');
    const request = await at.keys.request(purpose, key.id, { usage, subject: { commonName: usage }, names: { dns: ['localhost'] } });
    await at.keys.storeChain(purpose, key.id, (await at.authority.sign(request, { usage, days: 9 })).join('\n'));
    await at.keys.activate(purpose, key.id, doing);
  }
  const [older, newer] = [peerKey(), peerKey()];
  for (const key of [older, newer]) await at.trust.present('peer-jws', 'bank-b', [key], 'cm', doing);

  const { jwsSigningKey, peers, inbound, outbound } = await vaultCredentials(at);
  assert.equal(createPublicKey(jwsSigningKey?.reveal() ?? '').export({ type: 'spki', format: 'pem' }), publicKey);
  assert.deepEqual(
    peers.map((peer) => [peer.dfspId, peer.publicKey, peer.createdAt]),
    [
      ['bank-b', newer, 1_767_225_600],
      ['bank-b', older, 1_767_225_600],
    ],
  );
  assert.match(new X509Certificate(inbound?.certificate ?? '').subject, /CN=server/);
  assert.equal(outbound, undefined, 'the CA of the hub is not known yet');
  await at.trust.present('hub-ca', 'hub', [inbound?.trustedCas ?? ''], 'cm', doing);
  const complete = await vaultCredentials(at);
  assert.match(new X509Certificate(complete.outbound?.certificate ?? '').subject, /CN=client/);
  assert.doesNotMatch(`${inspect(complete, { depth: 9 })}${JSON.stringify(complete)}`, /PRIVATE/);
  await vault.close();
});

test('an HSM gives no JWS key out; everything else is told; a vault that is away is an error', async () => {
  const jwsHolder: KeyHolder = {
    generate: async () => ({
      held: 'aa',
      publicKey: generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ type: 'spki', format: 'pem' }) as string,
    }),
    sign: async () => new Uint8Array(),
    destroy: async () => {},
    close: async () => {},
  };
  const { vault, at } = await open({ jwsHolder });
  const { id } = await at.keys.generate('jws-signing', doing);
  await at.keys.activate('jws-signing', id, doing);
  const key = peerKey();
  await at.trust.present('peer-jws', 'bank-b', [key], 'cm', doing);
  assert.deepEqual(await vaultCredentials(at), { peers: [{ dfspId: 'bank-b', publicKey: key, createdAt: 1_767_225_600 }] });
  await vault.close();
  const away = { ...at, jwsPrivateKey: () => Promise.reject<Secret<string>>(new TypeError('away')) };
  await assert.rejects(vaultCredentials(away), TypeError);
});
