import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createHttpClient, recordedLog } from '@payment-manager/runtime';
import { type ConnectionManagerServer, startConnectionManagerServer } from './connection-manager-server.ts';
import type { EndpointItem, JwsRecord } from './records.ts';
import { type ScriptedClient, scriptedClient, type Told } from './scripted-client.ts';

const http = createHttpClient({});
const operatorClient = { clientId: 'operator', clientSecret: 'of the hub' };
const pem = { type: 'spki', format: 'pem' } as const;
const rsa = (modulusLength: number): string => generateKeyPairSync('rsa', { modulusLength }).publicKey.export(pem).toString();
const hubKey = rsa(2048);
const ownKey = rsa(2048);
const path = '/dfsps/greenbank';
let server: ConnectionManagerServer;
let client: ScriptedClient;
let operator: ScriptedClient;

before(async () => {
  server = await startConnectionManagerServer({
    log: recordedLog(),
    operatorClient,
    hubJwsPublicKey: hubKey,
    settings: { autoOnboard: false },
  });
  const { clientId, clientSecret } = await server.operator.register('greenbank');
  client = await scriptedClient(http, server, clientId, clientSecret.reveal());
  operator = await scriptedClient(http, server, operatorClient.clientId, operatorClient.clientSecret);
});
after(async () => {
  await server.stop();
  await http.close();
});

const of = <T>(told: Told, status = 200): T => {
  assert.equal(told.status, status, told.text);
  return told.json as T;
};

describe('JWS keys', () => {
  const post = (body: unknown): Promise<Told> => client.call(`POST ${path}/jwscerts`, { body });

  test('there is no key, then there is one; no PUT; deleted with an empty answer', async () => {
    of(await client.call(`GET ${path}/jwscerts`), 404);
    const stored = of<JwsRecord>(await post({ publicKey: ownKey, createdAt: 1_763_970_000 }));
    assert.deepEqual([stored.dfspId, stored.createdAt, stored.validationState], ['greenbank', 1_763_970_000, 'VALID']);
    assert.deepEqual(stored.validations[0]?.validationCode, ['CERTIFICATE_VALIDITY', 'CERTIFICATE_PUBLIC_KEY_LENGTH_2048']);
    of(await client.call(`PUT ${path}/jwscerts`, { body: { publicKey: ownKey } }), 405);
    const gone = await client.call(`DELETE ${path}/jwscerts`);
    assert.deepEqual([gone.status, gone.text], [200, '']);
    of(await client.call(`GET ${path}/jwscerts`), 404);
  });

  test('garbage, EC, short keys and private keys are stored; dates may be missing or go back; only what is not a number is refused', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ec = publicKey.export(pem).toString();
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const [key, state] of [
      ['garbage', 'INVALID'],
      [ec, 'INVALID'],
      [secret, 'INVALID'],
      [rsa(1024), 'VALID'],
    ])
      assert.equal(of<JwsRecord>(await post({ publicKey: key })).validationState, state);
    of(await post({ publicKey: ownKey, createdAt: 2 }));
    assert.equal(of<JwsRecord>(await post({ publicKey: ownKey, createdAt: 1 })).createdAt, 1);
    assert.match((await post({})).text, /should have required property 'publicKey'/);
    assert.match((await post({ publicKey: ownKey, createdAt: '1' })).text, /should be number/);
  });

  test("the list holds one's own and the hub's; foreign ones may lack a name, and come twice beside a native one", async () => {
    await post({ publicKey: ownKey });
    const external = [
      { dfspId: 'greenbank', publicKey: 'mine is not yours' },
      { dfspId: 'elsewhere', publicKey: hubKey },
      { publicKey: hubKey },
    ];
    assert.equal(of<JwsRecord[]>(await operator.call('POST /external-dfsps/jwscerts', { body: external })).length, 2);
    const { clientId } = await server.operator.register('elsewhere');
    await server.operator.putJws(undefined, clientId);
    const list = of<JwsRecord[]>(await client.call('GET /dfsps/jwscerts'));
    assert.deepEqual(
      list.map(({ dfspId }) => dfspId),
      ['elsewhere', 'greenbank', 'switch', 'elsewhere', undefined],
    );
    assert.deepEqual(
      list.map(({ createdAt }) => typeof createdAt),
      ['number', 'undefined', 'number', 'number', 'number'],
    );
    assert.equal(list[3]?.createdAt, 0);
    assert.equal(
      of<{ id: string }[]>(await operator.call('GET /dfsps')).some(({ id }) => id === 'switch'),
      true,
    );
    server.operator.remove('elsewhere');
    assert.equal(of<JwsRecord[]>(await client.call('GET /dfsps/jwscerts')).length, 4);
  });

  test('the hub verifies with the new key and the one before it', async () => {
    await post({ publicKey: ownKey });
    const next = rsa(2048);
    await post({ publicKey: next });
    assert.deepEqual(server.members().find(({ fspId }) => fspId === 'greenbank')?.jwsPublicKeys, [next, ownKey]);
    await post({ publicKey: 'garbage' });
    assert.deepEqual(server.members().find(({ fspId }) => fspId === 'greenbank')?.jwsPublicKeys, [next]);
  });
});

describe('endpoints', () => {
  const post = (kind: string, body: unknown): Promise<Told> => client.call(`POST ${path}/endpoints/${kind}`, { body });

  test('documents: none is 404, each POST adds one, the latest counts, and none leaves NOT_STARTED', async () => {
    assert.equal(
      of<{ message: string }>(await client.call(`GET ${path}/endpoints/egress`), 404).message,
      'Endpoint configuration not found!',
    );
    const ipList = [{ address: '10.0.0.1/32', ports: ['443', 'any text'] }, { address: '10.0.0.2' }];
    const posted = of<{ id: number; state: string; type: null; ipList: object[] }>(await post('egress', { ipList }));
    assert.deepEqual([posted.state, posted.type, posted.ipList], ['NOT_STARTED', null, ipList]);
    of(await post('ingress', { url: 'https://one.example' }));
    const { id } = of<{ id: number }>(await post('ingress', { url: 'no url at all' }));
    assert.equal(of<{ id: number }>(await client.call(`GET ${path}/endpoints/ingress`)).id, id);
    assert.deepEqual(of(await client.call(`GET ${path}/endpoints`)), [], 'the list of items does not know documents');
  });

  test('documents: what is refused', async () => {
    const wrong: [string, unknown, RegExp][] = [
      ['egress', { ipList: [] }, /fewer than 1 items/],
      ['egress', { ipList: [{ address: '' }] }, /should match pattern/],
      ['egress', { ipList: [{ address: '10.0.0.1/33' }] }, /should match pattern/],
      ['egress', { ipList: [{ address: '::1' }] }, /should match pattern/],
      ['egress', { ipList: [{ address: '10.0.0.1' }, { address: '10.0.0.1' }] }, /duplicate items/],
      ['egress', { ipList: [{ address: '10.0.0.1', ports: [443] }] }, /should be string/],
      ['egress', { ipList: [{ address: '10.0.0.1' }], more: 1 }, /additional properties/],
      ['ingress', { url: 'https://one.example', more: 1 }, /additional properties/],
    ];
    for (const [kind, body, message] of wrong) assert.match(of<{ message: string }>(await post(kind, body), 400).message, message);
  });

  test('empty documents are taken; without a signed request of the hub, onboarding is 500', async () => {
    of(await post('ingress', {}));
    of(await post('egress', {}));
    await client.call(`POST ${path}/ca`, { body: {} });
    const told = of<{ payload: string }>(await client.call(`POST ${path}/onboard`), 500);
    assert.equal(told.payload, 'TypeError');
  });

  test('items: entered, listed, confirmed by anyone; typed routes for one are broken', async () => {
    const item = of<EndpointItem>(await post('ingress/urls', { value: { url: 'https://one.example' } }));
    assert.deepEqual([item.type, item.direction, item.state, typeof item.created_date], ['URL', 'INGRESS', 'NEW', 'string']);
    of(await post('egress/ips', { value: { address: '10.0.0.1', ports: ['80', '8000-8080'] } }));
    of(await post('egress/ips', { value: { address: '10.0.0.1', ports: ['8080-80'] } }), 400);
    of(await post('ingress/urls', { value: { url: 'ftp://one.example' } }), 400);
    assert.equal(of<EndpointItem[]>(await client.call(`GET ${path}/endpoints/ingress/urls`)).length, 1);
    assert.match(
      (await client.call(`GET ${path}/endpoints/ingress/urls/${item.id}`)).text,
      new RegExp(`DFSP with id ${item.id} not found`),
    );
    of(await client.call(`PUT ${path}/endpoints/${item.id}`, { body: { value: item.value } }), 400);
    assert.equal(
      of<EndpointItem>(await client.call(`PUT ${path}/endpoints/${item.id}`, { body: { state: 'CONFIRMED' } })).state,
      'CONFIRMED',
    );
    of(await client.call(`POST ${path}/endpoints/4711/confirmation`), 500);
    assert.equal(of<EndpointItem[]>(await client.call(`GET ${path}/endpoints/unprocessed`)).length, 1);
    of(await client.call(`DELETE ${path}/endpoints/${item.id}`), 204);
  });

  test("the hub's: stored, and answered with 500", async () => {
    const told = of<{ payload: string }>(
      await operator.call('POST /hub/endpoints/ingress/urls', { body: { value: { url: 'https://hub.example' } } }),
      500,
    );
    assert.equal(told.payload, 'AssertionError');
    assert.equal(of<EndpointItem[]>(await client.call('GET /hub/endpoints')).length, 1);
  });
});

describe('states, status, credentials', () => {
  test('states: always code 0, what is not sent stays, unknown DFSP 404, null and more refused', async () => {
    const lastUpdated = '2026-01-01T00:00:00.000Z';
    assert.deepEqual(of(await client.call(`POST ${path}/states`, { body: { DFSP_CA: { status: 'completed', lastUpdated } } })), {
      code: 0,
    });
    of(await client.call(`POST ${path}/states`, { body: { HUB_CA: { status: 'inError', lastUpdated, errorDescription: 'why' } } }));
    const { dfsps } = of<{ dfsps: { dfspId: string; statesStatus: { state: string }[] }[] }>(await client.call('GET /dfsps/states-status'));
    assert.deepEqual(
      dfsps.find(({ dfspId }) => dfspId === 'greenbank')?.statesStatus.map(({ state }) => state),
      ['DFSP_CA', 'HUB_CA'],
    );
    of(await client.call('POST /dfsps/nobody/states', { body: {} }), 404);
    of(await client.call(`POST ${path}/states`, { body: { HUB_CA: { status: 'pending', lastUpdated, stateDescription: null } } }), 400);
    of(await client.call(`POST ${path}/states`, { body: { MORE: { status: 'pending', lastUpdated } } }), 400);
    of(await client.call(`POST ${path}/states`, { body: { HUB_CA: { status: 'pending', lastUpdated: 'yesterday' } } }), 400);
  });

  test('the status never moves beyond the first step', async () => {
    const phases = of<{ steps: { status: string }[] }[]>(await client.call(`GET ${path}/status`));
    const states = phases.flatMap(({ steps }) => steps.map(({ status }) => status));
    assert.deepEqual([states[0], new Set(states.slice(1))], ['COMPLETED', new Set(['NOT_STARTED'])]);
  });

  test('credentials: none until they are made, then a new secret each time', async () => {
    of(await client.call(`GET ${path}/credentials`), 404);
    const made = of<{ clientId: string; clientSecret: string }>(await client.call(`POST ${path}/credentials`), 201);
    assert.equal(of<{ clientSecret: string }>(await client.call(`GET ${path}/credentials`)).clientSecret, made.clientSecret);
    const again = await scriptedClient(http, server, made.clientId, made.clientSecret);
    assert.equal((await again.call('GET /hub/ca')).status, 200);
  });

  test("the hub's people register DFSPs: a taken id and an unknown zone are 500 in the database's words", async () => {
    of(await operator.call('POST /dfsps', { body: { dfspId: 'redbank', name: 'Red Bank', monetaryZoneId: 'EUR', isProxy: true } }));
    assert.match(
      of<{ message: string }>(await operator.call('POST /dfsps', { body: { dfspId: 'redbank', name: 'x' } }), 500).message,
      /Duplicate entry/,
    );
    of(await operator.call('POST /dfsps', { body: { dfspId: 'other', name: 'x', monetaryZoneId: 'QQQ' } }), 500);
    const list = of<{ id: string; isProxy: unknown }[]>(await operator.call('GET /dfsps'));
    assert.equal(list.find(({ id }) => id === 'redbank')?.isProxy, 1);
    assert.equal(of<object[]>(await operator.call('GET /monetaryzones')).length > 0, true);
    of(await operator.call('POST /dfsps', { body: { dfspId: 'x!', name: 'x' } }), 400);
  });
});

test("the hub's CA and server certificate: made, deleted with an empty answer, and VALID without a certificate", async () => {
  for (const time of ['once', 'twice']) {
    const { status, text } = await operator.call('DELETE /hub/ca');
    assert.deepEqual([status, text], [200, ''], time);
  }
  assert.deepEqual(of(await client.call('GET /hub/ca')), { validationState: 'VALID', type: 'INTERNAL' });
  of(await operator.call('POST /hub/servercerts'), 500);
  of(await operator.call('POST /hub/ca', { body: { CN: 'New' } }), 400);
  const made = of<{ rootCertificateInfo: { subject: object } }>(await operator.call('POST /hub/ca', { body: { CN: 'New', O: 'Hub' } }));
  assert.deepEqual(made.rootCertificateInfo.subject, { CN: 'New', O: 'Hub' });
  assert.equal(of<{ validationState: string }>(await operator.call('POST /hub/servercerts')).validationState, 'VALID');
  const gone = await operator.call('DELETE /hub/servercerts');
  assert.deepEqual([gone.status, gone.text], [200, '']);
  of(await operator.call('DELETE /hub/servercerts'), 404);
  of(await client.call('GET /hub/servercerts'), 404);
});
