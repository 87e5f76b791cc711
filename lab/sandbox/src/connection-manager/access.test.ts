import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHttpClient, recordedLog, systemClock } from '@payment-manager/runtime';
import { type ConnectionManagerServer, startConnectionManagerServer } from './connection-manager-server.ts';
import { askToken, type ScriptedClient, scriptedClient, type Told } from './scripted-client.ts';

const http = createHttpClient({});
const operatorClient = { clientId: 'operator', clientSecret: 'of the hub' };
let server: ConnectionManagerServer;
let greenbank: ScriptedClient;
let operator: ScriptedClient;
let offsetMs = 0;

before(async () => {
  const clock = { now: () => systemClock.now() + offsetMs, monotonic: () => systemClock.monotonic() };
  server = await startConnectionManagerServer({ log: recordedLog(), operatorClient, clock, settings: { autoSign: false } });
  const { clientId, clientSecret } = await server.operator.register('greenbank');
  await server.operator.register('bluewallet');
  greenbank = await scriptedClient(http, server, clientId, clientSecret.reveal());
  operator = await scriptedClient(http, server, operatorClient.clientId, operatorClient.clientSecret);
});
after(async () => {
  await server.stop();
  await http.close();
});

function refused(told: Told, status: number, message: string): void {
  assert.equal(told.status, status);
  const body = told.json as { message: string; errors: { path: string; message: string }[] };
  assert.equal(body.message, message);
  assert.equal(body.errors[0]?.message, message);
}

describe('token endpoint', () => {
  test('gives a token that ends soon to who has the secret, in the form or as basic authentication', async () => {
    const { clientSecret } = await server.operator.register('greenbank');
    const form = { grant_type: 'client_credentials', client_id: 'greenbank', client_secret: clientSecret.reveal() };
    const told = await askToken(http, server.tokenUrl, form);
    assert.equal(told.status, 200);
    const { expires_in, token_type } = told.json as { expires_in: number; token_type: string };
    assert.deepEqual([expires_in, token_type], [300, 'Bearer']);
    const basic = Buffer.from(`greenbank:${clientSecret.reveal()}`).toString('base64');
    const outcome = await http.request({
      method: 'POST',
      url: server.tokenUrl,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
      timeoutMs: 5_000,
    });
    assert.equal(outcome.kind === 'answer' && outcome.status, 200);
  });

  test('refuses a wrong secret, an unknown client and another grant, as Keycloak words it', async () => {
    for (const client_id of ['greenbank', 'nobody']) {
      const told = await askToken(http, server.tokenUrl, { grant_type: 'client_credentials', client_id, client_secret: 'wrong' });
      assert.deepEqual([told.status, (told.json as { error: string }).error], [401, 'invalid_client']);
    }
    const told = await askToken(http, server.tokenUrl, { grant_type: 'password', client_id: 'greenbank' });
    assert.deepEqual([told.status, (told.json as { error: string }).error], [400, 'unsupported_grant_type']);
  });

  test('a renewed secret ends the old one', async () => {
    const { clientSecret: old } = await server.operator.register('bluewallet');
    const { clientSecret } = server.operator.renewSecret('bluewallet');
    const ask = (client_secret: string) =>
      askToken(http, server.tokenUrl, { grant_type: 'client_credentials', client_id: 'bluewallet', client_secret });
    assert.equal((await ask(old.reveal())).status, 401);
    assert.equal((await ask(clientSecret.reveal())).status, 200);
  });
});

describe('401 for everything', () => {
  test('no token, garbage, another signature', async () => {
    for (const token of [undefined, 'garbage', `${greenbank.token}x`, greenbank.token.replace(/\.[^.]*\./, '.e30.')])
      refused(await greenbank.call('GET /hub/ca', { token }), 401, 'Authentication required');
  });

  test('an expired token, but not within the tolerance of the clock', async () => {
    offsetMs = 330_000;
    assert.equal((await greenbank.call('GET /hub/ca')).status, 200);
    offsetMs = 361_000;
    refused(await greenbank.call('GET /hub/ca'), 401, 'Authentication required');
    offsetMs = 0;
  });

  test("another DFSP's paths, an unknown DFSP, an operation of the hub's people", async () => {
    refused(await greenbank.call('GET /dfsps/bluewallet/ca'), 401, 'user does not have the required role Application/DFSP:bluewallet');
    refused(await greenbank.call('GET /dfsps/nobody/ca'), 401, 'DFSP with id nobody not found');
    refused(await greenbank.call('GET /monetaryzones'), 401, 'user does not have the required roles pta');
    refused(await greenbank.call('POST /external-dfsps/jwscerts', { body: [] }), 401, 'user does not have the required roles mta,pta');
  });

  test("the database's words when the database is down, while health is fine", async () => {
    const message = 'connect ECONNREFUSED 10.0.0.7:3306';
    const { id } = server.operator.faults.add({ operation: '*', nth: 1, action: { kind: 'refuse', status: 401, message } });
    refused(await greenbank.call('GET /hub/ca'), 401, message);
    assert.equal((await greenbank.call('GET /health', { token: undefined })).status, 200);
    server.operator.faults.remove(id);
  });

  test('the hub itself gets 404 for an unknown DFSP', async () => {
    assert.equal((await operator.call('GET /dfsps/nobody/ca')).status, 404);
  });

  test('revoked tokens', async () => {
    const { clientSecret } = await server.operator.register('greenbank');
    const client = await scriptedClient(http, server, 'greenbank', clientSecret.reveal());
    server.operator.revokeTokens();
    refused(await client.call('GET /hub/ca'), 401, 'Authentication required');
    greenbank = await scriptedClient(http, server, 'greenbank', clientSecret.reveal());
    operator = await scriptedClient(http, server, operatorClient.clientId, operatorClient.clientSecret);
    assert.equal((await greenbank.call('GET /hub/ca')).status, 200);
  });
});

describe('what is open', () => {
  test('states and health ask for no token', async () => {
    assert.equal((await greenbank.call('POST /dfsps/greenbank/states', { token: undefined, body: {} })).status, 200);
    assert.equal((await greenbank.call('GET /health', { token: undefined })).status, 200);
  });

  test('a DFSP may do below its own path what the contract keeps for the hub', async () => {
    const told = await greenbank.call('POST /dfsps/greenbank/onboard');
    assert.deepEqual([told.status, (told.json as { message: string }).message], [404, '']);
  });

  test('a DFSP sees itself in the list, the hub sees all; isProxy is no boolean', async () => {
    assert.deepEqual((await greenbank.call('GET /dfsps')).json, [
      { id: 'greenbank', name: 'greenbank', isProxy: null, securityGroup: 'Application/DFSP:greenbank' },
    ]);
    assert.equal(((await operator.call('GET /dfsps')).json as []).length, 2);
  });
});

describe('transport', () => {
  test('any prefix serves', async () => {
    for (const prefix of ['', '/pm4mlapi', '/a/b/api', '//hub/api/'])
      assert.equal((await greenbank.call('GET /hub/ca', { prefix })).status, 200);
  });

  test('the checks come in their order: syntax, path, method, token, content type, query, body', async () => {
    const token = undefined;
    const syntax = await greenbank.call('POST /nowhere', { token, body: '{' });
    assert.deepEqual([syntax.status, Object.keys(syntax.json as object)], [400, ['message']]);
    refused(await greenbank.call('POST /nowhere', { token, body: {} }), 404, 'not found');
    refused(await greenbank.call('PATCH /hub/ca', { token }), 405, 'PATCH method not allowed');
    refused(await greenbank.call('DELETE /dfsps/greenbank/ca', { token }), 405, 'DELETE method not allowed');
    const text = { headers: { 'content-type': 'text/plain' }, body: 'x' };
    refused(await greenbank.call('POST /dfsps/greenbank/ca', { ...text, token }), 401, 'Authentication required');
    refused(await greenbank.call('POST /dfsps/greenbank/ca?x=1', text), 415, 'unsupported media type text/plain');
    refused(await greenbank.call('POST /dfsps/greenbank/jwscerts?x=1', { body: {} }), 400, "Unknown query parameter 'x'");
  });

  test('queries: unknown and empty parameters', async () => {
    const path = 'GET /dfsps/greenbank/enrollments/outbound';
    refused(await greenbank.call(`${path}?page=1`), 400, "Unknown query parameter 'page'");
    refused(await greenbank.call(`${path}?state=`), 400, "Empty value found for query parameter 'state'");
    assert.equal(((await greenbank.call(`${path}?state=CSR_LOADED`)).json as []).length, 1);
    assert.deepEqual((await greenbank.call(`${path}?state=CERT_SIGNED`)).json, []);
  });

  test('several faults of a body are joined in the message', async () => {
    const told = await greenbank.call('POST /dfsps/greenbank/states', { body: { DFSP_CA: { status: 'done', more: 1 } } });
    assert.equal(told.status, 400);
    const { message, errors } = told.json as { message: string; errors: object[] };
    assert.equal(errors.length, 3);
    assert.match(message, /should have required property 'lastUpdated', .*additional properties, .*allowed values/);
  });

  test('more than 100 kB is refused, answers are pretty-printed', async () => {
    const told = await greenbank.call('POST /dfsps/greenbank/ca', { body: { rootCertificate: 'x'.repeat(103_000) } });
    assert.deepEqual([told.status, Object.keys(told.json as object)], [413, ['message']]);
    assert.match((await greenbank.call('GET /hub/ca')).text, /^\{\n {2}"rootCertificate"/);
  });
});
