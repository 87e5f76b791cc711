import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@payment-manager/configuration';
import { parse } from 'yaml';

const compose = parse(readFileSync(fileURLToPath(new URL('../../../../../deploy/compose/compose.yaml', import.meta.url)), 'utf8'), {
  merge: true,
});

/** What a DFSP says itself: for production, without a Connection Manager. */
const CONFIGURATION = `fspId: greenbank
dataFolder: /var/lib/payment-manager
hub: { baseUrl: 'https://switch.example.org', tls: { enabled: true, certificateFile: t/c.pem, keyFile: t/c.key, caFile: t/ca.pem } }
inbound: { tls: { enabled: true, certificateFile: t/s.pem, keyFile: t/s.key, caFile: t/ca.pem, hubNames: [switch.example.org] } }
core: { baseUrl: 'https://core.example.org' }
jws: { signingKeyFile: t/jws.key, peerKeysFolder: t/peers }
management: { publicUrl: 'https://portal.example.org', tls: { enabled: true, certificateFile: t/p.pem, keyFile: t/p.key } }
`;

for (const name of ['payment-manager', 'replica', 'management'])
  test(`compose.yaml: what it tells the process of ${name} is a configuration that starts in production`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pm-compose-test-'));
    try {
      writeFileSync(join(folder, 'payment-manager.yaml'), CONFIGURATION);
      const { environment } = compose.services[name];
      const { config } = await loadConfig('payment-manager.yaml', environment, folder);
      assert.equal(config.outbound.host, name === 'management' ? '127.0.0.1' : '0.0.0.0');
      assert.equal(config.role, ({ replica: 'payments', management: 'management' } as Record<string, string>)[name] ?? 'all');
      assert.equal(config.operations.port, 4004);
      assert.equal(config.journal.store, name === 'payment-manager' ? 'sqlite' : 'postgres');
      // the engine waits longer than the process takes to leave
      assert.ok(Number.parseInt(compose.services[name].stop_grace_period, 10) * 1_000 > config.shutdown.drainMs + config.shutdown.graceMs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
