import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayMs, doing, openWorld } from '../../test/world.ts';
import { readBundle } from './certificate.ts';
import { type CertificateOrder, verdictOn } from './verify.ts';

/** A hub's CA, and a certificate of 90 days for a key. */
async function issued() {
  const { hub, time } = await openWorld();
  const { keys, authority } = hub();
  const key = await keys.generate('tls-client', doing, 'EC-P256');
  const subject = { commonName: 'bank-a' };
  const sign = async (usage: 'client' | 'server', days: number): Promise<string> => {
    const request = await keys.request('tls-client', key.id, { usage, subject, names: { dns: ['bank-a.example'] } });
    return (await authority.sign(request, { usage, days }))[0] ?? '';
  };
  const root = (await authority.chain())[0] ?? '';
  const order: CertificateOrder = {
    pem: await sign('client', 90),
    publicKey: key.publicKey,
    cas: readBundle(root) ?? [],
    usage: 'client',
    now: time.now(),
  };
  return { order, root, sign, now: time.now() };
}

test('certificate check: the right one is good, with or without its root, which is not handed on', async () => {
  const { order, root } = await issued();
  for (const pem of [order.pem, `${order.pem}\n${root}`, `${root}\n${order.pem}`]) {
    const verdict = verdictOn({ ...order, pem });
    assert.equal(verdict.kind, 'good');
    assert.deepEqual(verdict.kind === 'good' && verdict.chain.map((one) => one.trim()), [order.pem]);
  }
});

test('certificate check: dates, use, issuer, key, kind: each is told, and only an end is an end', async () => {
  const { order, root, sign, now } = await issued();
  const other = await issued();
  const cases: readonly [string, CertificateOrder, RegExp, boolean][] = [
    ['ended', { ...order, now: now + 91 * dayMs }, /CN=bank-a is valid from .* to/, true],
    ['not started', { ...order, now: now - dayMs }, /CN=.* is valid from/, false],
    ['its CA has ended too', { ...order, now: now + 4_000 * dayMs }, /valid from/, true],
    ['for servers', { ...order, pem: await sign('server', 90) }, /not for a TLS client/, false],
    ['for clients', { ...order, usage: 'server' }, /not for a TLS server/, false],
    ['another CA', { ...order, cas: other.order.cas }, /does not lead to the hub's CA/, false],
    ['another CA that came along', { ...order, cas: other.order.cas, pem: `${order.pem}\n${root}` }, /does not lead/, false],
    ['no CA', { ...order, cas: [] }, /does not lead/, false],
    ['another key', { ...order, publicKey: other.order.publicKey }, /for another key/, false],
    ['no certificate', { ...order, pem: 'CERTIFICATE' }, /cannot be read/, false],
    ['too many', { ...order, pem: order.pem.repeat(21) }, /cannot be read/, false],
  ];
  for (const [name, asked, words, ended] of cases) {
    const verdict = verdictOn(asked);
    assert.ok(verdict.kind === 'bad', name);
    assert.match(verdict.why, words, name);
    assert.notEqual(verdict.nextStep, '');
    assert.equal(verdict.endedAt !== undefined, ended, name);
  }
});

test('certificate check: a clock that is a little behind the hub’s does no harm', async () => {
  const { order, now } = await issued();
  // What is issued is valid since an hour before.
  assert.equal(verdictOn({ ...order, now: now - 3_600_000 - 240_000 }).kind, 'good');
  assert.equal(verdictOn({ ...order, now: now - 3_600_000 - 360_000 }).kind, 'bad');
});
