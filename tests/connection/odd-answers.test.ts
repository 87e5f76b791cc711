import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import {
  ARTEFACTS,
  type Artefact,
  type ConnectionManagerClient,
  clientCredentials,
  connectionManagerApi,
  startConnectionManagerClient,
} from '@payment-manager/connection-manager-client';
import {
  createHttpClient,
  createMetrics,
  type PooledHttpClient,
  recordedLog,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import { type ConnectionManagerFault, type ConnectionManagerServer, startConnectionManagerServer } from '@payment-manager/sandbox';
import { type Environment, memoryStore, openVault, type Vault } from '@payment-manager/vault';
import { until } from '../scheme/waiting.ts';

const fspId = 'bank-a';
const log = recordedLog();
let server: ConnectionManagerServer;
let vault: Vault;
let environment: Environment;
let http: PooledHttpClient;
let client: ConnectionManagerClient;

/** The client as the product starts it: HTTP, tokens, RSA keys, the system's clock. */
async function startClient(): Promise<ConnectionManagerClient> {
  const { clientId, clientSecret } = await server.operator.register(fspId);
  const token = clientCredentials({ tokenUrl: server.tokenUrl, clientId, secret: async () => clientSecret, http, clock: systemClock });
  return startConnectionManagerClient({
    api: connectionManagerApi({ url: server.url, http, token, timeoutMs: 1_000 }),
    environment,
    wanted: {
      fspId,
      subject: { commonName: fspId, organization: 'Bank A', country: 'KE' },
      dnsNames: ['localhost'],
      ips: ['127.0.0.1'],
      connectorFqdn: 'connector.bank-a.example',
      ingressUrl: 'https://localhost:4001',
      egress: [{ address: '127.0.0.1', ports: ['443'] }],
      keyAlgorithm: 'RSA-2048',
    },
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    log,
    metrics: createMetrics(),
    leads: () => true,
    pollMs: 60_000,
    propagationMs: 500,
  });
}

const standing = (artefact: Artefact) => {
  const found = client.conditions().find((one) => one.artefact === artefact);
  const { state = 'Failed', reason = 'STARTING', message = '', nextStep = '', details = [] } = found ?? {};
  return { state, reason, words: [message, nextStep, ...details].join(' | ') };
};

/** Looks until it is as it should be: what one artefact waits for, another brings. */
const becomes = (artefact: Artefact, state: 'Ready' | 'Failed'): Promise<unknown> =>
  until(`${artefact} is ${state}`, async () => {
    await client.look();
    return standing(artefact).state === state;
  });

before(async () => {
  server = await startConnectionManagerServer({ log });
  await server.operator.putJws();
  vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  environment = vault.environment('test');
  http = createHttpClient();
  client = await startClient();
  for (const artefact of ARTEFACTS) await becomes(artefact, 'Ready');
});
after(async () => {
  await client.stop();
  await http.close();
  await vault.close();
  await server.stop();
});

/** A call of ours that the client does not make, as an old installation or a person with our account would. */
async function asMember(method: string, path: string, body?: object): Promise<Response> {
  const { clientId, clientSecret } = await server.operator.register(fspId);
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret.reveal() });
  const { access_token: token } = (await (await fetch(server.tokenUrl, { method: 'POST', body: form })).json()) as { access_token: string };
  return fetch(`${server.url}/dfsps/${fspId}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** What was got must outlive every odd answer. */
async function inUse(): Promise<string> {
  const [client_, server_] = [await environment.credentials('tls-client'), await environment.credentials('tls-server')];
  const peers = await environment.trust.ids('peer-jws');
  return JSON.stringify([client_.keyId, client_.trustedCas, server_.keyId, (await environment.keys.signer()).keyId, peers]);
}

const odd: readonly [string, ConnectionManagerFault, Artefact, string, string][] = [
  ['a hub CA that is valid and empty', { kind: 'without', member: 'rootCertificate' }, 'HUB_CA', 'GET /hub/ca', 'HUB_HAS_NO_CA'],
  ['a list that is none', { kind: 'not-a-list' }, 'HUB_CLIENT_CERT', 'GET /dfsps/{dfspId}/enrollments/outbound', 'GARBAGE'],
  ['a list with holes', { kind: 'holes' }, 'PEER_JWS', 'GET /dfsps/jwscerts', 'PEER_KEYS_UNUSABLE'],
  ['no body', { kind: 'empty' }, 'PEER_JWS', 'GET /dfsps/jwscerts', 'GARBAGE'],
  ['a page', { kind: 'garbage' }, 'DFSP_CA', 'GET /dfsps/{dfspId}/ca', 'GARBAGE'],
  ['silence', { kind: 'silence' }, 'DFSP_CLIENT_CERT', 'GET /dfsps/{dfspId}/enrollments/inbound', 'UNREACHABLE'],
  ['a broken connection', { kind: 'reset' }, 'ENDPOINTS', 'GET /dfsps/{dfspId}/endpoints/egress', 'UNREACHABLE'],
  [
    '401 that a new token does not cure',
    { kind: 'refuse', status: 401, message: 'connect ECONNREFUSED' },
    'OAUTH',
    'GET /dfsps',
    'REFUSED',
  ],
  ['403', { kind: 'refuse', status: 403 }, 'DFSP_SERVER_CERT', 'GET /dfsps/{dfspId}/servercerts', 'REFUSED'],
  ['500', { kind: 'refuse', status: 500 }, 'DFSP_JWS', 'GET /dfsps/jwscerts', 'SERVER_ERROR'],
  ['a bad request', { kind: 'refuse', status: 400 }, 'DFSP_CA', 'GET /dfsps/{dfspId}/ca', 'INVALID'],
];

describe('the Connection Manager’s odd answers, over HTTP', () => {
  for (const [name, action, artefact, operation, reason] of odd)
    test(`${name}: the reason is told with the next step, what is in use stays, and it is over when it is over`, async () => {
      const before = await inUse();
      const fault = server.operator.faults.add({ operation, nth: 1, action });
      await until(reason, async () => {
        await client.look(artefact);
        return standing(artefact).reason === reason;
      });
      assert.equal(await inUse(), before);
      assert.match(standing(artefact).words, /\S \| \S/);
      server.operator.faults.remove(fault.id);
      await becomes(artefact, 'Ready');
      assert.equal(await inUse(), before);
    });

  const flaws: readonly [string, ConnectionManagerFault, RegExp][] = [
    ['for another key', { kind: 'flaw', flaw: 'wrong-key' }, /another key/],
    ['of another CA', { kind: 'flaw', flaw: 'wrong-ca' }, /does not lead to the hub's CA/],
    ['that has ended', { kind: 'flaw', flaw: 'expired' }, /is valid from .* to/],
    ['that is not valid yet', { kind: 'flaw', flaw: 'not-yet-valid' }, /is valid from/],
    ['for servers only', { kind: 'flaw', flaw: 'server-only' }, /not for a TLS client/],
  ];
  for (const [name, action, words] of flaws)
    test(`a certificate ${name} is not used, and the right one is when the operator signs again`, async () => {
      const { keyId } = await environment.credentials('tls-client');
      const fault = server.operator.faults.add({ operation: '*', nth: 1, count: 1, action });
      await client.renew('DFSP_CLIENT_CERT', 'a test');
      await becomes('DFSP_CLIENT_CERT', 'Failed');
      assert.match(standing('DFSP_CLIENT_CERT').words, words);
      assert.equal((await environment.credentials('tls-client')).keyId, keyId);
      server.operator.faults.remove(fault.id);
      const enrolments = server.operator.list().find((one) => one.fspId === fspId)?.enrolments ?? [];
      await server.operator.sign(fspId, Math.max(...enrolments.map(({ id }) => id)));
      await becomes('DFSP_CLIENT_CERT', 'Ready');
      assert.notEqual((await environment.credentials('tls-client')).keyId, keyId);
    });

  test('whatever a call that was done and not answered did, it is not done twice', async () => {
    const enrolments = () => server.operator.list().find((one) => one.fspId === fspId)?.enrolments.length ?? 0;
    const before = enrolments();
    server.operator.faults.add({
      operation: 'POST /dfsps/{dfspId}/enrollments/inbound',
      nth: 1,
      count: 1,
      action: { kind: 'execute-then-reset' },
    });
    await client.renew('DFSP_CLIENT_CERT', 'a test');
    await until('renewed', async () => {
      await client.look('DFSP_CLIENT_CERT');
      return (await environment.keys.list('tls-client')).every(({ state }) => state !== 'pre-active');
    });
    assert.equal(enrolments(), before + 1);
    server.operator.faults.remove();
  });

  test('a server whose every answer is 401 does not cause a log-in for each', async () => {
    const before = server.operator.logins;
    server.operator.faults.add({ operation: '*', nth: 1, action: { kind: 'refuse', status: 401, message: 'connect ECONNREFUSED' } });
    for (let n = 0; n < 10; n++) await client.look();
    assert.ok(server.operator.logins - before <= 2, `${server.operator.logins - before} log-ins`);
    assert.match(standing('OAUTH').words, /connect ECONNREFUSED/);
    server.operator.faults.remove();
    for (const artefact of ARTEFACTS) await becomes(artefact, 'Ready');
  });

  test('the hub’s CA is rotated: ours follows, and both are trusted meanwhile', async () => {
    const former = await environment.credentials('tls-client');
    const root = new X509Certificate(await server.operator.rotateHubCa('The hub’s next CA'));
    await becomes('HUB_CA', 'Ready');
    await until('a certificate of the new CA', async () => {
      await client.look('DFSP_CLIENT_CERT');
      return new X509Certificate((await environment.credentials('tls-client')).certificate).verify(root.publicKey);
    });
    const { trustedCas } = await environment.credentials('tls-client');
    assert.ok(trustedCas.includes(former.trustedCas.trim()) && trustedCas.length > former.trustedCas.length);
  });

  test('our own CA is renewed: our server is believed by whoever knows one of both, and the hub’s certificate follows', async () => {
    const [former] = await environment.authority.chain();
    await client.renew('DFSP_CA', 'a test');
    await until('the new CA is published, and signs', async () => {
      await client.look();
      return (['DFSP_CA', 'DFSP_SERVER_CERT', 'HUB_CLIENT_CERT'] as const).every((artefact) => standing(artefact).state === 'Ready');
    });
    const [root = ''] = await environment.authority.chain();
    assert.notEqual(root, former);
    const member = server.members().find((one) => one.fspId === fspId);
    assert.ok(member?.credentials?.trustedCas.includes(root.trim()));
    const { privateKey, certificate } = await environment.credentials('tls-server');
    for (const trusted of [former, root]) {
      const listener = createServer({ cert: certificate, key: privateKey.reveal() }, (socket) => socket.end());
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      const { port } = listener.address() as AddressInfo;
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...(trusted && { ca: trusted }) });
      await once(socket, 'secureConnect');
      assert.ok(socket.authorized);
      socket.destroy();
      listener.close();
    }
  });

  test('a refusal of one operation is told of that one, and the others go on', async () => {
    const before = server.operator.logins;
    const message = 'user does not have the required roles [ mta pta dfsp ]';
    const fault = server.operator.faults.add({ operation: 'GET /hub/ca', nth: 1, action: { kind: 'refuse', status: 401, message } });
    for (let n = 0; n < 5; n++) await client.look();
    assert.deepEqual(
      client.conditions().flatMap(({ artefact, state }) => (state === 'Ready' ? [] : [artefact])),
      ['HUB_CA'],
    );
    assert.match(standing('HUB_CA').words, /required roles.*give this client's account the role/);
    assert.ok(server.operator.logins - before <= 1);
    server.operator.faults.remove(fault.id);
    await becomes('HUB_CA', 'Ready');
  });

  test('what somebody overwrites or erases at the server under our name is put right', async () => {
    const post = (path: string, body: object) => asMember('POST', path, body);
    await post('ca', {});
    await post('endpoints/egress', {});
    await post('endpoints/ingress', { url: '' });
    await post('jwscerts', { publicKey: 'garbage' });
    assert.equal((await asMember('DELETE', 'servercerts')).status, 200);
    const outbound = (await (await asMember('GET', 'enrollments/outbound')).json()) as { id: number }[];
    const newest = Math.max(...outbound.map(({ id }) => id));
    const [strange = ''] = [(await environment.trust.trusted('hub-ca', 'hub'))[0]?.chain?.[0]];
    await post(`enrollments/outbound/${newest}/certificate`, { certificate: strange });
    const before = await inUse();
    for (const artefact of ARTEFACTS) await becomes(artefact, 'Ready');
    assert.equal(await inUse(), before);
    const ca = (await (await asMember('GET', 'ca')).json()) as { rootCertificate: string };
    assert.match(ca.rootCertificate, /BEGIN CERTIFICATE/);
    const key = (await (await asMember('GET', 'jwscerts')).json()) as { publicKey: string; validationState: string };
    assert.equal(key.validationState, 'VALID');
    assert.equal(standing('DFSP_JWS').reason, 'FOREIGN_KEY', 'and a key of somebody else under our name is told');
    const egress = (await (await asMember('GET', 'endpoints/egress')).json()) as { ipList: object[] };
    assert.equal(egress.ipList.length, 1);
  });

  test('a request that the server has lost, or that somebody posted twice, ends with one certificate in use', async () => {
    server.operator.change({ autoSign: false });
    await client.renew('DFSP_CLIENT_CERT', 'a test');
    const enrolments = () => server.operator.list().find((one) => one.fspId === fspId)?.enrolments ?? [];
    const waits = () =>
      until('it waits', async () => {
        await client.look('DFSP_CLIENT_CERT');
        return standing('DFSP_CLIENT_CERT').reason === 'WAITING_FOR_HUB';
      });
    const last = () => Math.max(...enrolments().map(({ id }) => id));
    await waits();
    const lost = last();
    server.operator.lose(fspId, lost);
    await waits();
    assert.ok(last() > lost, 'it was posted again');
    const { csr } = (await (await asMember('GET', `enrollments/inbound/${last()}`)).json()) as { csr: string };
    await asMember('POST', 'enrollments/inbound', { clientCSR: `${csr}\n` });
    const twice = enrolments()
      .map(({ id }) => id)
      .sort((one, other) => one - other)
      .slice(-2);
    await server.operator.sign(fspId, twice[1] ?? 0, 'wrong-ca');
    await server.operator.sign(fspId, twice[0] ?? 0);
    await becomes('DFSP_CLIENT_CERT', 'Ready');
    const own = await environment.keys.list('tls-client');
    assert.equal(own.filter(({ state }) => state === 'active' || state === 'pre-active').length, 1);
    server.operator.change({ autoSign: true });
  });

  test('a request that the hub rejects, and signs all the same, is used when it is sound, and the mark is told', async () => {
    server.operator.change({ autoSign: false });
    const { keyId } = await environment.credentials('tls-client');
    await client.renew('DFSP_CLIENT_CERT', 'a test');
    await until('it waits', async () => {
      await client.look('DFSP_CLIENT_CERT');
      return standing('DFSP_CLIENT_CERT').reason === 'WAITING_FOR_HUB';
    });
    const id = Math.max(...(server.operator.list().find((one) => one.fspId === fspId)?.enrolments ?? []).map((one) => one.id));
    server.operator.reject(fspId, id, 'O must be the registered name');
    await becomes('DFSP_CLIENT_CERT', 'Failed');
    assert.match(standing('DFSP_CLIENT_CERT').words, /O must be the registered name/);
    assert.match(standing('DFSP_CLIENT_CERT').words, /Another request is made automatically on/);
    assert.equal((await environment.credentials('tls-client')).keyId, keyId);
    await server.operator.sign(fspId, id, 'invalid');
    await becomes('DFSP_CLIENT_CERT', 'Ready');
    assert.match(standing('DFSP_CLIENT_CERT').words, /marks it INVALID \(enrolment \d+: .*planted/);
    assert.notEqual((await environment.credentials('tls-client')).keyId, keyId);
    server.operator.change({ autoSign: true });
  });

  test('a DFSP that the hub has deleted is told by 401, loses nothing, and is there again when it is registered anew', async () => {
    const before = await inUse();
    server.operator.remove(fspId);
    await until('it is told', async () => {
      await client.look();
      return client.conditions().filter(({ state }) => state === 'Failed').length >= 5;
    });
    assert.match(standing('DFSP_CA').words, /DFSP with id bank-a not found.*Ask the hub to register/);
    assert.equal(await inUse(), before);
  });

  test('a new process over the same vault makes nothing anew', async () => {
    await client.stop();
    const before = await inUse();
    client = await startClient();
    for (const artefact of ARTEFACTS) await becomes(artefact, 'Ready');
    assert.equal(await inUse(), before);
    assert.ok(!JSON.stringify([log.lines, client.conditions()]).includes('PRIVATE KEY'));
  });
});
