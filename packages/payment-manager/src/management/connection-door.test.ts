import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import type { ConnectionDoor } from '@payment-manager/management-api';
import type { Connection } from '@payment-manager/operations/connection';
import { systemRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault } from '@payment-manager/vault';
import { connectionDoor } from './connection-door.ts';

const who = { by: 'user:ada', reason: 'test' };
const doing = { by: 'hub', why: 'test' };
const clock = virtualTime(Date.UTC(2026, 2, 12));

const config = {
  fspId: 'greenbank',
  hub: { baseUrl: 'https://hub.example' },
  connectionManager: {
    subject: {},
    dnsNames: ['pm.greenbank.example'],
    ips: [],
    ingressUrl: 'https://pm.greenbank.example:4000',
    egress: ['192.0.2.10:443'],
    keyAlgorithm: 'EC-P256',
    propagationMs: 120_000,
  },
} as unknown as Config;

let environment: Environment;
let hub: Environment;
let door: ConnectionDoor;
let looks = 0;

before(async () => {
  const vault = await openVault({ store: memoryStore(), clock, random: systemRandom, signatures: threadPoolSignatures });
  [environment, hub] = [vault.environment('pilot'), vault.environment('hub')];
  const { id } = await hub.authority.create({ commonName: 'hub CA' }, 3650, doing, 'EC-P256');
  await hub.keys.activate('dfsp-ca', id, doing);
  const connection = {
    environment,
    api: undefined,
    renew: undefined,
    conditions: () => [],
    lastTest: async () => undefined,
    look: async () => void looks++,
  } as unknown as Connection;
  door = connectionDoor({ config, clock, connection, tester: async () => {} });
});

const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown as { readonly status: number; readonly shown: { readonly code: string; readonly message: string } },
  );
  return `${error?.status} ${error?.shown.code} ${error?.shown.message}`;
};

describe('keys and certificates by hand, through the management API', () => {
  test('a request is made, listed and given away; its certificate is taken in once the hub’s CA is trusted', async () => {
    const renewed = (await door.renew('client', who)) as { readonly keyId: string };
    assert.partialDeepStrictEqual(renewed, { kind: 'requested', what: 'client' });
    assert.partialDeepStrictEqual(await door.requests(), [{ keyId: renewed.keyId, answer: 'waiting' }]);
    const request = await door.give(renewed.keyId, 'request');
    assert.match(request?.fileName ?? '', /^greenbank-tls-client-.*\.csr\.pem$/);
    const signed = (await hub.authority.sign(request?.text ?? '', { usage: 'client', days: 90 })).join('');
    const brought = { what: 'certificate', side: 'client', pem: signed } as const;
    assert.match(await refused(door.take(brought, who)), /^400 UPLOAD_UNUSABLE The hub’s CA is not known/);
    const ca = { what: 'hub-ca', only: false, pem: (await hub.authority.chain()).join('') } as const;
    assert.match(JSON.stringify(await door.preview(ca)), /"sha256":"([0-9A-F]{2}:){31}[0-9A-F]{2}".*"ca":true/);
    await door.take(ca, who);
    await door.take(brought, who);
    assert.partialDeepStrictEqual(await door.requests(), [{ keyId: renewed.keyId, answer: 'certificate', state: 'active' }]);
    const steps = (await door.key(renewed.keyId)) as { readonly history: readonly { readonly state: string; readonly by: string }[] };
    assert.deepEqual(
      steps.history.map(({ state, by }) => `${state} ${by}`),
      ['pre-active user:ada', 'active user:ada'],
    );
    assert.equal(await door.give(renewed.keyId, 'jwks'), undefined, 'a TLS key is in no key set');
    assert.ok(!JSON.stringify([await door.keys(), await door.certificates(), steps]).includes('PRIVATE'));
  });

  test('a private key is refused, whatever else is in the file', async () => {
    const pem = `${(await hub.authority.chain()).join('')}-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n`;
    for (const what of [
      { what: 'certificate', side: 'client' },
      { what: 'peer-jws', peer: 'bluebank', only: false },
    ] as const)
      assert.match(await refused(door.take({ ...what, pem }, who)), /^400 UPLOAD_UNUSABLE It holds a private key/);
    assert.match(await refused(door.take({ what: 'hub-ca', only: false, pem: 'nonsense' }, who)), /^400 UPLOAD_UNUSABLE/);
  });

  test('the first JWS key is in use at once; its successor waits, and is put in use when somebody says so', async () => {
    assert.partialDeepStrictEqual(await door.renew('jws', who), { kind: 'first' });
    const next = (await door.renew('jws', who)) as { readonly kind: string; readonly keyId: string };
    assert.equal(next.kind, 'waiting');
    assert.partialDeepStrictEqual(await door.progress(), {
      fspId: 'greenbank',
      connectionManager: false,
      waiting: [{ what: 'jws', keyId: next.keyId, earlyMs: 120_000 }],
    });
    await door.activate('jws', who);
    assert.match(await refused(door.activate('jws', who)), /^409 NOT_ALLOWED_NOW No new key is waiting/);
    assert.equal(await door.distrust(next.keyId, who), true);
    assert.equal(await door.distrust('nothing', who), false);
  });
});

describe('endpoints', () => {
  test('those that a person puts in the place of the configured ones count until they are reset', async () => {
    const asked = { ingressUrl: 'https://pm.greenbank.example:4443', egress: ['192.0.2.11:443+8000-8010'] };
    await door.changeEndpoints(asked, who);
    assert.partialDeepStrictEqual(await door.endpoints(), {
      configured: { ingressUrl: 'https://pm.greenbank.example:4000', egress: ['192.0.2.10:443'] },
      changed: { ...asked, by: 'user:ada', why: 'test' },
      hub: ['https://hub.example'],
    });
    assert.ok(looks > 0, 'the Connection Manager is told at once');
    await door.changeEndpoints(undefined, who);
    assert.ok(!('changed' in (await door.endpoints())));
  });

  test('what cannot be is refused, with what is wrong', async () => {
    const good = { ingressUrl: 'https://pm.greenbank.example', egress: ['192.0.2.1:443'] };
    await door.checkEndpoints(good);
    for (const [wrong, why] of [
      [{ ...good, ingressUrl: 'ftp://pm.greenbank.example' }, /not an http or https URL/],
      [{ ...good, ingressUrl: 'https://other.example' }, /does not have the name other\.example/],
      [{ ...good, ingressUrl: 'https://a:b@pm.greenbank.example' }, /user name/],
      [{ ...good, egress: ['999.0.2.1:443'] }, /not an IPv4 address/],
      [{ ...good, egress: ['192.0.2.1/33:443'] }, /not an IPv4 address/],
      [{ ...good, egress: ['192.0.2.1:0'] }, /not an IPv4 address/],
      [{ ...good, egress: ['192.0.2.1:90-80'] }, /not an IPv4 address/],
      [{ ...good, egress: [] }, /no address/],
    ] as const)
      assert.match(await refused(door.checkEndpoints(wrong)), why, JSON.stringify(wrong));
  });
});
