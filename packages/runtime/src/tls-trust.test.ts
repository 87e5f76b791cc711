import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type TestAuthority, testAuthority } from '../test/test-authority.ts';
import { type Credentials, noCredentials } from './credentials.ts';
import { createHttpClient } from './http-client.ts';
import { startHttpServer } from './http-server.ts';
import { readCertificates } from './pem-certificates.ts';
import { recordedLog } from './simulated/recorded-log.ts';
import { clientTls, serverTls } from './tls-options.ts';
import { probeTls } from './tls-probe.ts';

let scheme: TestAuthority;
let own: Credentials;
before(async () => {
  scheme = await testAuthority('scheme CA');
  own = await scheme.issue('hub');
});

const server = (credentials: Credentials, requireClientCertificate: boolean) =>
  startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      handler: async ({ clientName = 'nobody' }) => ({ status: 200, body: clientName }),
      refuse: () => ({ status: 500 }),
      tls: { credentials, requireClientCertificate },
    },
    recordedLog(),
  );

describe('whom TLS trusts', () => {
  test('an empty list of CAs is refused by server, client and probe, because Node would take it for every public CA', async () => {
    for (const trustedCas of [
      '',
      '\n',
      '# our CA\n',
      'garbage',
      scheme.certificate.slice(0, 200),
      `${scheme.certificate}-----BEGIN CERTIFICATE`,
    ]) {
      const empty = { ...own, trustedCas };
      assert.throws(() => serverTls(empty, true), TypeError, JSON.stringify(trustedCas));
      assert.throws(() => clientTls(empty), TypeError, JSON.stringify(trustedCas));
      assert.throws(() => createHttpClient({ credentials: empty }), TypeError);
      await assert.rejects(server(empty, true), TypeError);
      await assert.rejects(probeTls({ host: '127.0.0.1', port: 9, credentials: empty, timeoutMs: 100 }), TypeError);
    }
  });

  test('a swap to an empty list is refused, and what was in use stays', async () => {
    const running = await server(own, true);
    const client = createHttpClient({ credentials: own });
    assert.throws(() => running.setCredentials({ ...own, trustedCas: '' }), TypeError);
    assert.throws(() => client.setCredentials({ ...own, trustedCas: '' }), TypeError);
    const outcome = await client.request({ method: 'GET', url: running.url, headers: {}, timeoutMs: 5_000 });
    assert.equal(outcome.kind === 'answer' && Buffer.from(outcome.body).toString(), 'hub');
    await client.close();
    await running.close(0);
  });

  test('a server that asks for no client certificate needs no CA, and trusts none', async () => {
    const running = await server({ ...own, trustedCas: '' }, false);
    const client = createHttpClient({ credentials: own });
    const outcome = await client.request({ method: 'GET', url: running.url, headers: {}, timeoutMs: 5_000 });
    assert.equal(outcome.kind === 'answer' && Buffer.from(outcome.body).toString(), 'nobody');
    await client.close();
    await running.close(0);
  });

  test('without credentials yet, a server refuses every handshake, and a client every server', async () => {
    const closed = await server(noCredentials, true);
    const open = await server(own, false);
    const [stranger, member] = [createHttpClient({ credentials: noCredentials }), createHttpClient({ credentials: own })];
    const asked = await member.request({ method: 'GET', url: closed.url, headers: {}, timeoutMs: 5_000 });
    assert.ok(asked.kind === 'failed' && asked.phase === 'tls');
    const sent = await stranger.request({ method: 'GET', url: open.url, headers: {}, timeoutMs: 5_000 });
    assert.ok(sent.kind === 'failed' && sent.code === 'TLS_UNTRUSTED_SERVER' && !sent.sent);
    await Promise.all([stranger.close(), member.close(), closed.close(0), open.close(0)]);
  });

  test('a bundle with words and other blocks between its certificates is read whole', async () => {
    const other = await testAuthority('another CA');
    const key = own.privateKey.reveal();
    const bundle = `# first\n${scheme.certificate}\n${key}\nsecond, until 2036\n${other.certificate}`;
    assert.deepEqual(
      readCertificates(bundle).map(({ subject }) => subject),
      ['CN=scheme CA', 'CN=another CA'],
    );
  });
});
