import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type Clock, seededRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault, type PkiAuthority, VaultError } from '@payment-manager/vault';
import { dayMs, doing, hourMs, lookAgain, openWorld, pass, standingOf, wanted } from '../../test/world.ts';
import { decideDfspCa } from './dfsp-ca.ts';

/** A PKI engine as the client sees it: another vault's CA, whose role cuts what is asked for to 30 days. */
async function openEngine() {
  let now = virtualTime().now;
  const vault = await openVault({
    store: memoryStore(),
    clock: { now: () => now(), monotonic: () => now() },
    random: seededRandom(9),
    signatures: threadPoolSignatures,
  });
  const at: Environment = vault.environment('engine');
  const state = { refuses: false };
  const engine: PkiAuthority = {
    origin: 'PKI engine at pki',
    chain: () => at.authority.chain(),
    async sign(request, order) {
      if (state.refuses) throw new VaultError('VAULT_REFUSED', 'The PKI of the server refuses (400): not allowed. Check role servers.');
      return at.authority.sign(request, { ...order, days: Math.min(order.days, 30) });
    },
    issue: () => assert.fail('only requests are signed'),
  };
  const newCa = async (name: string): Promise<void> => {
    const { id } = await at.authority.create({ commonName: name }, 3_650, doing, 'EC-P256');
    await at.keys.activate('dfsp-ca', id, doing);
  };
  return {
    engine,
    state,
    newCa,
    setClock(clock: Pick<Clock, 'now'>): void {
      now = clock.now;
    },
  };
}

test('our CA in a PKI engine: what it signs is renewed as its roles cut it, a refusal is told and got over, and another CA is taken over', async () => {
  const { engine, state, newCa, setClock } = await openEngine();
  await newCa('CA 1');
  const world = await openWorld({ engine, client: { pollMs: 12 * hourMs, overlapMs: dayMs } });
  setClock(world.time);
  const running = await world.start();
  const { client, environment } = running;
  const issuerNow = async (): Promise<string> => new X509Certificate((await environment.credentials('tls-server')).certificate).issuer;
  const inOrder = (): void => {
    assert.deepEqual(
      client.conditions().filter((one) => one.state !== 'Ready'),
      [],
    );
  };
  await pass(world, running, 60_000);
  inOrder();

  const used = new Set<string>();
  await pass(world, running, 200 * dayMs, async () => {
    const { keyId, validTo } = await environment.credentials('tls-server');
    assert.ok(validTo > world.time.now());
    used.add(keyId);
    assert.deepEqual(client.alarms(), []);
  });
  assert.ok(used.size >= 10 && used.size <= 12, `${used.size} certificates in 200 days`);

  state.refuses = true;
  // two days after its renewal fell due
  await pass(world, running, (await environment.credentials('tls-server')).validFrom + 22 * dayMs - world.time.now());
  const { state: how, reason, words } = standingOf(running, 'DFSP_SERVER_CERT');
  assert.deepEqual([how, reason], ['Failed', 'VAULT_FAILED']);
  assert.match(words, /VAULT_REFUSED.*Check role servers/);
  assert.ok(client.alarms().some(({ code, artefact }) => code === 'ARTEFACT_FAILING' && artefact === 'DFSP_SERVER_CERT'));
  assert.ok((await environment.credentials('tls-server')).validTo > world.time.now(), 'what was in use stays in use');
  state.refuses = false;
  await pass(world, running, dayMs);
  inOrder();

  await assert.rejects(client.renew('DFSP_CA', 'a person'), { code: 'VAULT_KEY_STATE' });
  await newCa('CA 2');
  await lookAgain(running);
  const other = standingOf(running, 'DFSP_CA');
  assert.deepEqual([other.state, other.reason], ['Failed', 'CERTIFICATE_UNUSABLE']);
  assert.match(other.words, /another CA \(CA 2\), under another root.*renew DFSP_CA/);
  assert.equal(await issuerNow(), 'CN=CA 1', 'the hub knows nothing else');
  await client.renew('DFSP_CA', 'a person');
  await lookAgain(running);
  assert.equal(new X509Certificate(world.server.state.dfspCa.rootCertificate ?? '').subject, 'CN=CA 2', 'published at once');
  await pass(world, running, dayMs);
  inOrder();
  assert.equal(await issuerNow(), 'CN=CA 2');
  const states = (await environment.keys.list('dfsp-ca')).map(({ state: one, origin }) => [one, origin]);
  assert.deepEqual(states, [
    ['retiring', 'PKI engine at pki'],
    ['active', 'PKI engine at pki'],
  ]);
  assert.equal((await environment.credentials('tls-server')).trustedCas.match(/BEGIN/g)?.length, 2, 'the hub may still present the former');
  await client.stop();
});

test('our CA in a PKI engine: another one under the same root is taken over by itself, and so is the first one after a CA of our own', async () => {
  const vault = await openVault({ store: memoryStore(), clock: virtualTime(), random: seededRandom(5), signatures: threadPoolSignatures });
  const { authority } = vault.environment('makes-certificates');
  const make = (commonName: string) => authority.create({ commonName }, 3_650, doing, 'EC-P256');
  const made = [await make('CA 1'), await make('CA 2'), await make('the root'), await make('another root')];
  const [one, two, root, strange] = made.map(({ chain: [pem = ''] = [] }) => pem) as [string, string, string, string];
  const decided = (origin: string | undefined, chain: readonly string[], inEngine: readonly string[] | undefined) => {
    const record = { ...(made[0] ?? assert.fail()), state: 'active' as const, chain, ...(origin !== undefined && { origin }) };
    const [rootCertificate, intermediateChain] = [chain.at(-1), chain.slice(0, -1).join('')];
    const published = { validationState: 'VALID', validations: [], rootCertificate, intermediateChain } as const;
    const observed = { keys: [record], published, serving: undefined, inEngine };
    const { actions, standing } = decideDfspCa(observed, { wanted, propagationMs: 0 }, virtualTime().now() + dayMs);
    return [...actions.map((action) => action.do), standing.reason];
  };
  const engine = 'PKI engine at pki';
  assert.deepEqual(decided(engine, [one, root], [one, root]), ['IN_ORDER']);
  assert.deepEqual(decided(engine, [one, root], [two, root]), ['create', 'IN_PROGRESS']);
  assert.deepEqual(decided(engine, [one, root], [two, strange]), ['CERTIFICATE_UNUSABLE']);
  assert.deepEqual(decided(undefined, [one], [two]), ['create', 'IN_PROGRESS'], 'ours certifies the key of that one');
  assert.deepEqual(decided(undefined, [one], [two, root]), ['CERTIFICATE_UNUSABLE']);
  assert.deepEqual(decided(engine, [one], undefined), ['CERTIFICATE_UNUSABLE'], 'the engine certifies none');
  assert.deepEqual(decided(undefined, [one], undefined), ['IN_ORDER']);
});
