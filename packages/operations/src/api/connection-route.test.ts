import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionFault } from '@payment-manager/connection-manager-client';
import { type HttpResponse, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore, openVault, VaultError } from '@payment-manager/vault';
import type { Connection } from '../connection/connection.ts';
import { type ConnectionNow, connectionRoutes } from './connection-route.ts';
import { serveRoutes } from './serve-routes.ts';

const doing = { by: 'a test', why: 'to see' };
const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
const environment = vault.environment('sandbox');
const { id: caId } = await environment.authority.create({ commonName: 'CA of greenbank' }, 365, doing, 'EC-P256');
await environment.keys.activate('dfsp-ca', caId, doing);

const condition = {
  artefact: 'DFSP_CLIENT_CERT',
  state: 'Failed',
  reason: 'REFUSED',
  message: 'user does not have the required role',
  nextStep: 'Ask the hub’s operator.',
  since: 1_767_225_600_000,
  nextAttempt: 1_767_225_660_000,
  details: ['CSR_KEY_LENGTH: too short'],
} as const;

function connection(changes: Partial<Connection> = {}): Connection {
  return {
    environment,
    api: undefined,
    leads: () => true,
    conditions: () => [condition],
    served: () => [],
    missing: () => ['client certificate'],
    alarms: () => [],
    lastTest: async () => undefined,
    look: async () => {},
    seekPeers: async () => {},
    renew: async () => {},
    stop: async () => {},
    ...changes,
  };
}

async function ask(
  target: string,
  body?: object,
  deps: { readonly connection?: ConnectionNow; readonly mayAct?: boolean } = {},
  headers = {},
): Promise<HttpResponse & { json: Record<string, unknown> }> {
  const serve = serveRoutes(connectionRoutes(deps.connection ?? (() => connection())), deps.mayAct ?? true);
  const response = await serve({
    method: body === undefined ? 'GET' : 'POST',
    target,
    headers: { host: '127.0.0.1:4004', ...(body && { 'content-type': 'application/json' }), ...headers },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    clientAuthenticated: false,
  });
  return { ...response, json: JSON.parse(String(response.body)) as Record<string, unknown> };
}

describe('operations API: the connection to the scheme', () => {
  test('it says how each artefact stands, which keys there are, and what is missing', async () => {
    const { status, json, body } = await ask('/connection');
    assert.equal(status, 200);
    assert.deepEqual(json['conditions'], [{ ...condition, since: '2026-01-01T00:00:00.000Z', nextAttempt: '2026-01-01T00:01:00.000Z' }]);
    assert.deepEqual(json['missing'], ['client certificate']);
    const [ca] = json['keys'] as { purpose: string; state: string; madeBy: string; certificate: { subject: string } }[];
    assert.deepEqual([ca?.purpose, ca?.state, ca?.madeBy, ca?.certificate.subject], ['dfsp-ca', 'active', 'a test', 'CN=CA of greenbank']);
    assert.doesNotMatch(String(body), /PRIVATE/);
  });

  test('connected it is called only when all is in order, and the last readiness test passed and is of what is in use now', async () => {
    const ready = { ...condition, state: 'Ready', reason: 'IN_ORDER' } as const;
    const last = { at: condition.since, by: 'asha', passed: true, checks: [], changed: [] };
    const told = async (changes: Partial<Connection>) => {
      const inOrder = { conditions: () => [ready], missing: () => [], lastTest: async () => last };
      const { json } = await ask('/connection', undefined, { connection: () => connection({ ...inOrder, ...changes }) });
      return [json['connected'], (json['readinessTest'] as { outcome: string } | undefined)?.outcome];
    };
    assert.deepEqual(await told({}), [true, 'passed']);
    assert.deepEqual(await told({ lastTest: async () => undefined }), [false, undefined]);
    assert.deepEqual(await told({ lastTest: async () => ({ ...last, passed: false }) }), [false, 'failed']);
    assert.deepEqual(await told({ lastTest: async () => ({ ...last, changed: ['tls-client'] }) }), [false, 'stale']);
    assert.deepEqual(await told({ conditions: () => [condition] }), [false, 'passed']);
    assert.deepEqual(await told({ missing: () => ['JWS key'] }), [false, 'passed']);
  });

  test('a renewal is begun by a person on this machine, for an artefact that can be renewed', async () => {
    const begun: unknown[] = [];
    const deps = { connection: () => connection({ renew: async (...wish) => void begun.push(wish) }) };
    const wish = { artefact: 'DFSP_JWS', by: 'asha' };
    assert.equal((await ask('/connection/renew', wish, deps)).status, 202);
    assert.deepEqual(begun, [['DFSP_JWS', 'asha']]);
    assert.equal((await ask('/connection/renew', { ...wish, artefact: 'HUB_CA' }, deps)).status, 400);
    assert.equal((await ask('/connection/renew', { ...wish, by: ' ' }, deps)).status, 400);
    assert.equal((await ask('/connection/renew', wish, { ...deps, mayAct: false })).json['code'], 'NOT_LOCAL');
    assert.equal((await ask('/connection/renew', wish, deps, { origin: 'https://evil.example' })).json['code'], 'FROM_A_BROWSER');
    assert.equal((await ask('/connection/renew', undefined, deps)).status, 405);
    assert.equal(begun.length, 1);
  });

  test('what vault and Connection Manager refuse comes with its code and what to do', async () => {
    const failing = (error: Error) => ({ connection: () => connection({ renew: () => Promise.reject(error) }) });
    const wish = { artefact: 'DFSP_CA', by: 'asha' };
    const sealed = await ask('/connection/renew', wish, failing(new VaultError('VAULT_UNAVAILABLE', 'The disk is full.')));
    assert.deepEqual([sealed.status, sealed.json['code']], [503, 'VAULT_UNAVAILABLE']);
    const refused = await ask('/connection/renew', wish, failing(new ConnectionFault('REFUSED', 'no', 'Ask for the role.')));
    assert.deepEqual([refused.status, refused.json['code'], refused.json['nextStep']], [502, 'REFUSED', 'Ask for the role.']);
  });

  test('without a vault, without a Connection Manager, and while it starts, it says so', async () => {
    assert.equal((await ask('/connection', undefined, { connection: () => 'none' })).json['code'], 'NO_VAULT');
    assert.equal((await ask('/connection', undefined, { connection: () => undefined })).status, 503);
    const alone = { connection: () => connection({ renew: undefined }) };
    assert.equal((await ask('/connection/renew', { artefact: 'DFSP_JWS', by: 'a' }, alone)).json['code'], 'NO_CONNECTION_MANAGER');
  });
});
