import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import {
  createHttpClient,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
  type PooledHttpClient,
  recordedLog,
  startHttpServer,
} from '@payment-manager/runtime';
import { connectionClient, operationsUrl } from './connection-client.ts';

let server: HttpServer;
let http: PooledHttpClient;
let answer: HttpResponse = { status: 200 };
const bearing: (string | undefined)[] = [];

before(async () => {
  http = createHttpClient({});
  const handler = async ({ headers }: HttpRequest) => {
    bearing.push(headers['authorization']);
    return answer;
  };
  server = await startHttpServer(
    { host: '127.0.0.1', port: 0, maxBodyBytes: 1000, handler, refuse: () => ({ status: 500 }) },
    recordedLog(),
  );
});
after(async () => {
  await http.close();
  await server.close(0);
});

async function view(status: number, body: unknown) {
  answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  return connectionClient(server.url, http).view();
}

describe('the running product’s connection', () => {
  test('is told; one that is being started has nothing to tell yet', async () => {
    assert.deepEqual(await view(200, { environment: 'sandbox', conditions: [] }), { environment: 'sandbox', conditions: [] });
    for (const code of ['STARTING', 'NO_WORKER']) assert.deepEqual(await view(503, { code }), { conditions: [] });
  });

  test('is asked for, and told to renew, with what it knows us by', async () => {
    answer = { status: 200, body: '{"conditions":[]}' };
    const client = connectionClient(server.url, http, { authorization: 'Bearer a-token' });
    await client.view();
    assert.equal(await client.renew('DFSP_JWS', 'ada'), true);
    assert.deepEqual(bearing.slice(-2), ['Bearer a-token', 'Bearer a-token']);
  });

  test('a product that does not run is not an error, a refusal and a stranger are', async () => {
    assert.equal(await connectionClient('http://127.0.0.1:1', http).view(), undefined);
    assert.equal(await connectionClient(undefined, http).renew('DFSP_JWS', 'ada'), false);
    await assert.rejects(view(404, { code: 'NO_VAULT', message: 'There is no vault.' }), /Refused: There is no vault/);
    await assert.rejects(view(502, { code: 'TLS', message: 'away.', nextStep: 'Wait.' }), /away\. Wait\./);
    await assert.rejects(view(200, '<html>'), /not the operations API/);
    await assert.rejects(
      view(404, { statusCode: '3002', message: 'unknown path' }),
      /Another program uses that port \(`operations\.port`\)/,
    );
    await assert.rejects(view(200, { hello: 'world' }), /not the operations API/);
  });

  test('is asked where the configuration has it, on this machine', () => {
    const at = (host: string, port: number) => operationsUrl({ operations: { host, port } } as Config);
    assert.equal(at('0.0.0.0', 4004), 'http://127.0.0.1:4004');
    assert.equal(at('::1', 4004), 'http://[::1]:4004');
    assert.equal(at('127.0.0.1', 0), undefined);
  });
});
