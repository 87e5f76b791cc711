import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  createHttpClient,
  type HttpServer,
  recordedLog,
  startHttpServer,
  systemClock,
  systemRandom,
  systemTimers,
} from '@payment-manager/runtime';
import { type Authority, openAuthority } from '@payment-manager/sandbox';
import { CONNECTOR, smallConnector } from '../../test/small-connector.ts';
import { emptyObject } from '../expression/value.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { openBackEnds } from './back-ends.ts';

let folder = '';
let core: HttpServer;
let authority: Authority;
let cfg: Record<string, string> = {};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-tls-'));
  authority = await openAuthority({ folder, name: 'core CA', clock: systemClock, random: systemRandom });
  const credentials = await authority.issue({ name: 'core', hosts: ['core.bank.internal'] });
  await authority.issue({ name: 'us' });
  const files = authority.files('us');
  const serverName = 'core.bank.internal';
  cfg = {
    ca: authority.certificate,
    certificate: await readFile(files.certificate, 'utf8'),
    key: await readFile(files.privateKey, 'utf8'),
    serverName,
    apiKey: 'k',
  };
  const refuse = () => ({ status: 500 });
  const handler = async (request: { clientName?: string }) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ caller: request.clientName }),
  });
  const tls = { credentials, requireClientCertificate: true };
  core = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_024, handler, refuse, tls }, recordedLog());
  cfg['baseUrl'] = core.url;
});
after(async () => {
  await core.close(0);
  await rm(folder, { recursive: true });
});

const TLS = '    tls: { ca: "=cfg.ca", certificate: "=cfg.certificate", key: "=cfg.key", serverName: "=cfg.serverName" }\n';

/** Calls the core once by a connector with such a part. */
async function called(tls: string, changed: Readonly<Record<string, string>> = {}) {
  const connector = CONNECTOR.replace('    timeouts:', `${tls}    timeouts:`).replace(
    'settings:\n',
    `settings:\n${['ca', 'certificate', 'key', 'serverName'].map((name) => `  ${name}: { type: text }\n`).join('')}`,
  );
  const { connector: compiled, problems } = compileConnector(smallConnector({ connector }));
  assert.deepEqual(problems.map(problemLine), []);
  const running = { connector: compiled, version: 'v1', cfg: { ...cfg, ...changed } };
  const backEnds = openBackEnds({
    running,
    client: (_backend, own) => createHttpClient({ ...own }),
    clock: systemClock,
    timers: systemTimers,
    log: recordedLog(),
  });
  try {
    return await backEnds.call({ kind: 'http', to: 'core', method: 'GET', path: '/', headers: [] }, Date.now() + 20_000, 'read');
  } finally {
    await backEnds.close();
  }
}

test('a back end with TLS of its own: our certificate for it is shown, its CA and its name are what is trusted', async () => {
  const answer = await called(TLS);
  assert.deepEqual(answer.kind === 'answer' && answer.body, emptyObject({ caller: 'us' }));
  // without the name the certificate is of the address as well; with another name it is of nobody
  const other = await called(TLS, { serverName: 'other.bank.internal' });
  assert.deepEqual(other.kind === 'failed' && [other.sent, /certificate/.test(other.reason)], [false, true]);
  const stranger = await called('    tls: { ca: public, certificate: "=cfg.certificate", key: "=cfg.key" }\n');
  assert.equal(stranger.kind === 'failed' && stranger.sent, false);
});

test('without a certificate a core that wants one is not called', async () => {
  const answer = await called('    tls: { ca: "=cfg.ca" }\n');
  assert.equal(answer.kind, 'failed');
});

test('texts that cannot be used are told when the connector is opened, and none of them is shown', async () => {
  const strangers = await openAuthority({ folder: join(folder, 'others'), name: 'others', clock: systemClock, random: systemRandom });
  await strangers.issue({ name: 'other' });
  const otherKey = await readFile(strangers.files('other').privateKey, 'utf8');
  for (const [changed, told] of [
    [{ ca: 'canary' }, /the CA of the back end core cannot be used/],
    [{ key: otherKey }, /client certificate and its key of the back end core cannot be used/],
    [{ key: 'canary' }, /client certificate and its key/],
    [{ key: '' }, /belong together, and one of them is not set/],
  ] as const)
    await assert.rejects(
      called(TLS, changed),
      (error: Error) => error.name === 'SettingMissing' && told.test(error.message) && !error.message.includes('canary'),
    );
});
