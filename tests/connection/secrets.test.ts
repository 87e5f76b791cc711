import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import type { ConnectionManagerServer, Scheme } from '@payment-manager/sandbox';
import { fetchMasterKey, openFileStore, openSealedStore } from '@payment-manager/vault';
import { type ManagerProcess, startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { connected, connectionOf, renew, startUnconnectedScheme, writeConnectedConfiguration } from './connected-scheme.ts';

/** A text in which something must not stand, and what it is. */
type Place = readonly [name: string, text: string];

/** A Payment Manager in a process of its own, and all that it says. */
interface Talker {
  readonly fspId: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly dataFolder: string;
  readonly process: ManagerProcess;
  readonly operations: string;
}

/** Issue 4, item 6. What tokens look like is known; everything else is looked for by its very text. */
const TOKEN = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/;

test('no private key, token, client secret or master key gets into logs, metrics, API answers, crash output, the journal, or unsealed onto the disk', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-canaries-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const scheme = await startUnconnectedScheme(folder);
  t.after(() => scheme.stop());
  const [payer, payee] = await Promise.all([PAYER, PAYEE].map((fspId) => talker(t, folder, scheme, fspId)));
  assert.ok(payer && payee);
  await Promise.all([payer, payee].map((side) => connected(side)));
  const { core, coreUrl } = scheme.dfsp(PAYER);
  assert.equal((await pay({ core, coreUrl })).state, 'COMPLETED');

  const secret = scheme.dfsp(PAYER).oauth?.clientSecret.reveal() ?? '';
  const answers = await Promise.all([payer, payee].map(said));
  assert.match(JSON.stringify(answers), /pm_hub_token_requests_total\{result=\\"token\\"\} 1/, 'tokens are brought to the hub');
  await trouble(scheme, payer);
  const later = await said(payer);
  await Promise.all([payer, payee].map((side) => side.process.stop(10_000)));
  const keys = (await Promise.all([payer, payee].map(privateKeysOf))).flat();
  const masterKeys = [payer, payee].map(({ dataFolder }) => readFileSync(join(dataFolder, 'vault.key'), 'utf8').trim());
  const crashes = await crashOutput(payer, masterKeys[0] ?? '');

  const logs = [payer, payee].map(({ fspId, logFile }): Place => [`the log of ${fspId}`, readFileSync(logFile, 'utf8')]);
  assert.ok(
    logs.every(([, text]) => text.split('\n').length > 20 && text.includes('TLS credentials replaced')),
    'the logs are there, and detailed',
  );
  const disk = [payer, payee].flatMap(({ dataFolder }) => filesIn(dataFolder));
  assert.ok(disk.some(([name]) => name.includes('journal.db')) && disk.some(([name]) => name.includes('tls-client')));
  const places = [...logs, ...answers.flat(), ...later, ...crashes, ...disk];
  assert.ok(keys.length >= 8, `${keys.length} private keys are looked for`);
  assertAbsent('a private key', keys, places);
  assertAbsent('a client secret', [secret, webhookSecret], places);
  assertAbsent('a master key', masterKeys, places);
  for (const [name, text] of places) assert.doesNotMatch(text, TOKEN, `a token stands in ${name}`);
  for (const [name, text] of places) assert.doesNotMatch(text, /BEGIN (?:\w+ )?PRIVATE KEY/, `a private key stands in ${name}`);
});

async function talker(t: TestContext, folder: string, scheme: Scheme, fspId: string): Promise<Talker> {
  const configFile = await writeConnectedConfiguration(folder, scheme, fspId, { log: { level: 'debug' } });
  const logFile = join(dirname(configFile), 'payment-manager.log');
  const process = await startManagerProcess(configFile, logFile, environmentOf(scheme, fspId));
  t.after(() => process.stop(5_000));
  await scheme.connect(fspId, process.urls);
  return { fspId, configFile, logFile, dataFolder: join(dirname(configFile), 'data'), process, operations: process.urls.operations };
}

const webhookSecret = `webhook-${randomBytes(16).toString('hex')}`;

/** Every secret that a process can be given but those of other stores. */
function environmentOf(scheme: Scheme, fspId: string): Record<string, string> {
  const secret = scheme.dfsp(fspId).oauth?.clientSecret.reveal() ?? '';
  return {
    PM_CONNECTION_MANAGER_CLIENT_SECRET: secret,
    PM_HUB_OAUTH_TOKEN_URL: (scheme.connectionManager as ConnectionManagerServer).tokenUrl,
    PM_HUB_OAUTH_CLIENT_SECRET: secret,
    PM_OPERATIONS_ALARM_WEBHOOK_URL: 'http://127.0.0.1:1/alarms',
    PM_OPERATIONS_ALARM_WEBHOOK_SECRET: webhookSecret,
  };
}

/** All that a Payment Manager answers to operators. */
async function said({ fspId, operations }: Talker): Promise<Place[]> {
  const paths = ['/connection', '/metrics', '/alarms', '/exceptions', '/health/ready'];
  return Promise.all(
    paths.map(async (path): Promise<Place> => [`${path} of ${fspId}`, await (await fetch(`${operations}${path}`)).text()]),
  );
}

/** Everything that makes a client of a Connection Manager talk: refusals, nonsense, an answer that quotes what it was sent. */
async function trouble(scheme: Scheme, side: Talker): Promise<void> {
  const { operator } = scheme.connectionManager as ConnectionManagerServer;
  await renew({ ...side, config: side }, 'DFSP_JWS');
  await renew({ ...side, config: side }, 'DFSP_SERVER_CERT');
  for (const kind of ['garbage', 'reset', 'holes'] as const) {
    operator.faults.add({ operation: '*', nth: 1, count: 6, action: { kind } });
    await failing(side);
    operator.faults.remove();
  }
  operator.renewSecret(side.fspId);
  operator.revokeTokens();
  await failing(side);
}

async function failing(side: Talker): Promise<void> {
  await until('something fails', async () => (await connectionOf(side)).conditions.some(({ state }) => state === 'Failed'), 30_000);
}

/** Lines out of the middle of every private key in a vault. */
async function privateKeysOf({ dataFolder }: Talker): Promise<string[]> {
  const store = await openFileStore({ folder: join(dataFolder, 'vault'), clock: systemClock, random: systemRandom });
  const sealed = await openSealedStore(store, { current: await fetchMasterKey({ file: join(dataFolder, 'vault.key') }, {}) }, systemRandom);
  const lines: string[] = [];
  for (const path of (await sealed.list()).keys()) {
    const text = Buffer.from((await sealed.read(path)).body)
      .toString('utf8')
      .replaceAll('\\n', '\n');
    for (const [, body = ''] of text.matchAll(/-----BEGIN PRIVATE KEY-----\n([\s\S]+?)-----END/g))
      lines.push(body.trim().split('\n')[1] ?? '');
  }
  assert.ok(lines.every((line) => line.length > 40));
  return lines;
}

/** What is said by one that cannot start: with another master key, with one that is none, with a vault that is damaged. */
async function crashOutput({ configFile, dataFolder, logFile }: Talker, masterKey: string): Promise<Place[]> {
  const file = join(dataFolder, 'vault.key');
  const outputs: Place[] = [];
  const attempt = async (what: string): Promise<void> => {
    const started = await startManagerProcess(configFile, `${logFile}.crash`).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    assert.match(started, /did not start/, what);
    outputs.push([what, started + readFileSync(`${logFile}.crash`, 'utf8')]);
  };
  writeFileSync(file, randomBytes(32).toString('hex'));
  await attempt('the start with another master key');
  writeFileSync(file, `${masterKey}, and something else`);
  await attempt('the start with a master key that is none');
  writeFileSync(file, masterKey);
  const [entry = ''] = globSync('vault/sandbox/tls-client/*.json', { cwd: dataFolder });
  writeFileSync(join(dataFolder, entry), readFileSync(join(dataFolder, entry), 'utf8').replace(/[0-9A-Za-z]{20}/, 'A'.repeat(20)));
  await attempt('the start with a damaged vault');
  return outputs;
}

/** Every file below a folder, byte for byte; the master key itself aside. */
function filesIn(folder: string): Place[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.key'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => existsSync(file))
    .map((file): Place => [file, readFileSync(file, 'latin1')]);
}

function assertAbsent(what: string, canaries: readonly string[], places: readonly Place[]): void {
  for (const [name, text] of places)
    for (const canary of canaries) {
      assert.ok(canary.length > 15, `${what} is looked for`);
      assert.ok(!text.includes(canary), `${what} stands in ${name}`);
    }
}
