import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import {
  createMetrics,
  recordedLog,
  systemClock,
  systemRandom,
  type TlsProbe,
  threadPoolSignatures,
  virtualTime,
} from '@payment-manager/runtime';
import { memoryStore, openVault, type TlsSnapshot } from '@payment-manager/vault';
import { watchServed } from './served.ts';

const doing = { by: 'a test', why: 'to see' };

/** Two server certificates of one CA. */
async function snapshots(): Promise<readonly [TlsSnapshot, TlsSnapshot]> {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const { keys, authority, credentials } = vault.environment('sandbox');
  const ca = await authority.create({ commonName: 'CA' }, 365, doing, 'EC-P256');
  await keys.activate('dfsp-ca', ca.id, doing);
  const next = async (): Promise<TlsSnapshot> => {
    const { id } = await keys.generate('tls-server', doing, 'EC-P256');
    const request = await keys.request('tls-server', id, { usage: 'server', subject: { commonName: 'x' }, names: { dns: ['localhost'] } });
    await keys.storeChain('tls-server', id, (await authority.sign(request, { usage: 'server', days: 30 })).join('\n'));
    await keys.activate('tls-server', id, doing);
    return credentials('tls-server');
  };
  return [await next(), await next()];
}

const [first, second] = await snapshots();
const leafOf = ({ certificate }: TlsSnapshot): string => new X509Certificate(certificate).toString();

/** One server that is looked at; the test says what it presents and what should be presented. */
function looked(where: 'inbound' | 'proxy' | 'hub', given: { seen: TlsProbe; expected: TlsSnapshot | undefined }) {
  const time = virtualTime(systemClock.now());
  const log = recordedLog();
  const metrics = createMetrics();
  const watch = watchServed([{ where, host: '127.0.0.1', port: 4000, snapshot: () => given.expected }], {
    clock: time,
    timers: time,
    log,
    metrics,
    probe: async () => given.seen,
  });
  const look = async () => {
    const looking = watch.look();
    for (let n = 0; n < 4; n++) await time.advance(500);
    await looking;
    return watch.served()[0];
  };
  return { look, log, metrics, time, watch };
}

test('our server presents another certificate than the one in use: that is told once, with what to do, and measured', async () => {
  const given: Parameters<typeof looked>[1] = { seen: { kind: 'served', certificate: leafOf(first) }, expected: first };
  const { look, log, metrics } = looked('inbound', given);
  assert.equal((await look())?.reason, 'IN_ORDER');
  given.expected = second;
  const wrong = await look();
  assert.deepEqual([wrong?.state, wrong?.reason], ['Failed', 'OTHER_CERTIFICATE']);
  assert.equal(wrong?.certificate?.fingerprint, new X509Certificate(first.certificate).fingerprint256);
  await look();
  assert.equal(log.lines.filter(({ level }) => level === 'error').length, 1);
  assert.match(await metrics.text(), /pm_served_certificate_right\{where="inbound",address="127.0.0.1:4000"\} 0/);
  given.seen = { kind: 'served', certificate: leafOf(second) };
  assert.equal((await look())?.state, 'Ready');
});

test('a hub that is not trusted, that is not there, and a certificate that has ended are told apart', async () => {
  const given: Parameters<typeof looked>[1] = { seen: { kind: 'served', certificate: leafOf(first) }, expected: first };
  const { look, time } = looked('hub', given);
  assert.equal((await look())?.reason, 'IN_ORDER');
  given.seen = { kind: 'served', certificate: leafOf(first), distrust: 'SELF_SIGNED_CERT_IN_CHAIN' };
  assert.match((await look())?.message ?? '', /SELF_SIGNED_CERT_IN_CHAIN/);
  given.seen = { kind: 'failed', phase: 'tls', code: 'ECONNRESET' };
  assert.equal((await look())?.reason, 'NOT_SERVED');
  for (const [phase, code] of [
    ['connect', 'ECONNREFUSED'],
    ['tls', 'CONNECT_TIMEOUT'],
  ] as const) {
    // biome-ignore format: one line
    given.seen = { kind: 'failed', phase, code };
    const unseen = await look();
    assert.deepEqual([unseen?.state, unseen?.reason], ['Progressing', 'NOT_CHECKED'], 'a hub that is away is not a wrong certificate');
  }
  given.seen = { kind: 'served', certificate: leafOf(first), distrust: 'CERT_HAS_EXPIRED' };
  time.jumpWallClock(40 * 86_400_000);
  assert.equal((await look())?.reason, 'EXPIRED');
});

test('before there is a certificate nothing is looked at, and nothing is wrong', async () => {
  const { look, log } = looked('inbound', { seen: { kind: 'failed', phase: 'tls', code: 'X' }, expected: undefined });
  assert.deepEqual([(await look())?.state, log.lines.length], ['Progressing', 0]);
});

test('a proxy before us: ours in use, a former one of ours with time and without, a strange one, and one that cannot be seen, are told apart', async () => {
  const given: Parameters<typeof looked>[1] = { seen: { kind: 'served', certificate: leafOf(first) }, expected: first };
  const { look, log, metrics, time } = looked('proxy', given);
  assert.deepEqual([(await look())?.state, (await look())?.reason], ['Ready', 'IN_ORDER']);
  given.expected = second;
  const former = await look();
  assert.deepEqual([former?.state, former?.reason], ['Progressing', 'FORMER_CERTIFICATE']);
  assert.match(former?.nextStep ?? '', /\.\/pm cert export server --with-key/);
  given.seen = { kind: 'failed', phase: 'connect', code: 'ETIMEDOUT' };
  const unseen = await look();
  assert.deepEqual([unseen?.state, unseen?.reason], ['Progressing', 'NOT_CHECKED']);
  assert.match(unseen?.message ?? '', /cannot be seen from here: connect failed \(ETIMEDOUT\)/);
  assert.doesNotMatch(await metrics.text(), /pm_served_certificate_right\{where="proxy"/, 'what is not known is neither right nor wrong');
  given.seen = { kind: 'served', certificate: leafOf(first), distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
  assert.deepEqual([(await look())?.state, (await look())?.reason], ['Failed', 'OTHER_CERTIFICATE']);
  assert.equal(log.lines.filter(({ level }) => level === 'error').length, 1);
  given.seen = { kind: 'served', certificate: leafOf(first) };
  time.jumpWallClock(26 * 86_400_000);
  assert.deepEqual([(await look())?.state, (await look())?.reason], ['Failed', 'FORMER_CERTIFICATE']);
});
