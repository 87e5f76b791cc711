import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { openVaultServer, type VaultServer } from '../../lab/sandbox/src/index.ts';
import {
  type Clock,
  createHttpClient,
  recordedLog,
  Secret,
  startHttpServer,
  systemClock,
  systemRandom,
  threadPoolSignatures,
  virtualTime,
} from '../../packages/runtime/src/index.ts';
import {
  type HashicorpLogin,
  hashicorpClient,
  memoryStore,
  openKeyValueStore,
  openVault,
  pkiAuthority,
  type VaultError,
} from '../../packages/vault/src/index.ts';
import { testStore } from '../../packages/vault/src/store/store.conformance.ts';
import { testVault } from '../../packages/vault/src/vault.conformance.ts';

const canary = 'canary-5ecret-id-0123456789';
const login: HashicorpLogin = { appRole: { roleId: 'payment-manager', secretId: async () => new Secret(canary) } };
const doing = { by: 'a test', why: 'to see' };

/** A stand-in of HashiCorp Vault on a socket, and clients for it. */
async function startServer(clock: Clock = systemClock) {
  const server: VaultServer = await openVaultServer({
    login: {
      appRole: { roleId: 'payment-manager', secretId: canary },
      kubernetes: { role: 'payment-manager', jwt: canary },
      ttlSeconds: 3_600,
      maxTtlSeconds: 10_000,
    },
    roles: {
      clients: { usage: 'client', maxTtlSeconds: 90 * 86_400 },
      servers: { usage: 'server', maxTtlSeconds: 30 * 86_400, allowedDomains: ['.example', '127.0.0.1'] },
    },
    clock,
    random: systemRandom,
  });
  const listening = await startHttpServer(
    { host: '127.0.0.1', port: 0, handler: server.handler, maxBodyBytes: 4_000_000, refuse: () => ({ status: 500 }) },
    recordedLog(),
  );
  const http = createHttpClient();
  return {
    server,
    url: listening.url,
    client: (how: HashicorpLogin = login) => hashicorpClient({ url: listening.url, login: how, http, clock }),
    async stop() {
      await http.close();
      await listening.close(0);
    },
  };
}

type Running = Awaited<ReturnType<typeof startServer>>;
const inServer = async (run: (running: Running) => Promise<void>, clock?: Clock): Promise<void> => {
  const running = await startServer(clock);
  try {
    await run(running);
  } finally {
    await running.stop();
  }
};

for (const mount of ['kv1', 'kv2']) {
  testStore(`HashiCorp ${mount}`, {
    async open() {
      const running = await startServer();
      const again = () => openKeyValueStore({ client: running.client(), mount });
      return { store: await again(), again, end: () => running.stop() };
    },
  });

  testVault(`vault in HashiCorp ${mount}`, {
    writersCompete: mount === 'kv2',
    async open() {
      const running = await startServer();
      const store = () => openKeyValueStore({ client: running.client(), mount });
      const again = async () =>
        openVault({ store: await store(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
      const contents = async (): Promise<string> => {
        const opened = await store();
        const bodies = await Promise.all([...(await opened.list()).keys()].map(async (path) => (await opened.read(path)).body));
        return bodies.map((body) => Buffer.from(body).toString('utf8').replaceAll('\\n', '\n')).join('\n');
      };
      return { vault: await again(), again, contents, end: () => running.stop() };
    },
  });
}

test('HashiCorp: a token is renewed late in its life, replaced when it cannot be renewed any more, and by one log-in for all who wait', async () => {
  const time = virtualTime();
  await inServer(async ({ server, client }) => {
    const own = client();
    const ask = () => own.request('GET', 'kv1/x');
    await Promise.all([ask(), ask(), ask()]);
    assert.equal(server.logins, 1);
    // Renewed at two thirds of an hour, again and again, up to the 10,000 s that the server allows.
    for (let seconds = 0; seconds < 9_000; seconds += 1_000) {
      await time.advance(1_000_000);
      await ask();
    }
    assert.equal(server.logins, 1);
    await time.advance(3_000_000);
    await ask();
    assert.equal(server.logins, 2);
    // A whole day of rest: no timer kept it alive, and none is needed.
    await time.advance(86_400_000);
    await ask();
    assert.equal(server.logins, 3);
    server.revokeTokens();
    await Promise.all([ask(), ask()]);
    assert.ok(server.logins <= 5);
  }, time);
});

test('HashiCorp: log-in by Kubernetes and by a given token; wrong ones are refused in words without the secret', async () => {
  await inServer(async ({ client, url }) => {
    const kubernetes: HashicorpLogin = { kubernetes: { role: 'payment-manager', jwt: async () => new Secret(canary) } };
    assert.equal((await client(kubernetes).request('GET', 'kv1/x')).status, 404);
    const token = new Secret(((await loginBody(url)).auth as { client_token: string }).client_token);
    assert.equal((await client({ token }).request('GET', 'kv1/x')).status, 404);

    const wrong = `${canary}x`;
    const refusals = [
      client({ appRole: { roleId: 'payment-manager', secretId: async () => new Secret(wrong) } }),
      client({ kubernetes: { role: 'other', jwt: async () => new Secret(wrong) } }),
      client({ token: new Secret(wrong) }),
    ].map((one) =>
      one.request('GET', 'kv1/x').then(
        () => assert.fail('it was let in'),
        (error: VaultError) => error,
      ),
    );
    for (const error of await Promise.all(refusals)) {
      assert.equal(error.code, 'VAULT_REFUSED');
      assert.doesNotMatch(inspect(error, { depth: 9 }), /canary/);
    }
    await assert.rejects(client().request('GET', 'elsewhere/x'), { code: 'VAULT_REFUSED', message: /permission denied/ });
  });
});

async function loginBody(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/v1/auth/approle/login`, {
    method: 'POST',
    body: JSON.stringify({ role_id: 'payment-manager', secret_id: canary }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

test('HashiCorp: what the server quotes of a secret is cut out of the refusal', async () => {
  const echo = {
    request: async ({ body }: { body?: string | Uint8Array }) => ({
      kind: 'answer' as const,
      status: 400,
      headers: {},
      body: Buffer.from(JSON.stringify({ errors: [`cannot use ${String(body)}`, '-----BEGIN PRIVATE KEY-----\ncanary'] })),
    }),
  };
  const client = hashicorpClient({ url: 'https://vault.example', login, http: echo, clock: systemClock });
  await assert.rejects(client.request('GET', 'kv1/x'), (error: VaultError) => {
    assert.equal(error.code, 'VAULT_REFUSED');
    assert.doesNotMatch(inspect(error), /canary/);
    assert.match(error.message, /\[secret\]/);
    return true;
  });
});

test('HashiCorp: a server that is sealed or away is told apart from one that refuses; plain http goes to this machine only', async () => {
  const running = await startServer();
  const client = running.client();
  running.server.sealed = true;
  await assert.rejects(client.request('GET', 'kv1/x'), { code: 'VAULT_UNAVAILABLE', message: /sealed/ });
  running.server.sealed = false;
  assert.equal((await client.request('GET', 'kv1/x')).status, 404);
  const store = await openKeyValueStore({ client, mount: 'kv2' });
  await running.stop();
  await assert.rejects(store.read('a/secret/x'), { code: 'VAULT_UNAVAILABLE' });
  for (const url of ['http://vault.example:8200', 'vault.example', 'https://user:pass@vault.example'])
    assert.throws(() => hashicorpClient({ url, login, http: createHttpClient(), clock: systemClock }), { code: 'VAULT_UNAVAILABLE' }, url);
});

test('HashiCorp: an entry that a later version wrote is refused, one without a format is of the first', async () => {
  for (const mount of ['kv1', 'kv2']) {
    await inServer(async ({ client }) => {
      const own = client();
      const store = await openKeyValueStore({ client: own, mount });
      await store.write('a/secret/x', 0, Buffer.from('v'));
      const put = async (format: object): Promise<void> => {
        const entry = { ...format, body: Buffer.from('w').toString('base64') };
        const path = 'payment-manager/a/secret/x';
        const { revision } = await store.read('a/secret/x');
        if (mount === 'kv1') await own.request('POST', `kv1/${path}`, { ...entry, revision });
        else await own.request('POST', `kv2/data/${path}`, { options: { cas: revision }, data: entry });
      };
      await put({});
      assert.equal(Buffer.from((await store.read('a/secret/x')).body).toString(), 'w', mount);
      await put({ format: 2 });
      await assert.rejects(store.read('a/secret/x'), { code: 'VAULT_NEWER' }, mount);
    });
  }
});

test('HashiCorp: a write whose answer was lost is found to be stored, once', async () => {
  for (const mount of ['kv1', 'kv2']) {
    await inServer(async ({ server, client }) => {
      const store = await openKeyValueStore({ client: client(), mount });
      await store.write('a/secret/x', 0, Buffer.from('one'));
      server.loseAnswers = 1;
      assert.equal(await store.write('a/secret/x', 1, Buffer.from('two')), true);
      assert.equal((await store.read('a/secret/x')).revision, 2);
    });
  }
});

test('HashiCorp: of a destroyed key no version is left on the server', async () => {
  await inServer(async ({ client }) => {
    const own = client();
    const store = await openKeyValueStore({ client: own, mount: 'kv2' });
    for (let seen = 0; seen < 3; seen++) await store.write('a/secret/x', seen, Buffer.from(`${seen}`));
    const { content } = await own.request('GET', 'kv2/metadata/payment-manager/a/secret/x');
    assert.deepEqual(Object.keys((content['data'] as { versions: object }).versions), ['3']);
  });
});

test('HashiCorp: its PKI signs our requests with the role for the use; the chain is for our key; its refusals are shown', async () => {
  await inServer(async ({ server, client }) => {
    const own = client();
    const vault = await openVault({
      store: await openKeyValueStore({ client: own, mount: 'kv2' }),
      clock: systemClock,
      random: systemRandom,
      signatures: threadPoolSignatures,
    });
    const { keys } = vault.environment('sandbox');
    const pki = pkiAuthority({ client: own, mount: 'pki', roles: { client: 'clients', server: 'servers' } });
    assert.deepEqual(
      (await pki.chain()).map((pem) => new X509Certificate(pem).fingerprint256),
      [new X509Certificate(server.certificate).fingerprint256],
    );

    const { id, publicKey } = await keys.generate('tls-server', doing, 'EC-P256');
    const request = (dns: string) =>
      keys.request('tls-server', id, { usage: 'server', subject: { commonName: dns }, names: { dns: [dns], ip: ['127.0.0.1'] } });
    await assert.rejects(pki.sign(await request('dfsp.elsewhere'), { usage: 'server', days: 10 }), {
      code: 'VAULT_REFUSED',
      message: /dfsp\.elsewhere not allowed by this role/,
    });
    const chain = await pki.sign(await request('dfsp.example'), { usage: 'server', days: 365 });
    await keys.storeChain('tls-server', id, chain.join('\n'));
    await keys.activate('tls-server', id, doing);
    const leaf = new X509Certificate(chain[0] ?? '');
    assert.ok(leaf.publicKey.equals(createPublicKey(publicKey)));
    assert.match(leaf.subjectAltName ?? '', /DNS:dfsp\.example.*IP Address:127\.0\.0\.1/);
    assert.ok(leaf.verify(new X509Certificate(server.certificate).publicKey));
    const days = (leaf.validToDate.getTime() - Date.now()) / 86_400_000;
    assert.ok(days > 29 && days <= 30, `the role's limit holds: ${days}`);

    const issued = await pki.issue('hub.example', { dns: ['hub.example'] }, { usage: 'client', days: 5 });
    assert.ok(new X509Certificate(issued.chain[0] ?? '').checkPrivateKey(createPrivateKey(issued.privateKey.reveal())));
    const imported = await keys.import('tls-client', doing, issued.privateKey);
    assert.equal((await keys.storeChain('tls-client', imported.id, issued.chain.join('\n'))).chain?.length, 2);
    assert.doesNotMatch(inspect(issued, { depth: 9 }), /PRIVATE/);
    await vault.close();
  });
});

test('HashiCorp: our CA in its PKI is taken over as it is, for one environment; what is certified otherwise than asked is refused', async () => {
  await inServer(async ({ server, client }) => {
    const engine = pkiAuthority({ client: client(), mount: 'pki', roles: { client: 'clients', server: 'servers' } });
    const store = await openKeyValueStore({ client: client(), mount: 'kv2' });
    const vault = await openVault({ store, engine, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
    const at = vault.environment('sandbox');
    const subject = { commonName: 'not used' };
    const ca = await at.authority.create(subject, 1, doing);
    await at.keys.activate('dfsp-ca', ca.id, doing);
    assert.deepEqual([ca.origin, ca.inHsm], ['PKI engine at pki', false]);
    assert.equal(
      new X509Certificate((await at.authority.chain())[0] ?? '').fingerprint256,
      new X509Certificate(server.certificate).fingerprint256,
    );
    await assert.rejects(at.authority.create(subject, 1, doing), { code: 'VAULT_KEY_STATE' });
    await assert.rejects(vault.environment('production').authority.create(subject, 1, doing), { code: 'VAULT_KEY_UNSUITABLE' });

    const { id } = await at.keys.generate('tls-client', doing, 'EC-P256');
    const request = await at.keys.request('tls-client', id, { usage: 'client', subject: { commonName: 'hub.example' } });
    const order = { usage: 'client', days: 5 } as const;
    assert.equal((await at.authority.sign(request, order)).length, 2);
    await assert.rejects(at.authority.sign(request, { ...order, subject: { commonName: 'dfsp.example' } }), {
      code: 'VAULT_REFUSED',
      message: /its CN is not dfsp\.example \(use_csr_common_name\)/,
    });
    await assert.rejects(
      pkiAuthority({ client: client(), mount: 'pki', roles: { client: 'servers', server: 'clients' } }).sign(request, order),
      { message: /it is for no TLS client/ },
    );
    await server.renewCa();
    await assert.rejects(at.authority.sign(request, order), {
      code: 'VAULT_CONFLICT',
      message: /CN=Vault stand-in CA 2, and the CA in use/,
    });
    const next = await at.authority.create(subject, 1, doing);
    await at.keys.activate('dfsp-ca', next.id, doing);
    assert.equal((await at.authority.sign(request, order)).length, 2);
    await vault.close();
  });
});

test('HashiCorp: when our CA moves there, servers are trusted by who knows only the former one', async () => {
  await inServer(async ({ server, client }) => {
    const store = { ...memoryStore(), close: async () => {} };
    const world = { store, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures };
    const local = await openVault(world);
    const { id } = await local.environment('sandbox').authority.create({ commonName: 'Former CA' }, 10, doing, 'EC-P256');
    await local.environment('sandbox').keys.activate('dfsp-ca', id, doing);
    const engine = pkiAuthority({ client: client(), mount: 'pki', roles: { client: 'clients', server: 'servers' } });
    const at = (await openVault({ ...world, engine })).environment('sandbox');
    await at.keys.activate('dfsp-ca', (await at.authority.create({ commonName: 'not used' }, 1, doing)).id, doing);
    const key = await at.keys.generate('tls-server', doing, 'EC-P256');
    const order = { usage: 'server', subject: { commonName: 'dfsp.example' }, names: { dns: ['dfsp.example'] } } as const;
    const chain = await at.authority.sign(await at.keys.request('tls-server', key.id, order), { usage: 'server', days: 5 });
    const read = chain.map((pem) => new X509Certificate(pem));
    assert.deepEqual(
      read.map(({ subject }) => subject),
      ['CN=dfsp.example', 'CN=Vault stand-in CA', 'CN=Former CA'],
    );
    for (const [n, one] of read.entries()) assert.ok(one.verify((read[n + 1] ?? one).publicKey));
    assert.ok(read[0]?.verify(new X509Certificate(server.certificate).publicKey));
  });
});
