import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { testAuthority } from '../test/test-authority.ts';
import { certificateNames } from './client-names.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { readCertificates } from './pem-certificates.ts';
import { recordedLog } from './simulated/recorded-log.ts';

const saying = (subjectAltName: string | undefined, CN: unknown = undefined): readonly string[] =>
  certificateNames({ subjectAltName, toLegacyObject: () => ({ subject: { CN } }) } as unknown as X509Certificate);

test('a certificate names its CN and its alternative names, in small letters', async () => {
  const authority = await testAuthority('scheme CA');
  const { certificate } = await authority.issue('Hub', { hosts: ['10.0.0.1', 'hub.Example.org'] });
  const [leaf] = readCertificates(certificate);
  assert.deepEqual(certificateNames(leaf as X509Certificate), ['hub', '10.0.0.1', 'hub.example.org']);
  assert.deepEqual(saying('URI:spiffe://hub/ns/payments, email:a@b.c, DNS:hub'), ['spiffe://hub/ns/payments', 'hub']);
  assert.deepEqual(saying(undefined), []);
});

test('a name that pretends to be several is none of them', () => {
  assert.deepEqual(saying('DNS:"evil, DNS:hub", DNS:real'), ['real']);
  assert.deepEqual(saying('othername:"x, DNS:hub"'), []);
  assert.deepEqual(saying('email:"a\\", DNS:hub"@b, DNS:real'), []);
  assert.deepEqual(saying(undefined, ['hub', 'evil']), [], 'of several CNs none counts');
});

test('a connection that is not admitted is closed, and nothing of it reaches the handler', async () => {
  const authority = await testAuthority('scheme CA');
  const asked: string[] = [];
  const server = await startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      handler: async ({ clientName = '' }) => {
        asked.push(clientName);
        return { status: 200 };
      },
      refuse: () => ({ status: 500 }),
      tls: {
        credentials: await authority.issue('us'),
        requireClientCertificate: true,
        admitClient: (certificate) => certificateNames(certificate).includes('hub'),
      },
    },
    recordedLog(),
  );
  const ask = async (name: string) => {
    const client = createHttpClient({ credentials: await authority.issue(name) });
    const outcome = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs: 5_000 });
    await client.close();
    return outcome.kind;
  };
  assert.deepEqual([await ask('hub'), await ask('other'), await ask('hub')], ['answer', 'failed', 'answer']);
  assert.deepEqual(asked, ['hub', 'hub']);
  await server.close(0);
});
