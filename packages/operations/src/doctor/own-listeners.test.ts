import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type Credentials,
  type HttpResponse,
  type HttpServer,
  recordedLog,
  startHttpServer,
  systemClock,
  systemRandom,
} from '@payment-manager/runtime';
import { openAuthority } from '@payment-manager/sandbox';
import { lookAtOwnListeners, type OwnListeners } from './own-listeners.ts';

let folder: string;
let [inUse, former]: Credentials[] = [];
let inbound: HttpServer;
let operations: HttpServer;
let answers: Readonly<Record<string, HttpResponse>> = {};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-own-'));
  const authority = await openAuthority({ folder, clock: systemClock, random: systemRandom });
  inUse = await authority.issue({ name: 'new' });
  former = await authority.issue({ name: 'former' });
  const serve = (handler: (target: string) => HttpResponse, credentials?: Credentials) =>
    startHttpServer(
      {
        host: '127.0.0.1',
        port: 0,
        maxBodyBytes: 100,
        handler: async ({ target }) => handler(target),
        refuse: () => ({ status: 500 }),
        ...(credentials && { tls: { credentials, requireClientCertificate: true } }),
      },
      recordedLog(),
    );
  inbound = await serve(() => ({ status: 404 }), inUse);
  operations = await serve((target) => answers[target] ?? { status: 404, body: '{}' });
});
after(async () => {
  await Promise.all([inbound.close(0), operations.close(0)]);
  await rm(folder, { recursive: true });
});

async function look(more: Partial<OwnListeners> = {}): Promise<string[]> {
  const findings = await lookAtOwnListeners({
    inbound: { host: '0.0.0.0', port: inbound.port },
    operations: { host: '127.0.0.1', port: operations.port },
    authorization: {},
    inboundCertificate: inUse?.certificate,
    environment: 'sandbox',
    timeoutMs: 2000,
    ...more,
  });
  return findings.map(({ part, state, message }) => `${part} ${state}: ${message}`);
}

const nothing = {
  '/exceptions?limit=1000': { status: 200, body: '{"exceptions":[]}' },
  '/alarms?limit=1000': { status: 200, body: '{"alarms":[]}' },
};
const says = (status: number, body: object): HttpResponse => ({ status, body: JSON.stringify(body) });
const live = says(200, { status: 'live', environment: 'sandbox' });

describe('doctor: our own servers', () => {
  test('that present what is in use, and take payments, are well', async () => {
    answers = { ...nothing, '/health/live': live, '/health/ready': says(200, { status: 'ready', parts: {} }) };
    assert.deepEqual(await look(), [
      'own listener passed: presents the certificate in use, CN=new',
      'product passed: running, takes payments',
      'payments passed: no payment needs a person',
      'alarms passed: none',
    ]);
  });

  test('another certificate than the one in use is told with both', async () => {
    assert.match(
      (await look({ inboundCertificate: former?.certificate ?? '' }))[0] ?? '',
      /^own listener failed: presents CN=new .*instead of the certificate in use/,
    );
  });

  test('what does not run, speaks plain http, or has no certificate yet, is not a fault', async () => {
    const nowhere = { host: '127.0.0.1', port: 1 };
    assert.deepEqual(
      (await look({ inbound: nowhere, operations: nowhere })).map((line) => line.split(':')[0]),
      ['own listener skipped', 'product skipped'],
    );
    assert.match((await look({ inboundCertificate: 'plain' }))[0] ?? '', /^own listener skipped: .*plain http/);
    assert.match((await look({ inboundCertificate: undefined }))[0] ?? '', /^own listener skipped: .*no certificate yet/);
    assert.match(
      (await look({ inbound: { host: '127.0.0.1', port: operations.port } }))[0] ?? '',
      /^own listener failed: .*does not speak TLS/,
    );
  });

  test('a product that takes no payments says why, of several workers each reason once', async () => {
    const parts = { journal: { ok: true, detail: 'answers' }, connection: { ok: false, detail: 'no JWS key' } };
    answers = { '/health/live': live, '/health/ready': says(503, { parts }) };
    assert.match((await look())[1] ?? '', /^product failed: .*takes no payments: connection: no JWS key$/);
    answers = { '/health/live': live, '/health/ready': says(503, { workers: [{ parts }, { parts }] }) };
    assert.match((await look())[1] ?? '', /takes no payments: connection: no JWS key$/);
  });

  test('a product that does not say what needs a person has failed', async () => {
    answers = {
      ...nothing,
      '/health/live': live,
      '/health/ready': says(200, {}),
      '/exceptions?limit=1000': says(503, { code: 'NO_WORKER' }),
    };
    assert.match((await look())[2] ?? '', /^payments failed: .*does not report/);
  });

  test('another environment, or another program, at the port is told', async () => {
    answers = { '/health/live': says(200, { status: 'live', environment: 'production' }) };
    assert.match((await look())[1] ?? '', /^product failed: .*belongs to the environment production/);
    answers = {};
    assert.match((await look())[1] ?? '', /^product failed: the program at this address is not a Payment Manager/);
  });
});
