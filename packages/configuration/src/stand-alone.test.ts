import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ConfigInvalid } from './problem.ts';
import { loadStandAloneConfig } from './stand-alone.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stand-alone-config-'));
});
after(() => rm(folder, { recursive: true }));

async function load(content: object, variables: Readonly<Record<string, string>> = {}) {
  const file = join(folder, 'core-connector.yaml');
  await writeFile(file, JSON.stringify({ fspId: 'greenbank', ...content }));
  return loadStandAloneConfig(file, variables, folder);
}

/** The keys that are complained of. */
async function wrong(content: object, variables: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const error = await load(content, variables).then(
    () => assert.fail('it was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigInvalid);
  return error.problems.map(({ where }) => where);
}

const core = { connector: 'connectors/rest-core' };
const files = { certificateFile: 'c.pem', keyFile: 'k.pem' };

test('a name and a connector are enough: it listens on loopback, with a file as its journal', async () => {
  const config = await load({ core });
  assert.deepEqual(
    [config.backend.host, config.backend.port, config.backend.callMs, config.journal.store],
    ['127.0.0.1', 3100, 8000, 'sqlite'],
  );
  assert.equal(config.core.connector, join(folder, 'connectors/rest-core'));
  assert.equal((await load({ core }, { PM_BACKEND_PORT: '0' })).backend.port, 0);
});

test('beyond loopback it speaks TLS and knows who calls, or it does not start', async () => {
  const beyond = (backend: object) => ({ core, backend: { host: '0.0.0.0', ...backend } });
  assert.deepEqual(await wrong(beyond({})), ['backend.tls.enabled', 'backend.tokenFile']);
  assert.deepEqual(await wrong(beyond({ tokenFile: 't' })), ['backend.tls.enabled']);
  assert.deepEqual(await wrong(beyond({ tls: { enabled: true, ...files, requireClientCertificate: false } })), ['backend.tokenFile']);
  assert.deepEqual(await wrong(beyond({ tls: { enabled: true, ...files } })), ['backend.tls.caFile']);
  assert.deepEqual(await wrong(beyond({ tokenFile: 't', tls: { enabled: true, requireClientCertificate: false } })), [
    'backend.tls.certificateFile',
    'backend.tls.keyFile',
  ]);
  await load(beyond({ tls: { enabled: true, ...files, caFile: 'ca.pem' } }));
  await load(beyond({ tokenFile: 't', tls: { enabled: true, ...files, requireClientCertificate: false } }));
});

test('what it has not, and what it would not use, is told', async () => {
  assert.deepEqual(await wrong({}), ['core.baseUrl']);
  assert.deepEqual(await wrong({ core: { ...core, transferRepeatable: true } }), ['core.transferRepeatable']);
  assert.deepEqual(await wrong({ core, hub: { baseUrl: 'https://hub' } }), ['hub']);
  assert.deepEqual(await wrong({ core, operations: { host: '0.0.0.0' } }), ['operations.tlsEndedBy']);
  assert.deepEqual(await wrong({ core, journal: { store: 'postgres' } }), ['journal.postgresUrl']);
});
