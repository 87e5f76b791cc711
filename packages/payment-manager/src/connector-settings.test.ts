import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { connectorSettings } from './connector-settings.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-connector-settings-'));
});
after(() => rm(folder, { recursive: true }));

async function settingsOf(hub: string, more = '') {
  await writeFile(
    join(folder, 'payment-manager.yaml'),
    `
fspId: greenbank
sandbox: true
hub: { baseUrl: 'http://127.0.0.1:5000/'${hub} }
core: { baseUrl: http://127.0.0.1:4100 }
jws: { signingKeyFile: keys/own.pem, peerKeysFolder: keys/peers }
${more}`,
  );
  const { config } = await loadConfig('payment-manager.yaml', {}, folder);
  return connectorSettings(config);
}

test('the connector gets its settings: one base URL for all resources, or one of its own', async () => {
  const settings = await settingsOf(", quotesUrl: 'http://q/'");
  assert.deepEqual(settings.hub, {
    parties: 'http://127.0.0.1:5000',
    participants: 'http://127.0.0.1:5000',
    quotes: 'http://q',
    transfers: 'http://127.0.0.1:5000',
    ping: 'http://127.0.0.1:5000',
  });
  assert.equal(settings.deduplicateHomeTransactionId, true);
  assert.deepEqual(settings.supportedVersions, ['1.0', '1.1', '2.0']);
});

test('docs/money-rules.md, 4: what a quote may cost is absolute, a part, or both', async () => {
  const limits = { USD: '1.5', KES: '2%', XOF: '500 and 0.25%' };
  const settings = await settingsOf('', `acceptance: { quote: true, maxFee: ${JSON.stringify(limits)} }`);
  assert.deepEqual(settings.maxAutoAcceptFee, {
    USD: { absolute: '1.5' },
    KES: { percent: '2' },
    XOF: { absolute: '500', percent: '0.25' },
  });
});
