import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { formatDateTime } from '@payment-manager/fspiop';
import { createHttpClient, type HttpClient, recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import { refuseFspiop } from './hub/switch-api.ts';
import { type Listener, openListener } from './listener.ts';
import { type Scheme, startScheme } from './scheme.ts';
import { fulfilmentOf, prepareBody, type ScriptedDfsp, scriptedDfsp } from './scripted-dfsp.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-scheme-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function start(t: TestContext, name: string): Promise<Scheme> {
  const scheme = await startScheme({ folder: join(folder, name), log: recordedLog() });
  t.after(() => scheme.stop());
  return scheme;
}

/** A DFSP on a real socket, with mutual TLS and signatures on. */
async function run(t: TestContext, scheme: Scheme, fspId: string): Promise<ScriptedDfsp> {
  const { credentials, signingKey } = scheme.dfsp(fspId);
  const client = createHttpClient({ credentials });
  const keyOf = (name: string): string | undefined => readFileSync(join(scheme.publicKeysFolder, `${name}.pem`), 'utf8');
  const dfsp = scriptedDfsp({
    fspId,
    client,
    hubUrl: () => scheme.hubUrl,
    privateKey: signingKey.privateKey.reveal(),
    keyOf,
    clock: systemClock,
  });
  const listener: Listener = await openListener(
    { port: 0, maxBodyBytes: 1_000_000, handler: dfsp.handler, refuse: refuseFspiop, tls: { credentials, requireClientCertificate: true } },
    recordedLog(),
  );
  await scheme.connect(fspId, { inbound: listener.url, outbound: 'http://127.0.0.1:1' });
  t.after(async () => {
    await listener.close(100);
    await client.close();
  });
  return dfsp;
}

async function get(client: HttpClient, url: string, method = 'GET', body?: object): Promise<Record<string, unknown>> {
  const outcome = await client.request({ method, url, headers: {}, timeoutMs: 5_000, ...(body && { body: JSON.stringify(body) }) });
  assert.equal(outcome.kind, 'answer');
  return outcome.kind === 'answer' ? (JSON.parse(Buffer.from(outcome.body).toString()) as Record<string, unknown>) : {};
}

const admin = createHttpClient({});
after(() => admin.close());

const { fulfilment } = fulfilmentOf(7);

test('scheme: payments over real sockets with mTLS and JWS, and the same positions after a restart', async (t) => {
  let scheme = await start(t, 'a');
  const payer = await run(t, scheme, 'greenbank');
  const payee = await run(t, scheme, 'bluewallet');
  payee.on('GET /parties', () => {
    const party = { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '27713803912', fspId: 'bluewallet' }, name: 'Thandi Nkosi' };
    void payee.send('PUT /parties', '/parties/MSISDN/27713803912', { destination: 'greenbank', body: { party } });
    return undefined;
  });
  await payer.send('GET /parties', '/parties/MSISDN/27713803912');
  assert.equal((await payer.next('PUT /parties')).source, 'bluewallet');

  for (const transferState of ['COMMITTED', 'RESERVED']) {
    const transferId = systemRandom.uuid();
    const body = { transferState, fulfilment, completedTimestamp: formatDateTime(systemClock.now()) };
    payee.on('POST /transfers', () => {
      void payee.send('PUT /transfers', `/transfers/${transferId}`, { destination: 'greenbank', body });
      return undefined;
    });
    assert.equal(
      (await payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(transferId, systemClock) })).status,
      202,
    );
    const outcome = await payer.next('PUT /transfers', transferState === 'COMMITTED' ? 1 : 2);
    assert.deepEqual(outcome.body, { ...body, transferState: 'COMMITTED' });
    assert.equal(outcome.source, transferState === 'COMMITTED' ? 'bluewallet' : 'switch');
  }
  assert.equal((await payee.next('PATCH /transfers')).source, 'switch');
  assert.deepEqual([payer.complaints, payee.complaints], [[], []]);
  const positions = await get(admin, `${scheme.hubAdminUrl}/positions`);

  await scheme.stop();
  scheme = await start(t, 'a');
  assert.deepEqual(await get(admin, `${scheme.hubAdminUrl}/positions`), positions);
  const usd = (positions['positions'] as { fspId: string; currency: string; committed: string }[]).filter(
    ({ currency }) => currency === 'USD',
  );
  assert.deepEqual(
    usd.map(({ fspId, committed }) => [fspId, committed]),
    [
      ['bluewallet', '-50'],
      ['greenbank', '50'],
    ],
  );
});

test('scheme: the hub lets in only who has a certificate of the scheme, as its holder', async (t) => {
  const scheme = await start(t, 'b');
  const payer = await run(t, scheme, 'greenbank');
  const stranger = createHttpClient({});
  t.after(() => stranger.close());
  const refused = await stranger.request({
    method: 'GET',
    url: `${scheme.hubUrl}/transfers/${systemRandom.uuid()}`,
    headers: {},
    timeoutMs: 5_000,
  });
  assert.equal(refused.kind, 'failed');
  assert.deepEqual(await payer.send('GET /parties', '/parties/MSISDN/27713803912', { source: 'bluewallet' }), {
    status: 400,
    errorCode: '3100',
  });
});

test('scheme: a hub that is down refuses connections, and is the same when it is back', async (t) => {
  const scheme = await start(t, 'c');
  const payer = await run(t, scheme, 'greenbank');
  await scheme.hubListener.pause();
  await assert.rejects(payer.send('GET /parties', '/parties/MSISDN/1'), /CONNECT_REFUSED/);
  await scheme.hubListener.resume();
  assert.equal((await payer.send('GET /parties', '/parties/MSISDN/1')).status, 202);
  assert.equal((await payer.next('PUT /parties/error')).source, 'switch');
});

test('scheme: faults of hub and core are set over their admin APIs; a reset breaks the connection', async (t) => {
  const scheme = await start(t, 'd');
  const { coreUrl } = scheme.dfsp('bluewallet');
  const fault = { operation: 'GET /parties', count: 1, action: { kind: 'reset' } };
  const added = await get(admin, `${coreUrl}/faults`, 'POST', fault);
  assert.equal(added['id'], 'fault-1');
  const broken = await admin.request({ method: 'GET', url: `${coreUrl}/parties/MSISDN/27713803912`, headers: {}, timeoutMs: 5_000 });
  assert.deepEqual([broken.kind, broken.kind === 'failed' && broken.sent], ['failed', true]);
  assert.equal((await get(admin, `${coreUrl}/parties/MSISDN/27713803912`))['displayName'], 'Thandi Nkosi');
  await get(admin, `${scheme.hubAdminUrl}/faults`, 'POST', {
    operation: 'GET /parties',
    action: { kind: 'reject', status: 503, errorCode: '2003' },
  });
  const payer = await run(t, scheme, 'greenbank');
  assert.deepEqual(await payer.send('GET /parties', '/parties/MSISDN/1'), { status: 503, errorCode: '2003' });
  await get(admin, `${scheme.hubAdminUrl}/faults`, 'DELETE');
  assert.equal((await payer.send('GET /parties', '/parties/MSISDN/1')).status, 202);
  assert.deepEqual(await get(admin, `${scheme.hubAdminUrl}/participants`, 'POST', { fspId: 'switch' }), {
    message: 'fspId cannot be an FSP id of this scheme',
  });
});

test('scheme: private keys are readable by their owner only', async (t) => {
  const scheme = await start(t, 'e');
  const { certificateFiles, signingKey } = scheme.dfsp('greenbank');
  for (const file of [certificateFiles.privateKey, signingKey.privateKeyFile]) assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('scheme: one that forgets stores nothing but CA and keys', async () => {
  const options = { folder: join(folder, 'h'), log: recordedLog(), forgets: true };
  const first = await startScheme(options);
  const key = first.hubSigningKey.publicKey;
  assert.deepEqual(
    ['hub.db', 'cores'].filter((name) => existsSync(join(options.folder, name))),
    [],
  );
  await first.stop();
  const second = await startScheme(options);
  await second.stop();
  assert.equal(second.hubSigningKey.publicKey, key);
});

test('scheme: one that cannot start leaves nothing running', async (t) => {
  const scheme = await start(t, 'f');
  const ports = { hubAdmin: Number(new URL(scheme.hubAdminUrl).port) };
  await assert.rejects(startScheme({ folder: join(folder, 'g'), log: recordedLog(), ports }), { code: 'EADDRINUSE' });
  const second = await startScheme({ folder: join(folder, 'g'), log: recordedLog() });
  await second.stop();
});
