import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import type { Credentials } from '@payment-manager/runtime';
import { type AttackedFolder, type AttackedProduct, attackedFolder, HUB, startAttacked } from './attacked-product.ts';

let folder: AttackedFolder;
let product: AttackedProduct;
let hub: Credentials;
before(async () => {
  folder = await attackedFolder();
  hub = (await folder.certificate(HUB)).credentials;
  product = await startAttacked(await folder.write('sessions', folder.configuration()));
});
after(async () => {
  await product.stop();
  await folder.remove();
});

/** Asks the inbound API once; with the TLS sessions that it gave to come back with. */
async function ask(options: ConnectionOptions): Promise<{ status: number | undefined; reused: boolean; sessions: readonly Buffer[] }> {
  const sessions: Buffer[] = [];
  let [reused, answer] = [false, ''];
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(product.inbound).port), ca: hub.trustedCas, ...options });
  socket.on('error', () => {});
  socket.on('session', (session) => sessions.push(session));
  socket.once('secureConnect', () => {
    reused = socket.isSessionReused();
    const session = socket.getSession();
    if (session !== undefined) sessions.push(session);
  });
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write('GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
  return { status: status === undefined ? undefined : Number(status), reused, sessions };
}

describe('TLS of the API that the hub calls', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
    test(`${version}: no session is resumed, and none lets in who comes without a certificate`, async () => {
      const own = { cert: hub.certificate, key: hub.privateKey.reveal() };
      const only = { minVersion: version, maxVersion: version };
      const first = await ask({ ...own, ...only });
      assert.equal(first.status, 404);
      for (const session of first.sessions) {
        const again = await ask({ ...own, ...only, session });
        assert.deepEqual([again.status, again.reused], [404, false]);
        assert.equal((await ask({ ...only, session })).status, undefined);
      }
    });

  test('TLS 1.2 is spoken with forward secrecy and authenticated encryption only', async () => {
    const own = { cert: hub.certificate, key: hub.privateKey.reveal(), maxVersion: 'TLSv1.2' } as const;
    for (const ciphers of ['ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256'])
      assert.equal((await ask({ ...own, ciphers })).status, 404, ciphers);
    for (const ciphers of [
      'AES128-GCM-SHA256',
      'AES256-SHA',
      'ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256',
      'DHE-RSA-AES128-GCM-SHA256',
    ])
      assert.equal((await ask({ ...own, ciphers: `${ciphers}:@SECLEVEL=0` })).status, undefined, ciphers);
  });
});
