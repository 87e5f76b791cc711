import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { loadKeys } from '@payment-manager/credentials';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore, openVault } from '@payment-manager/vault';
import { startConnection } from './connection.ts';

test('without a Connection Manager the running product ends the overlap of what was replaced by hand', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-connection-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'payment-manager.yaml');
  writeFileSync(
    file,
    `fspId: greenbank
sandbox: true
vault: { store: file }
hub: { baseUrl: 'http://127.0.0.1:9' }
core: { baseUrl: 'http://127.0.0.1:9' }
connectionManager: { pollMs: 100, overlapMs: 300 }
`,
  );
  const { config } = await loadConfig(file, {}, folder);
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: recordedLog(), metrics: createMetrics() };
  const vault = await openVault({ ...world, store: memoryStore(), signatures: threadPoolSignatures });
  const keys = await loadKeys(config, vault, { ...world, signatures: threadPoolSignatures });
  const connection = await startConnection(config, { ...world, vault, keys, inboundPort: 0 });
  t.after(async () => {
    await connection.stop();
    keys.stop();
    await vault.close();
  });
  const { trust } = connection.environment;
  for (const peer of ['first', 'second']) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    await trust.present('peer-jws', 'bluebank', [pem], 'manual', { by: 'a test', why: peer });
  }
  const trusted = async (): Promise<number> => (await trust.trusted('peer-jws', 'bluebank')).length;
  assert.equal(await trusted(), 2);
  for (let n = 0; n < 100 && (await trusted()) > 1; n++) await new Promise((resolve) => void systemTimers.after(50, () => resolve(true)));
  assert.equal(await trusted(), 1);
});
