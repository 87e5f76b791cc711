import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeTls } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { pay } from '../scheme/payments.ts';
import { until } from '../scheme/waiting.ts';
import { type ConnectedSide, connected, connectionOf, startConnectedScheme } from './connected-scheme.ts';

interface Health {
  readonly status: string;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}

async function health({ operations }: ConnectedSide): Promise<Health> {
  return (await (await fetch(`${operations}/health/ready`)).json()) as Health;
}

test('before the scheme has done its part the product runs, says what it waits for, and lets nobody in; then it is ready by itself, and after a start without the Connection Manager, too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-before-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const stage = await startConnectedScheme(folder, {}, { autoSign: false });
  t.after(() => stage.stop());
  const { payer, connectionManager } = stage;

  await until(
    'the hub has to sign',
    async () => {
      const { conditions } = await connectionOf(payer);
      return conditions.some(({ artefact, reason }) => artefact === 'DFSP_CLIENT_CERT' && reason === 'WAITING_FOR_HUB');
    },
    30_000,
  );
  const waiting = await health(payer);
  assert.equal(waiting.status, 'not ready');
  assert.match(waiting.parts['connection']?.detail ?? '', /no client certificate/);
  const early = await pay(payer);
  assert.equal(early.state, 'ERROR_OCCURRED', 'nothing left, so the payment has failed for certain');

  connectionManager.operator.change({ autoSign: true });
  await Promise.all([stage.payer, stage.payee].map(connected));
  assert.equal((await pay(payer)).state, 'COMPLETED');

  await connectionManager.listener.pause();
  const again = await stage.again(payer);
  await until('ready out of the vault', async () => (await health(again)).status === 'ready');
  assert.equal((await pay(again)).state, 'COMPLETED');
  await until(
    'the Connection Manager is missed',
    async () => {
      const { conditions } = await connectionOf(again);
      return conditions.some(({ state, reason }) => state === 'Failed' && reason === 'UNREACHABLE');
    },
    30_000,
  );
  assert.equal((await health(again)).status, 'ready', 'as long as what is in use is valid');
  await connectionManager.listener.resume();
  await connected(again);
});

test('with an empty vault the API that the hub calls refuses every handshake', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-empty-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // the hub's operator is away, and so is its Connection Manager
  const stage = await startConnectedScheme(folder, { connectionManager: { url: 'http://127.0.0.1:9' } }, { autoSign: false });
  t.after(() => stage.stop());
  const { port } = new URL(stage.payee.inbound);
  const seen = await probeTls({ host: '127.0.0.1', port: Number(port), timeoutMs: 2_000 });
  assert.deepEqual([seen.kind, seen.kind === 'failed' && seen.phase], ['failed', 'tls']);
  const { missing } = await connectionOf(stage.payee);
  assert.deepEqual(
    missing.filter((what) => what === 'client certificate'),
    ['client certificate'],
  );
});

test('a Connection Manager that never answers does not keep the product from leaving', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-leaving-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const stage = await startConnectedScheme(folder, {}, { autoSign: false });
  t.after(() => stage.stop());
  stage.connectionManager.operator.faults.add({ operation: '*', nth: 1, action: { kind: 'silence' } });
  await until('a request hangs', () => stage.connectionManager.operator.faults.list().some(({ struck }) => struck > 0), 20_000);
  const began = machineSpeed.now();
  await stage.again(stage.payer);
  assert.ok(machineSpeed.now() - began < 15_000, 'a request to the Connection Manager may take 30 s, and leaving does not wait for it');
});
