import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  createMetrics,
  noFailpoints,
  recordedLog,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import type { ConnectionManagerServer, Scheme } from '@payment-manager/sandbox';
import { loadConfig } from '../../packages/configuration/src/load.ts';
import { type RunningPaymentManager, startPaymentManager } from '../../packages/payment-manager/src/compose.ts';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';
import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { connectionOf, startUnconnectedScheme, writeConnectedConfiguration } from './connected-scheme.ts';

let folder: string;
let scheme: Scheme;
let file: string;
let secret: string;
let manager: RunningPaymentManager | undefined;
let peer: RunningPaymentManager | undefined;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-onboard-'));
  scheme = await startUnconnectedScheme(folder);
  file = await writeConnectedConfiguration(folder, scheme, PAYER);
  secret = scheme.dfsp(PAYER).oauth?.clientSecret.reveal() ?? '';
});
after(async () => {
  await Promise.all([manager?.stop(), peer?.stop()]);
  await scheme.stop();
  await rm(folder, { recursive: true });
});

/** Runs a command with what runs now. */
async function pm(args: readonly string[], clientSecret = secret) {
  const environment = {
    USER: 'ada',
    PM_CONNECTION_MANAGER_CLIENT_SECRET: clientSecret,
    ...(manager && { PM_OPERATIONS_PORT: new URL(manager.operations.url).port, PM_OUTBOUND_PORT: new URL(manager.outbound.url).port }),
  };
  const { exitCode, text } = await pmIn(folder, args.includes('--config') ? args : [...args, '--config', file], environment);
  assert.ok(!text.includes(secret) && !text.includes('PRIVATE KEY'), text);
  return { exitCode, text };
}
const onboard = (args: readonly string[], clientSecret?: string) => pm(['onboard', ...args], clientSecret);

async function startProduct(fspId: string, configuration: string): Promise<RunningPaymentManager> {
  const own = scheme.dfsp(fspId).oauth?.clientSecret.reveal() ?? '';
  const { config } = await loadConfig(configuration, { PM_CONNECTION_MANAGER_CLIENT_SECRET: own }, dirname(configuration));
  const world = {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: threadPoolSignatures,
    log: recordedLog(),
    metrics: createMetrics(),
    failpoints: noFailpoints,
  };
  const running = await startPaymentManager(config, world);
  await scheme.connect(fspId, { inbound: running.inbound.url, outbound: running.outbound.url });
  return running;
}

/** Waits until each of both has all that it needs and the other's key, and the hub calls both. */
async function acquainted(): Promise<void> {
  const { members } = scheme.connectionManager as ConnectionManagerServer;
  const ready = async ({ operations }: RunningPaymentManager): Promise<boolean> => {
    const { conditions, peers } = await connectionOf({ operations: operations.url });
    return peers.length >= 2 && conditions.every(({ state }) => state === 'Ready') && (await fetch(`${operations.url}/health/ready`)).ok;
  };
  const called = (): boolean => [PAYER, PAYEE].every((id) => members().some(({ fspId, onboarded }) => fspId === id && onboarded));
  await until('both are connected', async () => {
    const found = await Promise.all([manager, peer].map((one) => one !== undefined && ready(one)));
    return called() && found.every((one) => one);
  });
}

/** What the running product says of the last readiness test. */
async function tested(): Promise<unknown[]> {
  const { connected, readinessTest } = await connectionOf({ operations: manager?.operations.url ?? '' });
  return [connected, readinessTest?.outcome, readinessTest?.changed];
}

describe('./pm onboard', () => {
  test('a refusal is told with its reason, the server’s words and the next step', async () => {
    const { exitCode, text } = await onboard(['--wait', '1'], 'another-secret-entirely');
    assert.equal(exitCode, 1);
    assert.match(text, /^failed +OAUTH +TOKEN: .*gives no token \(401\)/m);
    assert.match(text, /next: .*client secret/);
    assert.match(text, /not connected yet/);
    assert.match(text, /Tests +not started/);
  });

  const faults = [
    { action: { kind: 'refuse', status: 401 }, says: /^failed +\w+ +REFUSED: /m },
    { action: { kind: 'refuse', status: 403 }, says: /^failed +\w+ +REFUSED: /m },
    {
      action: { kind: 'refuse', status: 400, message: 'the CSR is not right' },
      says: /^failed +\w+ +INVALID: [\s\S]*the CSR is not right/m,
    },
    { action: { kind: 'refuse', status: 500 }, says: /^failed +\w+ +SERVER_ERROR: /m },
    { action: { kind: 'garbage' }, says: /^failed +\w+ +GARBAGE: /m },
    { action: { kind: 'reset' }, says: /^failed +\w+ +UNREACHABLE: /m },
  ] as const;
  for (const { action, says } of faults)
    test(`a server that does ${JSON.stringify(action)} is told, with what to do`, async () => {
      const { faults: book } = (scheme.connectionManager as ConnectionManagerServer).operator;
      book.add({ operation: '*', nth: 1, action });
      const { exitCode, text } = await onboard(['--wait', '1']).finally(() => book.remove());
      assert.equal(exitCode, 1);
      assert.match(text, says);
      assert.match(text, /^ +next: \S/m);
    });

  test('what the hub finds wrong with a request, or gets wrong itself, is told in its words and with what to do', async () => {
    const { operator } = scheme.connectionManager as ConnectionManagerServer;
    const { clientSecret } = await operator.register('redbank');
    const own = join(folder, 'redbank.yaml');
    await writeFile(own, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), fspId: 'redbank', dataFolder: 'redbank' }));
    const stranger = () => pm(['onboard', '--wait', '1', '--config', own], clientSecret.reveal());
    operator.change({ autoSign: false });
    assert.match((await stranger()).text, /^waits +DFSP_CLIENT_CERT .*not signed it yet.*\n +next: Ask the hub/m);
    const enrolment = () =>
      operator
        .list()
        .find(({ fspId }) => fspId === 'redbank')
        ?.enrolments.at(-1)?.id ?? 0;
    operator.reject('redbank', enrolment(), 'O must be the registered name');
    assert.match((await stranger()).text, /^failed +DFSP_CLIENT_CERT [\s\S]*O must be the registered name[\s\S]*next: /m);
    await operator.sign('redbank', enrolment(), 'wrong-ca');
    operator.change({ autoSign: true });
    assert.match((await stranger()).text, /^failed +DFSP_CLIENT_CERT +CERTIFICATE_UNUSABLE: [\s\S]*next: /m);
  });

  test('without a running product the command itself gets everything, and says what is left to do', async () => {
    const { exitCode, text } = await onboard(['--wait', '20']);
    assert.equal(exitCode, 1);
    for (const artefact of ['OAUTH', 'HUB_CA', 'DFSP_CLIENT_CERT', 'DFSP_SERVER_CERT', 'DFSP_JWS', 'ENDPOINTS'])
      assert.match(text, new RegExp(`^done +${artefact} `, 'm'), text);
    assert.match(text, /^passed +signature +published key/m);
    assert.match(text, /^skipped +look-up +round trip .*\.\/pm run/m);
    assert.match(text, /not connected yet/);
  });

  test('with the product running it is connected when every test is well', async () => {
    manager = await startProduct(PAYER, file);
    const { exitCode, text } = await onboard(['--wait', '20']);
    assert.equal(exitCode, 0, text);
    for (const line of [/^passed +hub +certificate/m, /^passed +own listener +certificate/m, /^passed +look-up +round trip/m])
      assert.match(text, line);
    assert.match(text, /is connected\./);
    const json = JSON.parse((await onboard(['--json'])).text) as { connected: boolean; phases: { title: string }[] };
    assert.equal(json.connected, true);
    assert.deepEqual(
      json.phases.map(({ title }) => title),
      ['Business set-up', 'Technical set-up'],
    );
    assert.deepEqual(await tested(), [true, 'passed', []]);
    assert.match((await onboard(['--wait', '0'])).text, /^Last tested on \S+ by ada: passed, \d+ of \d+ passed\.$/m);
  });

  test('a payment is tried when somebody says whose money, and yes', async () => {
    peer = await startProduct(PAYEE, await writeConnectedConfiguration(folder, scheme, PAYEE));
    await acquainted();
    const pay = ['--pay', '1.00 USD', '--party', 'MSISDN:27713803912', '--payer', 'MSISDN:27713803911'];
    assert.equal((await onboard(pay)).exitCode, 64);
    const { exitCode, text } = await onboard([...pay, '--yes']);
    assert.equal(exitCode, 0, text);
    assert.match(text, /^passed +look-up +round trip +.*a peer’s answer/m);
    assert.match(text, /^passed +payment +payment +1 USD paid/m);
    for (const wrong of [
      ['--pay', '1 usd'],
      ['--pay', '1 USD'],
      ['--party', 'thandi'],
      ['--wait', 'long'],
    ])
      assert.equal((await onboard(wrong)).exitCode, 64, wrong.join(' '));
  });

  test('the running product renews what it is asked to, and the new one is in use', async () => {
    type Listed = { certificates: { certificate: string; state: string; serial: string }[] };
    const serial = async (): Promise<string | undefined> => {
      const { certificates } = JSON.parse((await pm(['cert', '--json'])).text) as Listed;
      return certificates.find(({ certificate, state }) => certificate === 'client' && state === 'active')?.serial;
    };
    const before = await serial();
    assert.ok(before);
    const { exitCode, text } = await pm(['cert', 'renew', 'client']);
    assert.equal(exitCode, 0, text);
    assert.doesNotMatch(text, /when it runs/);
    await until('another client certificate', async () => (await serial()) !== before);
    assert.deepEqual(await tested(), [false, 'stale', ['tls-client']]);
    assert.equal((await onboard(['--wait', '20'])).exitCode, 0);
  });

  test('keys that somebody else may have count for nothing, and the product gets their successors by itself', async () => {
    type Listed = { keys: { purpose: string; keyId: string; state: string }[] };
    const active = async (purpose: string): Promise<string | undefined> => {
      const { keys } = JSON.parse((await pm(['keys', '--json'])).text) as Listed;
      return keys.find((key) => key.purpose === purpose && key.state === 'active')?.keyId;
    };
    for (const purpose of ['jws-signing', 'tls-client']) {
      const lost = (await active(purpose)) ?? '';
      assert.equal((await pm(['keys', 'compromised', lost, '--yes'])).exitCode, 0);
      await until(`another ${purpose} key`, async () => ![undefined, lost].includes(await active(purpose)));
    }
    const { exitCode, text } = await onboard(['--wait', '20']);
    assert.equal(exitCode, 0, text);
  });
});
