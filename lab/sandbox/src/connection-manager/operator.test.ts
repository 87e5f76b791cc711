import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { createHttpClient, recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import { FLAWS, makeAuthority, signRequest } from './certificates/hub-authority.ts';
import { type ConnectionManagerOptions, type ConnectionManagerServer, startConnectionManagerServer } from './connection-manager-server.ts';
import type { ConnectionManagerFault } from './faults/fault.ts';
import type { Enrolment } from './records.ts';
import { makeRequest, type ScriptedClient, scriptedClient, type Told } from './scripted-client.ts';

const http = createHttpClient({});
const folder = mkdtempSync(join(tmpdir(), 'pm-connection-manager-'));
after(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});
const tools = { clock: systemClock, random: systemRandom, keyBits: 2048 };
const request = await makeRequest('CN=greenbank');
const path = '/dfsps/greenbank';
const inbound = `${path}/enrollments/inbound`;

async function start(
  t: TestContext,
  options: Partial<ConnectionManagerOptions> = {},
): Promise<{ server: ConnectionManagerServer; client: ScriptedClient }> {
  const server = await startConnectionManagerServer({ log: recordedLog(), keyBits: 1024, ...options });
  t.after(() => server.stop());
  const { clientId, clientSecret } = await server.operator.register('greenbank');
  return { server, client: await scriptedClient(http, server, clientId, clientSecret.reveal()) };
}

const of = <T>(told: Told, status = 200): T => {
  assert.equal(told.status, status, told.text);
  return told.json as T;
};
const enrol = async (client: ScriptedClient): Promise<Enrolment> =>
  of(await client.call(`POST ${inbound}`, { body: { clientCSR: request.csr } }));

/** Calls the operator's API. */
async function operate(server: ConnectionManagerServer, operation: string, body?: object): Promise<Told> {
  const [method = '', target = ''] = operation.split(' ');
  const url = `${server.operatorUrl}${target}`;
  const outcome = await http.request({ method, url, headers: {}, timeoutMs: 5_000, ...(body && { body: JSON.stringify(body) }) });
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  const text = Buffer.from(outcome.body).toString();
  return { status: outcome.status, headers: outcome.headers, text, json: JSON.parse(text) };
}

/** Waits until the server has changed something and `done` says that it is what was waited for. */
function changed(server: ConnectionManagerServer, done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!done()) return;
      end();
      resolve();
    };
    const end = server.onChange(check);
    check();
  });
}

test('a DFSP that sends all that is its own is signed and onboarded without anybody', async (t) => {
  const { server, client } = await start(t, { keyBits: 2048 });
  const ca = await makeAuthority({ CN: 'Green Bank CA', O: 'Green Bank' }, 365, tools);
  await client.call(`POST ${path}/ca`, { body: { rootCertificate: ca.certificate } });
  const [hubs] = of<Enrolment[]>(await client.call(`GET ${path}/enrollments/outbound`));
  const upload = async (flaw?: 'wrong-key'): Promise<void> => {
    const order = { csr: hubs?.csr ?? '', commonName: 'connector', ttlSeconds: 60, ...(flaw && { flaw }) };
    const certificate = await signRequest(order, ca, tools);
    await client.call(`POST ${path}/enrollments/outbound/${hubs?.id}/certificate`, { body: { certificate } });
  };
  await client.call(`POST ${path}/endpoints/egress`, { body: { ipList: [{ address: '127.0.0.1' }] } });
  await client.call(`POST ${path}/endpoints/ingress`, { body: { url: 'https://localhost:4000' } });
  await upload('wrong-key');
  assert.equal(server.members()[0]?.onboarded, false);
  await upload();
  const [member] = server.members();
  assert.deepEqual(
    [member?.onboarded, member?.ingressUrl, member?.credentials?.trustedCas],
    [true, 'https://localhost:4000', `${ca.certificate.trim()}\n`],
  );
  assert.deepEqual(of(await client.call(`POST ${path}/onboard`)), {}, 'once more by hand');
  const other = await server.operator.register('redbank');
  const redbank = await scriptedClient(http, server, other.clientId, other.clientSecret.reveal());
  await redbank.call('POST /dfsps/redbank/endpoints/egress', { body: {} });
  assert.equal(of<{ payload: string }>(await client.call(`POST ${path}/onboard`), 500).payload, 'TypeError', "a hole in another's egress");
  const { id, state } = await enrol(client);
  assert.equal(state, 'CSR_LOADED', 'the answer comes before the signing');
  await changed(server, () => server.operator.list()[0]?.enrolments[0]?.state === 'CERT_SIGNED');
  assert.equal(of<Enrolment>(await client.call(`GET ${inbound}/${id}`)).validationState, 'VALID');
});

test('with automatic signing off, the operator signs, rejects and loses enrolments, over HTTP', async (t) => {
  const { server, client } = await start(t);
  of(await operate(server, 'PUT /settings', { autoSign: false, certificateSeconds: 3_600 }));
  const { id } = await enrol(client);
  of(await operate(server, `POST /dfsps/greenbank/enrolments/${id}/reject`, { reason: 'wrong name' }));
  const rejected = of<Enrolment>(await client.call(`GET ${inbound}/${id}`));
  assert.deepEqual([rejected.state, rejected.validationState], ['INVALID', 'INVALID']);
  assert.match(JSON.stringify(rejected.validations), /Rejected by the hub: wrong name/);
  of(await operate(server, `POST /dfsps/greenbank/enrolments/${id}/sign`));
  const { certInfo } = of<Enrolment>(await client.call(`GET ${inbound}/${id}`));
  assert.ok(Date.parse(certInfo?.notAfter ?? '') - systemClock.now() <= 3_600_000);
  of(await operate(server, `DELETE /dfsps/greenbank/enrolments/${id}`));
  of(await client.call(`GET ${inbound}/${id}`), 404);
  of(await operate(server, `POST /dfsps/greenbank/enrolments/${id}/sign`), 404);
  of(await operate(server, 'POST /dfsps/nobody/onboard'), 404);
});

test('the operator over HTTP: DFSPs, keys, the hub CA, tokens, settings', async (t) => {
  const { server, client } = await start(t);
  const { clientSecret } = of<{ clientSecret: string }>(await operate(server, 'POST /dfsps', { fspId: 'redbank' }), 201);
  assert.equal(clientSecret, of<{ clientSecret: string }>(await operate(server, 'POST /dfsps', { fspId: 'redbank' }), 201).clientSecret);
  assert.notEqual(clientSecret, of<{ clientSecret: string }>(await operate(server, 'POST /dfsps/redbank/secret'), 201).clientSecret);
  of(await operate(server, 'PUT /dfsps/redbank/jws', {}));
  of(await operate(server, 'PUT /hub/jws', {}));
  assert.equal(of<object[]>(await client.call('GET /dfsps/jwscerts')).length, 2);
  of(await operate(server, 'PUT /hub/jws', { publicKey: 'garbage' }), 400);
  of(await operate(server, 'DELETE /dfsps/redbank/jws'));
  of(await operate(server, 'POST /dfsps/greenbank/hub-request'));
  assert.equal(of<object[]>(await client.call(`GET ${path}/enrollments/outbound`)).length, 2);
  of(await operate(server, 'DELETE /dfsps/redbank'));
  assert.equal(of<object[]>(await client.call('GET /dfsps/jwscerts')).length, 1);
  const { rootCertificate } = of<{ rootCertificate: string }>(await operate(server, 'POST /hub/ca', { name: 'New CA' }), 201);
  assert.equal(of<{ rootCertificate: string }>(await client.call('GET /hub/ca')).rootCertificate, rootCertificate);
  of(await operate(server, 'POST /hub/server-certificate'));
  of(await operate(server, 'POST /hub/retire'));
  of(await operate(server, 'POST /tokens/revoke'));
  of(await client.call('GET /hub/ca'), 401);
  const wrong = [{ signDelayMs: -1 }, { autoSign: 'yes' }, { more: 1 }];
  for (const settings of wrong) of(await operate(server, 'PUT /settings', settings), 400);
  assert.doesNotMatch((await operate(server, 'GET /dfsps')).text, /PRIVATE KEY|[Ss]ecret/);
  of(await operate(server, 'GET /nowhere'), 404);
  of(await operate(server, 'GET /%zz'), 400);
});

describe('faults', () => {
  const listPath = `GET ${path}/enrollments/outbound`;

  test('each does to an answer what it says, as often as it says', async (t) => {
    const { server, client } = await start(t);
    const under = async (action: ConnectionManagerFault, operation: string): Promise<Told> => {
      server.operator.faults.add({ operation: '*', nth: 1, count: 1, action });
      const told = await client.call(operation);
      assert.equal((await client.call(operation)).status, 200, 'the next one is well');
      server.operator.faults.remove();
      return told;
    };
    const statuses = [401, 403, 404, 500, 502, 503];
    for (const status of statuses) assert.equal((await under({ kind: 'refuse', status }, 'GET /hub/ca')).status, status);
    const garbage = await under({ kind: 'garbage' }, 'GET /hub/ca');
    assert.deepEqual([garbage.status, garbage.json], [200, undefined]);
    const empty = await under({ kind: 'empty' }, 'GET /hub/ca');
    assert.deepEqual([empty.status, empty.headers['content-length']], [200, '0']);
    assert.equal((await under({ kind: 'reset' }, 'GET /hub/ca')).status, 0);
    assert.equal((await under({ kind: 'execute-then-reset' }, 'GET /hub/ca')).status, 0);
    const bare = await under({ kind: 'without', member: 'rootCertificate' }, 'GET /hub/ca');
    assert.deepEqual(bare.json, { validationState: 'VALID', type: 'INTERNAL' });
    assert.equal(Array.isArray((await under({ kind: 'not-a-list' }, listPath)).json), false);
    assert.equal(Array.isArray((await under({ kind: 'holes' }, listPath)).json), true);
    const before = systemClock.monotonic();
    await under({ kind: 'delay', ms: 60 }, 'GET /hub/ca');
    assert.ok(systemClock.monotonic() - before >= 55);
  });

  test('the peers list with holes: null, entries without name, date or key, a text, one twice', async (t) => {
    const { server, client } = await start(t);
    await server.operator.putJws(undefined, 'greenbank');
    server.operator.faults.add({ operation: 'GET /dfsps/jwscerts', nth: 1, action: { kind: 'holes' } });
    const list = of<(Record<string, unknown> | null | string)[]>(await client.call('GET /dfsps/jwscerts'));
    const missing = list.map((one) =>
      typeof one === 'object' && one !== null ? ['dfspId', 'createdAt', 'publicKey'].filter((name) => !(name in one)).join() : one,
    );
    assert.deepEqual(missing, [null, 'dfspId,createdAt,publicKey', 'dfspId', 'createdAt', 'publicKey', 'text', '', '']);
  });

  test('silence ends with the server, not with an answer', async (t) => {
    const { server, client } = await start(t);
    server.operator.faults.add({ operation: 'GET /hub/ca', nth: 1, action: { kind: 'silence' } });
    const asked = client.call('GET /hub/ca');
    await client.call('GET /health');
    await server.stop();
    assert.equal((await asked).status, 0);
  });

  test('the token endpoint and the health are struck only by their names', async (t) => {
    const { server } = await start(t);
    const { clientSecret } = await server.operator.register('greenbank');
    const login = async (): Promise<string> => (await scriptedClient(http, server, 'greenbank', clientSecret.reveal())).token;
    server.operator.faults.add({ operation: '*', nth: 1, action: { kind: 'refuse', status: 500 } });
    assert.notEqual(await login(), '');
    server.operator.faults.add({ operation: 'POST /token', nth: 1, action: { kind: 'refuse', status: 503 } });
    assert.equal(await login(), '');
  });

  test('each flaw of a certificate is in it', async (t) => {
    const { client, server } = await start(t, { settings: { autoSign: false } });
    const { id } = await enrol(client);
    const hubCa = of<{ rootCertificate: string }>(await client.call('GET /hub/ca')).rootCertificate;
    const { X509Certificate, createPublicKey } = await import('node:crypto');
    const root = new X509Certificate(hubCa);
    const own = createPublicKey(request.privateKey);
    const seen: Record<string, unknown> = {};
    for (const flaw of FLAWS) {
      of(await operate(server, 'POST /faults', { fspId: 'greenbank', count: 1, action: { kind: 'flaw', flaw } }), 201);
      of(await client.call(`POST ${inbound}/${id}/sign`));
      const enrolment = of<Enrolment>(await client.call(`GET ${inbound}/${id}`));
      const certificate = new X509Certificate(enrolment.certificate ?? '');
      const now = systemClock.now();
      seen[flaw] = [
        enrolment.state,
        enrolment.validationState,
        certificate.publicKey.equals(own) && 'key',
        certificate.verify(root.publicKey) && 'ca',
        certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime() && 'dates',
        certificate.keyUsage.length,
      ].join(' ');
    }
    assert.deepEqual(seen, {
      'wrong-key': 'CERT_SIGNED INVALID false ca dates 2',
      'wrong-ca': 'CERT_SIGNED VALID key false dates 2',
      expired: 'CERT_SIGNED VALID key ca false 2',
      'not-yet-valid': 'CERT_SIGNED VALID key ca false 2',
      'server-only': 'CERT_SIGNED VALID key ca dates 1',
      invalid: 'CERT_SIGNED INVALID key ca dates 2',
    });
  });

  test('over HTTP: listed with what they did, removed, refused when they make no sense', async (t) => {
    const { server, client } = await start(t);
    const { id } = of<{ id: string }>(
      await operate(server, 'POST /faults', { operation: 'GET /hub/ca', action: { kind: 'refuse', status: 403 } }),
      201,
    );
    await client.call('GET /hub/ca');
    const { faults } = of<{ faults: { id: string; struck: number }[] }>(await operate(server, 'GET /faults'));
    assert.deepEqual(
      faults.map((fault) => [fault.id, fault.struck]),
      [[id, 1]],
    );
    of(await operate(server, `DELETE /faults/${id}`));
    of(await operate(server, `DELETE /faults/${id}`), 404);
    const wrong = [
      {},
      { action: { kind: 'explode' } },
      { action: { kind: 'refuse', status: 200 } },
      { operation: 'hub', action: { kind: 'reset' } },
      { nth: 0, action: { kind: 'reset' } },
    ];
    for (const fault of wrong) assert.match(of<{ message: string }>(await operate(server, 'POST /faults', fault), 400).message, /must be/);
  });
});

test('the same folder goes on: CA, enrolments, secrets and ids; what was to be signed is signed; the file is for its owner only', async (t) => {
  const options = { folder, settings: { autoSign: false } };
  const first = await start(t, options);
  const { id } = await enrol(first.client);
  const { clientSecret } = await first.server.operator.register('greenbank');
  const hubCa = (await first.client.call('GET /hub/ca')).text;
  await first.server.stop();
  const file = join(folder, 'connection-manager.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(readFileSync(file, 'utf8'), /PRIVATE KEY/);
  const second = await start(t, { folder });
  const again = await second.server.operator.register('greenbank');
  assert.equal(again.clientSecret.reveal(), clientSecret.reveal());
  assert.equal((await second.client.call('GET /hub/ca')).text, hubCa);
  await changed(second.server, () => second.server.operator.list()[0]?.enrolments[0]?.state === 'CERT_SIGNED');
  assert.equal(of<Enrolment>(await second.client.call(`GET ${inbound}/${id}`)).state, 'CERT_SIGNED');
});

test("the hub's server certificate is issued anew at a start shortly before its end, and not before", async (t) => {
  const own = join(folder, 'server-certificate');
  const servedAfter = async (days: number): Promise<string | undefined> => {
    const clock = { now: () => systemClock.now() + days * 86_400_000, monotonic: () => systemClock.monotonic() };
    const { server } = await start(t, { folder: own, clock });
    await server.stop();
    return server.hubCredentials()?.certificate;
  };
  const first = await servedAfter(0);
  assert.equal(await servedAfter(340), first);
  assert.notEqual(await servedAfter(360), first);
});

test('no private key and no secret is in an answer or in the log', async (t) => {
  const log = recordedLog();
  const { server, client } = await start(t, { log });
  await enrol(client);
  const answers: string[] = [];
  for (const part of ['ca', 'enrollments/inbound', 'enrollments/outbound', 'jwscerts', 'status', 'endpoints', 'servercerts'])
    answers.push((await client.call(`GET ${path}/${part}`)).text);
  for (const whole of ['hub/ca', 'hub/servercerts', 'dfsps', 'dfsps/jwscerts', 'dfsps/states-status'])
    answers.push((await client.call(`GET /${whole}`)).text);
  for (const own of ['', 'dfsps', 'faults']) answers.push((await operate(server, `GET /${own}`)).text);
  const { clientSecret } = await server.operator.register('greenbank');
  const all = `${answers.join('\n')}\n${JSON.stringify(log)}`;
  assert.doesNotMatch(all, /PRIVATE KEY/);
  assert.equal(all.includes(clientSecret.reveal()), false);
});
