import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpClient, createMetrics, recordedLog, startHttpServer, systemClock, systemTimers } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { hubCallers } from '../../packages/credentials/src/hub-callers.ts';
import { watchTls } from '../../packages/credentials/src/watch-tls.ts';
import { testAuthority } from '../../packages/runtime/test/test-authority.ts';

test('our CA below a bank’s root lets in whom it has signed for, and nobody else below that root', async () => {
  const root = await testAuthority('root of the bank');
  const [issuing, sibling] = [await root.subordinate('CA of greenbank'), await root.subordinate('CA of the branches')];
  const own = await issuing.issue('greenbank');
  const chain = [issuing.certificate, root.certificate].map((one) => `${one.trim()}\n`);
  const environment = {
    credentials: async () => ({ ...own, keyId: 'k', trustedCas: chain.join(''), validFrom: 0, validTo: 9e12 }),
    keys: { list: async () => [{ state: 'active', chain }] },
    trust: { list: async () => [] },
  } as unknown as Environment;
  const world = { clock: systemClock, timers: systemTimers, log: recordedLog(), metrics: createMetrics() };
  const tls = await watchTls('inbound', environment, world);
  const callers = hubCallers(['hub'], tls.issuers, world);
  const server = await startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      handler: async () => ({ status: 200 }),
      refuse: () => ({ status: 500 }),
      tls: { credentials: tls.credentials, requireClientCertificate: true, admitClient: callers.admit },
    },
    recordedLog(),
  );
  const ask = async (of: typeof root, more = '', name = 'hub'): Promise<string> => {
    const caller = await of.issue(name);
    const client = createHttpClient({
      credentials: { ...caller, certificate: `${caller.certificate.trim()}\n${more}`, trustedCas: issuing.certificate },
    });
    const outcome = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs: 5_000 });
    await client.close();
    return outcome.kind;
  };
  assert.equal(await ask(issuing), 'answer');
  assert.equal(await ask(issuing, chain.join('')), 'answer', 'with its chain');
  assert.equal(await ask(root), 'failed');
  assert.equal(await ask(sibling), 'failed');
  assert.equal(await ask(sibling, `${sibling.certificate.trim()}\n${root.certificate}`), 'failed', 'with its chain');
  assert.equal(await ask(issuing, '', 'bluewallet'), 'failed', 'another name than the one that we sign for');
  assert.ok(callers.alarms().length >= 2);
  await server.close(0);
});
