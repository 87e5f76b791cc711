import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';
import { type ConnectedSide, type ShownConnection, startConnectedScheme } from '../connection/connected-scheme.ts';
import { pay } from '../scheme/payments.ts';
import { until } from '../scheme/waiting.ts';
import { attackedFolder, runToItsEnd } from './attacked-product.ts';

const WAIT_MS = 30_000;

async function alarmsOf({ operations }: ConnectedSide): Promise<readonly { code: string; payment: string; reason: string }[]> {
  return ((await (await fetch(`${operations}/alarms`)).json()) as { alarms: { code: string; payment: string; reason: string }[] }).alarms;
}

const alarmed = (side: ConnectedSide, code: string, about: RegExp) =>
  until(`${code} ${about}`, async () => (await alarmsOf(side)).find((one) => one.code === code && about.test(one.payment)), WAIT_MS);

/** Resolves when this artefact stands for this reason. */
const stands = ({ operations }: ConnectedSide, artefact: string, reason: string) =>
  until(
    `${artefact} stands at ${reason}`,
    async () => {
      const { conditions } = (await (await fetch(`${operations}/connection`)).json()) as ShownConnection;
      return conditions.find((one) => one.artefact === artefact && one.reason === reason);
    },
    WAIT_MS,
  );

test('a Connection Manager over plain http ends the start in production with exit code 78', async (t) => {
  const folder = await attackedFolder();
  t.after(() => folder.remove());
  const { inbound: _inbound, hub, jws: _jws, ...rest } = folder.configuration();
  const file = await folder.write('plain', {
    ...rest,
    inbound: { host: '127.0.0.1', port: 0, tls: { enabled: true } },
    hub: { ...(hub as object), tls: { enabled: true } },
    vault: { store: 'file' },
    connectionManager: {
      url: 'http://127.0.0.1:9',
      tokenUrl: 'http://127.0.0.1:9/token',
      dnsNames: ['localhost'],
      ingressUrl: 'https://127.0.0.1:4000',
    },
  });
  const { exitCode, text } = await runToItsEnd(file);
  assert.equal(exitCode, 78, text);
  for (const key of ['connectionManager.url', 'connectionManager.tokenUrl']) assert.ok(text.includes(key), text);
});

test('a Connection Manager that says another CA and key of the hub: an alarm each; where they are pinned they wait for a person', {
  timeout: 180_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-manager-lies-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const stage = await startConnectedScheme(folder);
  t.after(() => stage.stop());
  const { operator } = stage.connectionManager;
  const rotated = new X509Certificate(await operator.rotateHubCa());
  const { reason } = await alarmed(stage.payer, 'TRUST_CHANGED', /^trust-hub-ca-/);
  assert.ok(reason.includes(rotated.fingerprint256), reason);
  await operator.putJws();
  await alarmed(stage.payer, 'TRUST_CHANGED', /^trust-peer-jws-switch-/);

  const configuration = JSON.parse(readFileSync(stage.payer.file, 'utf8')) as { connectionManager: object; jws?: object };
  writeFileSync(
    stage.payer.file,
    JSON.stringify({
      ...configuration,
      connectionManager: { ...configuration.connectionManager, pinnedHubCa: ['certified-by-former'] },
      jws: { ...configuration.jws, pinHubKey: true },
    }),
  );
  const payer = await stage.again(stage.payer);
  await stands(payer, 'HUB_CA', 'IN_ORDER');
  await stands(payer, 'PEER_JWS', 'IN_ORDER');
  const lie = new X509Certificate(await operator.rotateHubCa());
  await operator.putJws();
  await stands(payer, 'HUB_CA', 'PIN_BROKEN');
  const { message } = await stands(payer, 'PEER_JWS', 'PIN_BROKEN');
  for (const artefact of ['HUB_CA', 'PEER_JWS']) await alarmed(payer, 'TRUST_WAITS', new RegExp(`connection-${artefact}`));
  assert.equal((await pay(payer)).state, 'COMPLETED', 'what was trusted goes on');

  const [key = ''] = /[0-9a-f]{32}/.exec(message) ?? [];
  for (const fingerprint of [lie.fingerprint256, key]) {
    const { exitCode, text } = await pmIn(dirname(payer.file), ['keys', 'accept', fingerprint, '--yes', '--by', 'ada']);
    assert.equal(exitCode, 0, text);
  }
  await stands(payer, 'HUB_CA', 'IN_ORDER');
  await stands(payer, 'PEER_JWS', 'IN_ORDER');
});
