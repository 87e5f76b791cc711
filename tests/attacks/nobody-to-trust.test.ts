import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import { openAuthority } from '@payment-manager/sandbox';
import { type AttackedFolder, attackedFolder, fate, HUB, runToItsEnd, startAttacked, unsignedNotification } from './attacked-product.ts';

let folder: AttackedFolder;
before(async () => {
  folder = await attackedFolder();
  await writeFile(folder.path('empty.pem'), '');
});
after(() => folder.remove());

/** Every place in a configuration that names a CA bundle, with what it takes for the bundle to be read. */
const places: Readonly<Record<string, (caFile: string, tls: { readonly hubNames?: unknown }) => Readonly<Record<string, object>>>> = {
  inbound: (caFile, tls) => ({ inbound: { host: '127.0.0.1', port: 0, tls: { ...tls, caFile } } }),
  outbound: (caFile, { hubNames, ...tls }) => ({
    outbound: { host: '127.0.0.1', port: 0, tls: { ...tls, caFile, requireClientCertificate: true } },
  }),
  hub: (caFile, { hubNames, ...tls }) => ({ hub: { id: HUB, baseUrl: 'https://127.0.0.1:9', tls: { ...tls, caFile } } }),
  core: (caFile) => ({ core: { baseUrl: 'https://127.0.0.1:9', tls: { enabled: true, caFile } } }),
  'the token server': (caFile, { hubNames, ...tls }) => ({
    hub: {
      id: HUB,
      baseUrl: 'https://127.0.0.1:9',
      tls,
      oauth: { tokenUrl: 'https://127.0.0.1:9/token', clientSecret: 'not-a-secret', caFile },
    },
  }),
  'the webhook for alarms': (caFile) => ({
    operations: { host: '127.0.0.1', port: 0, alarmWebhook: { url: 'https://127.0.0.1:9/', caFile } },
  }),
  PostgreSQL: (postgresCaFile) => ({
    journal: { store: 'postgres', postgresUrl: 'postgres://pm:pm@127.0.0.1:9/pm', postgresCaFile },
  }),
};

describe('an empty CA bundle', () => {
  for (const [place, change] of Object.entries(places))
    test(`of ${place} ends the start with exit code 78, and the file is named`, async () => {
      const base = folder.configuration();
      const { tls } = base['inbound'] as { tls: object };
      const file = await folder.write('start', { ...base, ...change(folder.path('empty.pem'), tls) });
      const { exitCode, text } = await runToItsEnd(file);
      assert.equal(exitCode, 78, text);
      assert.match(text, /empty\.pem.*holds no certificate/);
    });

  for (const [place, change] of [
    ['the Connection Manager', { connectionManager: { url: 'https://127.0.0.1:9', caFile: 'empty.pem' } }],
    [
      'HashiCorp Vault',
      { store: { store: 'hashicorp', hashicorp: { url: 'https://127.0.0.1:9', role: 'r', credentialFile: 'no', caFile: 'empty.pem' } } },
    ],
  ] as const)
    test(`of ${place} ends the start with exit code 78, and the file is named`, async () => {
      const { inbound, hub, jws, ...rest } = folder.configuration();
      const vault = 'store' in change ? change.store : { store: 'file' };
      const manager = 'connectionManager' in change ? change.connectionManager : {};
      const file = await folder.write('start', {
        ...rest,
        dataFolder: folder.path('vaulted'),
        inbound: { ...(inbound as object), tls: { enabled: true } },
        hub: { ...(hub as object), tls: { enabled: true } },
        vault,
        connectionManager: { ips: ['127.0.0.1'], dnsNames: ['localhost'], ingressUrl: 'https://127.0.0.1:4000', ...manager },
      });
      const { exitCode, text } = await runToItsEnd(file);
      assert.equal(exitCode, 78, text);
      assert.match(text, /empty\.pem.*holds no certificate/);
    });

  test('of the running product changes nothing: a stranger is not let in, the hub is, and an alarm stands', async () => {
    const caFile = folder.path('ca-of-callers.pem');
    await copyFile(folder.authority.files('ca').ca, caFile);
    const base = folder.configuration();
    const inbound = base['inbound'] as { tls: object };
    const jws = { ...(base['jws'] as object), hubMayBeUnsigned: true };
    const file = await folder.write('running', { ...base, jws, inbound: { ...inbound, tls: { ...inbound.tls, caFile } } });
    const stranger = await openAuthority({ folder: folder.path('stranger'), clock: systemClock, random: systemRandom });
    const { credentials: hub } = await folder.certificate(HUB);
    const forged = { ...(await stranger.issue({ name: HUB })), trustedCas: hub.trustedCas };
    const product = await startAttacked(file);
    try {
      for (const content of ['', 'garbage', hub.trustedCas.slice(0, 200)]) {
        await writeFile(caFile, content);
        await product.alarmed('CREDENTIALS_NOT_TAKEN');
        const refused = await unsignedNotification(product.inbound, forged);
        assert.equal(refused.kind, 'failed', `with ${JSON.stringify(content.slice(0, 20))} a stranger got ${fate(refused)}`);
        assert.equal(fate(await unsignedNotification(product.inbound, hub)), 200);
        await copyFile(folder.authority.files('ca').ca, caFile);
        await product.calmed('CREDENTIALS_NOT_TAKEN');
      }
    } finally {
      await product.stop();
    }
  });
});
