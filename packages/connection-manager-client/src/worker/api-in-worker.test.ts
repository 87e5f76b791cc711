import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createHttpServer, recordedLog, Secret, systemTimers } from '@payment-manager/runtime';
import { VaultError } from '@payment-manager/vault/error';
import { ConnectionFault } from '../api/connection-fault.ts';
import { type ApiInWorkerOptions, apiInWorker } from './api-in-worker.ts';

/** What the server answers to a path; undefined: never. */
let answer: (path: string, authorization: string | undefined) => { status?: number; body: string } | undefined = () => ({ body: '[]' });
const server = createHttpServer({}, (request, response) => {
  request.resume();
  const given = answer(request.url ?? '', request.headers.authorization);
  if (given === undefined) return;
  response.writeHead(given.status ?? 200, { 'content-type': 'application/json' });
  response.end(given.body);
});
let url: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function open(more: Partial<ApiInWorkerOptions> = {}) {
  const log = recordedLog();
  const secret = async () => new Secret('s3cret');
  return { log, ...apiInWorker({ url: `${url}/api/`, maxAnswerBytes: 16_777_216, secret, timers: systemTimers, log, ...more }) };
}

const faultOf = async (call: Promise<unknown>): Promise<ConnectionFault> => {
  const error = await call.then(
    () => assert.fail('it was not a fault'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConnectionFault, String(error));
  return error;
};

describe('the Connection Manager’s API in a thread', () => {
  test('answers and faults are as without it', async (t) => {
    const { api, close } = open();
    t.after(close);
    assert.equal(api.url, `${url}/api`);
    answer = (path) => (path === '/api/dfsps' ? { body: '[{"id":"bank-a"}]' } : { status: 400, body: '{"message":"no such thing"}' });
    assert.deepEqual(await api.dfsps(), ['bank-a']);
    const fault = await faultOf(api.publishIngress('bank-a', 'https://x'));
    assert.deepEqual([fault.code, fault.complaints], ['INVALID', ['no such thing']]);
    assert.notEqual(fault.nextStep, '');
  });

  test('the client secret crosses at a log-in, and why there is none', async (t) => {
    let given: () => Promise<Secret<string>> = async () => new Secret('s3cret');
    const { api, close, log } = open({ token: { tokenUrl: '', clientId: 'bank-a' }, secret: () => given() });
    await close();
    const token = { tokenUrl: `${url}/token`, clientId: 'bank-a' };
    const opened = open({ token, secret: () => given() });
    t.after(opened.close);
    answer = (path, authorization) =>
      path === '/token'
        ? { body: '{"access_token":"t1","expires_in":300}' }
        : { body: authorization === 'Bearer t1' ? '[{"id":"a"}]' : '[]' };
    given = async () => {
      throw new VaultError('VAULT_NO_KEY', 'There is no client secret.');
    };
    await assert.rejects(opened.api.dfsps(), (error) => error instanceof VaultError && error.code === 'VAULT_NO_KEY');
    given = async () => new Secret('s3cret');
    for (let n = 0; n < 200; n++) {
      const found = await opened.api.dfsps().catch(() => undefined);
      if (found !== undefined) return assert.deepEqual(found, ['a']);
      await new Promise((resolve) => void systemTimers.after(20, () => resolve(undefined)));
    }
    assert.fail(`no log-in: ${JSON.stringify(log.lines)} ${api.url}`);
  });

  test('a thread that does not answer is ended, and the next call has another', async (t) => {
    const { api, close, log } = open({ longestCallMs: 4_000 });
    t.after(close);
    answer = () => undefined;
    const both = [faultOf(api.dfsps()), faultOf(api.jwsKeys())];
    for (const fault of await Promise.all(both)) assert.match(fault.message, /took longer than 4000 ms/);
    assert.match(JSON.stringify(log.lines), /the next call begins another/);
    answer = () => ({ body: '[]' });
    assert.deepEqual(await api.dfsps(), []);
  });

  test('closed, it answers no more', async () => {
    const { api, close } = open();
    answer = () => ({ body: '[]' });
    await api.dfsps();
    await close();
    assert.match((await faultOf(api.dfsps())).message, /closed/);
  });
});
