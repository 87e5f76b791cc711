import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import {
  type Credentials,
  createHttpClient,
  createMetrics,
  type HttpHandler,
  type HttpOutcome,
  type HttpServer,
  recordedLog,
  startHttpServer,
  systemClock,
  systemRandom,
  threadPoolSignatures,
  virtualTime,
} from '@payment-manager/runtime';
import { memoryStore, openVault } from '@payment-manager/vault';
import { withHubToken } from './hub-token.ts';

const clientSecret = 'client-secret-canary';
const doing = { by: 'a test', why: 'to see' };
let folder: string;
let certificates: Credentials;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-hub-token-'));
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const { keys, authority, credentials } = vault.environment('sandbox');
  const ca = await authority.create({ commonName: 'CA of the token server' }, 30, doing, 'EC-P256');
  await keys.activate('dfsp-ca', ca.id, doing);
  const { id } = await keys.generate('tls-server', doing, 'EC-P256');
  const order = { usage: 'server', subject: { commonName: 'token server' }, names: { ip: ['127.0.0.1'] } } as const;
  const chain = await authority.sign(await keys.request('tls-server', id, order), { usage: 'server', days: 30 });
  await keys.storeChain('tls-server', id, chain.join('\n'));
  await keys.activate('tls-server', id, doing);
  certificates = await credentials('tls-server');
  await writeFile(join(folder, 'ca.pem'), chain.slice(1).join('\n'));
});
after(() => rm(folder, { recursive: true }));

const listen = (handler: HttpHandler, port = 0, tls?: Credentials): Promise<HttpServer> =>
  startHttpServer(
    {
      host: '127.0.0.1',
      port,
      maxBodyBytes: 10_000,
      handler,
      refuse: () => ({ status: 500 }),
      ...(tls && { tls: { credentials: tls, requireClientCertificate: false } }),
    },
    recordedLog(),
  );

/** A token server over TLS, and a hub that lets in whoever brings one of the tokens that it still knows; both really listen. */
async function stage(t: TestContext) {
  const world = { logIns: 0, known: new Set<string>(), takesAny: true, atHub: [] as string[] };
  const credentials = `Basic ${Buffer.from(`greenbank:${clientSecret}`).toString('base64')}`;
  const tokenServer: HttpHandler = async ({ headers, body }) => {
    const rightForm = Buffer.from(body).toString() === 'grant_type=client_credentials&scope=fspiop';
    if (headers['authorization'] !== credentials || !rightForm) return { status: 401, body: '{"error":"invalid_client"}' };
    const token = `token-canary-${++world.logIns}`;
    if (world.takesAny) world.known.add(token);
    return { status: 200, body: JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 300 }) };
  };
  const hubHandler: HttpHandler = async ({ headers }) => {
    const { authorization = 'none' } = headers;
    world.atHub.push(authorization.replace('Bearer token-canary-', ''));
    return { status: world.known.has(authorization.slice('Bearer '.length)) ? 202 : 401 };
  };
  const hub = await listen(hubHandler);
  let idp = await listen(tokenServer, 0, certificates);
  const { config } = await loadConfig(
    undefined,
    {
      PM_FSP_ID: 'greenbank',
      PM_HUB_BASE_URL: hub.url,
      PM_CORE_BASE_URL: 'http://127.0.0.1:1',
      PM_SANDBOX: 'true',
      PM_JWS_SIGN: 'false',
      PM_JWS_VERIFY: 'false',
      PM_HUB_OAUTH_TOKEN_URL: `${idp.url}/token`,
      PM_HUB_OAUTH_CLIENT_SECRET: clientSecret,
      PM_HUB_OAUTH_SCOPE: 'fspiop',
      PM_HUB_OAUTH_CA_FILE: join(folder, 'ca.pem'),
    },
    folder,
  );
  const time = virtualTime();
  const [log, metrics] = [recordedLog(), createMetrics()];
  const { client, alarms } = await withHubToken(createHttpClient({}), config, { clock: time, log, metrics }, undefined);
  const outcomes: HttpOutcome[] = [];
  const ask = async (): Promise<number | string> => {
    const outcome = await client.request({ method: 'POST', url: `${hub.url}/quotes`, headers: {}, body: '{}', timeoutMs: 10_000 });
    outcomes.push(outcome);
    return outcome.kind === 'answer' ? outcome.status : `${outcome.code}, sent: ${outcome.sent}`;
  };
  t.after(() => Promise.all([client.close(), hub.close(0), idp.close(0)]));
  return {
    world,
    time,
    ask,
    metrics,
    standing: () => alarms().map(({ code }) => code),
    stopTokenServer: () => idp.close(0),
    async startTokenServer() {
      idp = await listen(tokenServer, idp.port, certificates);
    },
    async assertNothingTold() {
      const shown = JSON.stringify([log.lines, alarms(), outcomes, await metrics.text()]);
      assert.doesNotMatch(shown, /canary/, 'neither a token nor the client secret is told anywhere');
    },
  };
}

test('hub.oauth: one log-in serves many requests at once, another is made before the token ends, and one that ended is not used', async (t) => {
  const { world, time, ask, metrics, assertNothingTold } = await stage(t);
  assert.deepEqual(await Promise.all(Array.from({ length: 20 }, ask)), Array(20).fill(202));
  assert.equal(world.logIns, 1);
  await time.advance(250_000);
  assert.equal(await ask(), 202);
  while (world.logIns < 2) await new Promise((resolve) => setImmediate(resolve));
  world.known.delete('token-canary-1');
  await time.advance(260_000);
  assert.equal(await ask(), 202);
  assert.ok(!world.atHub.slice(21).includes('1'), 'the first token had ended');
  assert.match(await metrics.text(), /pm_hub_token_requests_total\{result="token"\} [23]/);
  await assertNothingTold();
});

test('hub.oauth: a token that the hub does not know any more is replaced, and the request is sent once more', async (t) => {
  const { world, time, ask, standing, assertNothingTold } = await stage(t);
  assert.equal(await ask(), 202);
  await time.advance(5_000);
  world.known.clear();
  assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [202, 202, 202]);
  assert.equal(world.logIns, 2);
  assert.deepEqual(standing(), []);
  await assertNothingTold();
});

test('hub.oauth: a hub that refuses every token gets no storm of log-ins, its 401 is the answer, and an alarm stands until it takes one', async (t) => {
  const { world, time, ask, standing, metrics, assertNothingTold } = await stage(t);
  world.takesAny = false;
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, ask)), Array(10).fill(401));
  assert.equal(world.logIns, 1);
  assert.deepEqual(standing(), ['HUB_TOKEN_REFUSED']);
  assert.match(await metrics.text(), /pm_hub_token_refused_total 10/);
  world.takesAny = true;
  await time.advance(5_000);
  assert.equal(await ask(), 202);
  assert.deepEqual(standing(), []);
  await assertNothingTold();
});

test('hub.oauth: while the token server is away a held token goes on; without one nothing is sent; it recovers by itself', async (t) => {
  const { world, time, ask, standing, metrics, stopTokenServer, startTokenServer, assertNothingTold } = await stage(t);
  assert.equal(await ask(), 202);
  await stopTokenServer();
  await time.advance(250_000);
  assert.equal(await ask(), 202);
  await time.advance(50_000);
  assert.equal(await ask(), 'TOKEN_UNAVAILABLE, sent: false');
  assert.equal(world.atHub.length, 2);
  assert.deepEqual(standing(), ['HUB_TOKEN_UNAVAILABLE']);
  assert.match(await metrics.text(), /pm_alarms_total\{code="HUB_TOKEN_UNAVAILABLE"\} 1/);
  await startTokenServer();
  await time.advance(60_000);
  assert.equal(await ask(), 202);
  assert.deepEqual(standing(), []);
  await assertNothingTold();
});

test('hub.oauth: a hub that refuses the token while no other can be had has not taken the message: not sent, to be tried again', async (t) => {
  const { world, time, ask, stopTokenServer, assertNothingTold } = await stage(t);
  assert.equal(await ask(), 202);
  await time.advance(5_000);
  world.known.clear();
  await stopTokenServer();
  assert.equal(await ask(), 'TOKEN_UNAVAILABLE, sent: false');
  await assertNothingTold();
});
