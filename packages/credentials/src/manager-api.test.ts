import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore, openVault } from '@payment-manager/vault';
import { openManager, openManagerInWorker } from './manager-api.ts';

test('a Connection Manager that remembers years of enrolments is read to the end, here and in a thread', async (t) => {
  const enrolment = { csr: 'c'.repeat(2_000), certificate: 'd'.repeat(2_000), state: 'CERT_SIGNED', validations: ['v'.repeat(4_000)] };
  const list = Array.from({ length: 1_500 }, (_, n) => ({ id: n + 1, ...enrolment }));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(list, undefined, 2));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const folder = mkdtempSync(join(tmpdir(), 'pm-manager-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'payment-manager.yaml');
  writeFileSync(
    file,
    `fspId: greenbank
sandbox: true
vault: { store: file }
inbound: { tls: { enabled: true } }
hub: { baseUrl: 'https://127.0.0.1:9', tls: { enabled: true } }
core: { baseUrl: 'http://127.0.0.1:9' }
connectionManager: { url: 'http://127.0.0.1:${(server.address() as AddressInfo).port}', dnsNames: [x.example], ingressUrl: 'https://x.example' }
`,
  );
  const { config } = await loadConfig(file, {}, folder);
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const manager = await openManager(config, vault.environment('live'), systemClock);
  t.after(() => manager?.close());
  const read = await manager?.api.inboundEnrollments('greenbank');
  assert.deepEqual([read?.length, read?.at(-1)?.id], [50, list.length]);
  const world = { timers: systemTimers, log: recordedLog(), clock: systemClock, vault };
  const inWorker = await openManagerInWorker(config, vault.environment('live'), world);
  t.after(() => inWorker?.close());
  assert.deepEqual(await inWorker?.api.inboundEnrollments('greenbank'), read);
});
