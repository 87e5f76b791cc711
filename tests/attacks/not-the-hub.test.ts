import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../scheme/waiting.ts';
import { type AttackedFolder, attackedFolder, fate, HUB, send, startAttacked, unsignedNotification } from './attacked-product.ts';

let folder: AttackedFolder;
before(async () => {
  folder = await attackedFolder();
});
after(() => folder.remove());

describe('who is not the hub', () => {
  test('does not speak as the hub with a certificate of the same CA: the connection is closed, and an alarm stands', async () => {
    const base = folder.configuration();
    const file = await folder.write('hub', { ...base, jws: { ...(base['jws'] as object), hubMayBeUnsigned: true } });
    const product = await startAttacked(file);
    try {
      const [hub, other] = [await folder.certificate(HUB), await folder.certificate('bluewallet')];
      const refused = await unsignedNotification(product.inbound, other.credentials);
      assert.equal(refused.kind, 'failed', `another DFSP got ${fate(refused)}`);
      assert.equal(fate(await unsignedNotification(product.inbound, hub.credentials)), 200);
      await product.alarmed('CALLER_IS_NOT_THE_HUB');
      assert.match(JSON.stringify(await product.alarms()), /bluewallet/);
      await until('it is counted', async () => {
        const metrics = await send({ url: `${product.operations}/metrics` });
        return metrics.kind === 'answer' && /pm_alarms_total\{code="CALLER_IS_NOT_THE_HUB"\} 1/.test(Buffer.from(metrics.body).toString());
      });
    } finally {
      await product.stop();
    }
  });

  test('is not believed where a proxy ends TLS, whatever certificate a header shows', async () => {
    const hub = await folder.certificate(HUB);
    const file = await folder.write('proxied', {
      ...folder.configuration(),
      inbound: { host: '127.0.0.1', port: 0, tlsEndedBy: 'the mesh' },
    });
    const product = await startAttacked(file);
    try {
      const pem = encodeURIComponent(hub.credentials.certificate);
      for (const header of ['x-forwarded-client-cert', 'ssl-client-cert', 'x-ssl-cert', 'x-client-cert', 'client-cert']) {
        const value = header === 'x-forwarded-client-cert' ? `Cert="${pem}";Subject="CN=${HUB}"` : pem;
        assert.equal(fate(await unsignedNotification(product.inbound, undefined, { [header]: value })), 400, header);
      }
    } finally {
      await product.stop();
    }
  });

  test('and no web page uses the API of the DFSP', async () => {
    const product = await startAttacked(await folder.write('pages', { ...folder.configuration() }));
    try {
      const ask = async (headers: Readonly<Record<string, string>>) => fate(await send({ url: `${product.outbound}/docs`, headers }));
      assert.equal(await ask({}), 200);
      assert.equal(await ask({ origin: 'https://evil.example' }), 403);
      assert.equal(await ask({ 'sec-fetch-site': 'cross-site' }), 403);
      assert.equal(await ask({ host: 'evil.example' }), 403);
    } finally {
      await product.stop();
    }
  });
});
