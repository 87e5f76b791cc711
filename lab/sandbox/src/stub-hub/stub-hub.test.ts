import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type HttpClient, type HttpHandler, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { openSigningKey } from '../ca/signing-key.ts';
import { fulfilmentOf, immediateSignatures, prepareBody, scriptedDfsp } from '../scripted-dfsp.ts';
import { startStubHub } from './stub-hub.ts';
import type { StubParts } from './stub-messages.ts';
import { stubPayee } from './stub-payee.ts';
import { stubPayer } from './stub-payer.ts';
import { stubRelay } from './stub-relay.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-stub-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const names = { hubId: 'switch', payerFsp: 'greenbank', payeeFsp: 'bluewallet' };

/** Handlers joined by function calls, at hosts of their names. */
async function network() {
  const time = virtualTime();
  const routes = new Map<string, HttpHandler>();
  const client: HttpClient = {
    async request(request) {
      const url = new URL(request.url);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
      const handler = routes.get(url.host);
      assert.ok(handler !== undefined, `nobody at ${url.host}`);
      const response = await handler({
        method: request.method,
        target: request.url.slice(url.origin.length),
        headers,
        body: Buffer.from(request.body ?? ''),
        clientAuthenticated: true,
      });
      return { kind: 'answer', status: response.status, headers: {}, body: Buffer.from(response.body ?? '') };
    },
    setCredentials() {},
    close: async () => {},
  };
  const pem = async (name: string): Promise<string> => (await openSigningKey(join(folder, 'jws'), name)).privateKey.reveal();
  const keys = Object.fromEntries(
    await Promise.all(Object.values(names).map(async (name) => [name, createPrivateKey(await pem(name))] as const)),
  );
  const parts: StubParts = {
    ...names,
    keys,
    endpointOf: (fspId) => `http://${fspId}`,
    client,
    clock: time,
    signatures: immediateSignatures,
  };
  const dfsp = async (fspId: string) => {
    const keyOf = (name: string): string => readFileSync(join(folder, 'jws', 'public', `${name}.pem`), 'utf8');
    const made = scriptedDfsp({ fspId, client, hubUrl: () => 'http://hub', privateKey: await pem(fspId), keyOf, clock: time });
    routes.set(fspId, made.handler);
    return made;
  };
  return { time, routes, parts, dfsp };
}

const T = '8b1c8b5e-3c1a-4c8d-9b1f-0d2f6a7b8c9d';
const party = { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1', fspId: 'bluewallet' } };
const quote = {
  quoteId: T,
  transactionId: T,
  payee: party,
  payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '2' } },
  amountType: 'SEND',
  amount: { amount: '1', currency: 'USD' },
  transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
};

type Net = Awaited<ReturnType<typeof network>>;

/** What a payer sends for a payment. */
async function payment(net: Net, payer: Awaited<ReturnType<Net['dfsp']>>): Promise<void> {
  await payer.send('GET /parties', '/parties/MSISDN/1');
  await payer.send('POST /quotes', '/quotes', { destination: 'bluewallet', body: quote });
  await payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(T, net.time) });
}

test('stub relay: passes messages on untouched, and commits what is reserved in its own name', async () => {
  const net = await network();
  const [payer, payee] = [await net.dfsp('greenbank'), await net.dfsp('bluewallet')];
  net.routes.set('hub', stubRelay(net.parts));
  await payment(net, payer);
  await payee.send('PUT /transfers', `/transfers/${T}`, {
    destination: 'greenbank',
    body: { transferState: 'RESERVED', fulfilment: fulfilmentOf(7).fulfilment },
  });
  await net.time.advance(1);
  assert.deepEqual(
    payee.got.map(({ operation }) => operation),
    ['GET /parties', 'POST /quotes', 'POST /transfers', 'PATCH /transfers'],
  );
  assert.deepEqual(
    payer.got.map(({ operation, source, signed }) => [operation, source, signed]),
    [['PUT /transfers', 'switch', true]],
  );
  assert.deepEqual([payer.complaints, payee.complaints], [[], []]);
});

test('stub relay: a question about a transfer is answered by the hub', async () => {
  const net = await network();
  const payee = await net.dfsp('bluewallet');
  net.routes.set('hub', stubRelay(net.parts));
  await payee.send('GET /transfers', `/transfers/${T}`);
  await net.time.advance(1);
  assert.deepEqual(
    payee.got.map(({ operation, source, signed }) => [operation, source, signed]),
    [['PUT /transfers', 'switch', true]],
  );
  assert.deepEqual(payee.complaints, []);
});

test('stub relay: who asks is told when the other side does not take it', async () => {
  const net = await network();
  const payer = await net.dfsp('greenbank');
  net.routes.set('bluewallet', async () => ({ status: 503 }));
  net.routes.set('hub', stubRelay(net.parts));
  await payment(net, payer);
  await net.time.advance(1);
  assert.deepEqual(
    payer.got.map(({ operation, source, signed }) => [operation, source, signed]),
    [
      ['PUT /parties/error', 'switch', true],
      ['PUT /quotes/error', 'switch', true],
      ['PUT /transfers/error', 'switch', true],
    ],
  );
  assert.deepEqual(payer.complaints, []);
});

test('stub payee: answers everything with well-formed, signed messages of the payee', async () => {
  const net = await network();
  const payer = await net.dfsp('greenbank');
  net.routes.set('hub', stubPayee(net.parts));
  await payment(net, payer);
  await net.time.advance(1);
  assert.deepEqual(
    payer.got.map(({ operation, source, signed }) => [operation, source, signed]),
    [
      ['PUT /parties', 'bluewallet', true],
      ['PUT /quotes', 'bluewallet', true],
      ['PUT /transfers', 'bluewallet', true],
    ],
  );
  assert.deepEqual(payer.complaints, []);
});

test('stub payer: a payment that gets no callback counts as failed', async () => {
  const net = await network();
  await net.dfsp('bluewallet');
  const stub = stubPayer({
    ...net.parts,
    timers: net.time,
    random: seededRandom(1),
    payee: { idType: 'MSISDN', idValue: '1' },
    amount: { amount: '1', currency: 'USD' },
  });
  const running = stub.run(3, 2);
  await net.time.advance(120_000);
  const run = await running;
  assert.deepEqual([run.payments, run.failed, run.failures], [3, 3, { 'no callback for parties': 3 }]);
});

test('stub hub: a stub payer pays a stub payee over mTLS, all of it signed', async (t) => {
  const log = recordedLog();
  const start = async (mode: 'payer' | 'payee') => {
    const stub = await startStubHub({ ...names, mode, folder, tls: true, port: 0, log });
    t.after(() => stub.stop());
    return stub;
  };
  const [payer, payee] = [await start('payer'), await start('payee')];
  payer.setEndpoint('bluewallet', payee.url);
  payee.setEndpoint('greenbank', payer.url);
  const run = await payer.payer.run(40, 8);
  assert.deepEqual([run.failed, run.latenciesMs.length, run.failures], [0, 40, {}]);
});

test('stub hub: its process says where it listens, and ends with its standard input', async (t) => {
  const main = fileURLToPath(new URL('./stub-hub.main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, JSON.stringify({ ...names, mode: 'relay', folder, tls: true, port: 0 })], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const ready = JSON.parse(line.toString()) as { url: string; adminUrl: string };
  assert.match(ready.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.match(ready.adminUrl, /^http:/);
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
