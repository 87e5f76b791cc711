import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import type { LoadedKeys } from '@payment-manager/credentials';
import type { Asked } from '@payment-manager/management-api';
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
  recordedLog,
  startHttpServer,
} from '@payment-manager/runtime';
import { statementPulls } from './statement-sources.ts';

const HEAD = 'transferId,direction,amount,currency,state\n';
const asked: HttpRequest[] = [];
let answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse> = () => ({ status: 200, headers: {}, body: HEAD });
let server: HttpServer;
const folder = await mkdtemp(join(tmpdir(), 'pm-statements-'));
before(async () => {
  const handler: HttpHandler = async (request) => {
    asked.push(request);
    return answer(request);
  };
  const refuse = (): HttpResponse => ({ status: 500 });
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_024, handler, refuse }, recordedLog());
});
after(async () => {
  await server.close(0);
  await rm(folder, { recursive: true });
});

const KEYS: Pick<LoadedKeys, 'core' | 'hub'> = { core: undefined, hub: undefined };

function pull(settings: object, { timeoutMs = 5_000, keys = KEYS } = {}): Promise<Asked> {
  const side = { sentAs: 'bearer', header: 'x-api-key', ...settings };
  const none = { sentAs: 'bearer', header: 'x-api-key' };
  const pulls = statementPulls(
    {
      reconciliation: {
        statements: {
          core: { url: `${server.url}/days/{date}.csv?day={date}`, ...side },
          hub: none,
          daily: true,
          afterDayMs: 0,
          timeoutMs,
        },
      },
      core: { connectTimeoutMs: 1_000 },
      hub: { connectTimeoutMs: 1_000 },
    } as unknown as Config,
    keys,
  );
  assert.equal(pulls?.sources.hub, undefined);
  const source = pulls?.sources.core;
  assert.ok(source);
  return source('2026-03-11');
}

const SECRET = 'till:4711-do-not-tell';

test('the configured address is asked with the day in it, and with the secret as it is wanted, read anew from its file', async () => {
  const file = join(folder, 'secret');
  await writeFile(file, 'first\n', { mode: 0o600 });
  assert.equal((await pull({ secretFile: file })).kind, 'came');
  assert.equal(asked.at(-1)?.target, '/days/2026-03-11.csv?day=2026-03-11');
  assert.equal(asked.at(-1)?.headers['authorization'], 'Bearer first');
  await writeFile(file, 'second\n');
  await pull({ secretFile: file });
  assert.equal(asked.at(-1)?.headers['authorization'], 'Bearer second');
  await pull({ secret: SECRET, sentAs: 'basic' });
  assert.equal(asked.at(-1)?.headers['authorization'], `Basic ${Buffer.from(SECRET).toString('base64')}`);
  await pull({ secret: SECRET, sentAs: 'api-key', header: 'X-Statements' });
  assert.equal(asked.at(-1)?.headers['x-statements'], SECRET);
  await pull({});
  assert.equal(asked.at(-1)?.headers['authorization'], undefined);
});

test('what is answered is told without the secret and without what was answered; no redirect is followed', async () => {
  const said = async (status: number): Promise<string> => {
    answer = () => ({ status, headers: { location: `${server.url}/elsewhere` }, body: `do not repeat ${SECRET}` });
    const result = await pull({ secret: SECRET });
    const text = JSON.stringify(result);
    assert.ok(!text.includes('4711') && !text.includes('repeat'), text);
    return result.kind === 'failed' ? result.reason : result.kind;
  };
  const count = asked.length;
  for (const status of [404, 204, 202]) assert.equal(await said(status), 'not-there', String(status));
  assert.match(await said(302), /302, and redirects are not followed/);
  assert.match(await said(401), /401: our secret is refused/);
  assert.match(await said(500), /status 500/);
  assert.equal(asked.length, count + 6, 'one request each');
});

test('an answer that is too large, too slow, or of nobody fails, and so does a secret that cannot be read', async () => {
  const reason = async (settings: object, more = {}): Promise<string> => {
    const result = await pull({ secret: SECRET, ...settings }, more);
    assert.ok(result.kind === 'failed' && !result.reason.includes('4711'), JSON.stringify(result).slice(0, 200));
    return result.reason;
  };
  answer = () => ({ status: 200, headers: {}, body: Buffer.alloc(20_000_001, 0x61) });
  assert.match(await reason({}), /larger than allowed/);
  answer = () => new Promise(() => {});
  assert.match(await reason({}, { timeoutMs: 100 }), /no complete answer within the time allowed/);
  assert.match(await reason({ url: 'http://127.0.0.1:1/{date}' }), /nothing listens there/);
  assert.match(await reason({ secret: undefined, secretFile: join(folder, 'nowhere') }), /cannot be read/);
  const waiting = { core: { missing: () => 'CA of the core' }, hub: undefined } as unknown as typeof KEYS;
  const count = asked.length;
  assert.match(await reason({}, { keys: waiting }), /no TLS towards the core yet/);
  assert.equal(asked.length, count, 'without the CA that was agreed nothing is asked');
});

test('nothing is made of a configuration without an address', () => {
  const none = { sentAs: 'bearer', header: 'x-api-key' };
  assert.equal(statementPulls({ reconciliation: { statements: { core: none, hub: none } } } as unknown as Config, KEYS), undefined);
});
