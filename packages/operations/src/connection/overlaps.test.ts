import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { recordedLog, systemRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault } from '@payment-manager/vault';
import { watchOverlaps } from './overlaps.ts';

const doing = { by: 'a test', why: 'to see' };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const freshKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string;

/** A vault that somebody filled by hand, twice: everything has a former one, replaced just now. */
async function replaced() {
  const time = virtualTime();
  const store = memoryStore();
  const open = async (): Promise<Environment> =>
    (await openVault({ store, clock: time, random: systemRandom, signatures: threadPoolSignatures })).environment('live');
  const environment = await open();
  const { trust, keys, authority } = environment;
  for (let n = 0; n < 2; n++) {
    const ca = await authority.create({ commonName: `CA ${n}` }, 3_650, doing, 'EC-P256');
    await keys.activate('dfsp-ca', ca.id, doing);
    await trust.present('hub-ca', 'hub', await authority.chain(), 'manual', doing);
    await trust.present('peer-jws', 'bluebank', [freshKey()], 'manual', doing);
    const { id } = await keys.generate('tls-server', doing, 'EC-P256');
    const request = await keys.request('tls-server', id, { usage: 'server', subject: { commonName: 'x' }, names: { dns: ['x.example'] } });
    await keys.storeChain('tls-server', id, (await authority.sign(request, { usage: 'server', days: 30 })).join(''));
    await keys.activate('tls-server', id, doing);
  }
  const left = async () => ({
    peer: (await trust.trusted('peer-jws', 'bluebank')).length,
    hubCa: (await trust.trusted('hub-ca', 'hub')).length,
    server: (await keys.list('tls-server')).filter(({ state }) => state !== 'destroyed').length,
    ca: (await keys.list('dfsp-ca')).filter(({ state }) => state !== 'destroyed').length,
  });
  const asked: string[] = [];
  const hub = { serves: true };
  const watch = (over: Environment) =>
    watchOverlaps({
      environment: over,
      wanted: { fspId: 'greenbank', subject: { commonName: 'x' }, dnsNames: [], ips: [], connectorFqdn: '', ingressUrl: '', egress: [] },
      overlapMs: dayMs,
      pollMs: hourMs,
      hubServes: async (cas) => {
        asked.push(cas);
        return hub.serves;
      },
      clock: time,
      timers: time,
      log: recordedLog(),
    });
  return { time, open, environment, left, hub, asked, watch };
}

test('what was replaced by hand counts until its overlap is over, also across restarts, and then no more', async () => {
  const { time, open, left, watch } = await replaced();
  const first = watch(await open());
  await time.advance(dayMs - hourMs);
  await first.now();
  assert.deepEqual(await left(), { peer: 2, hubCa: 2, server: 2, ca: 2 });
  first.stop();
  const again = watch(await open());
  await time.advance(2 * hourMs);
  await again.now();
  assert.deepEqual(await left(), { peer: 1, hubCa: 1, server: 1, ca: 2 });
  await time.advance(365 * dayMs);
  await again.now();
  assert.deepEqual(await left(), { peer: 1, hubCa: 1, server: 1, ca: 1 }, 'our CA stays as long as what it signed');
  again.stop();
});

test('a former CA of the hub stays while the hub’s servers need it; asked is with what would be left', async () => {
  const { time, environment, left, hub, asked, watch } = await replaced();
  hub.serves = false;
  const overlaps = watch(environment);
  await time.advance(3 * dayMs);
  await overlaps.now();
  assert.deepEqual(await left(), { peer: 1, hubCa: 2, server: 1, ca: 2 });
  const [current] = (await environment.trust.trusted('hub-ca', 'hub')).map(({ chain = [] }) => chain.join(''));
  assert.deepEqual([...new Set(asked)], [current]);
  hub.serves = true;
  await overlaps.now();
  assert.equal((await left()).hubCa, 1);
  overlaps.stop();
});

test('two replicas that end the same overlap disturb each other not', async () => {
  const { open, time, left, watch } = await replaced();
  const both = [watch(await open()), watch(await open())];
  await time.advance(2 * dayMs);
  await Promise.all(both.map((one) => one.now()));
  await Promise.all(both.map((one) => one.now()));
  assert.deepEqual(await left(), { peer: 1, hubCa: 1, server: 1, ca: 2 });
  for (const one of both) one.stop();
});
