import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { RequestInvalid } from '../request-body.ts';
import { hubStatement } from './hub-statement.ts';
import { type HubChange, type HubStore, memoryHubStore, openHubStore } from './hub-store.ts';
import type { HubTransfer } from './transfer.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-hub-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const open: HubTransfer = {
  transferId: 'a',
  payerFsp: 'greenbank',
  payeeFsp: 'bluewallet',
  currency: 'USD',
  amount: '1.5',
  condition: 'c',
  expiration: 1,
  contentHash: 'h',
  payerVersion: '1.1',
  state: 'RESERVED',
};
const owed = {
  id: 'm1',
  to: 'greenbank',
  message: { kind: 'own', operation: 'PUT /transfers', path: '/transfers/a', version: '1.1', body: {} },
} as const;
const change: HubChange = {
  participants: [{ fspId: 'greenbank', endpoint: 'http://x', jwsPublicKeys: [], currencies: ['USD'] }],
  parties: [{ key: 'k', fspId: 'greenbank' }],
  positions: [{ fspId: 'greenbank', currency: 'USD', committed: -(10n ** 22n), reserved: 15_000n, netDebitCap: 10n ** 22n }],
  transfers: [open, { ...open, transferId: 'b', state: 'COMMITTED', completedAt: Date.UTC(2026, 10, 24) }],
  owed: [owed],
};

async function check(store: HubStore): Promise<void> {
  await store.save(change);
  const found = await store.load();
  assert.deepEqual(found.participants, change.participants);
  assert.deepEqual(found.parties, change.parties);
  assert.deepEqual(found.positions, change.positions);
  assert.deepEqual(found.openTransfers, [open]);
  assert.deepEqual(found.owed, [owed]);
  assert.equal((await store.findTransfer('b'))?.state, 'COMMITTED');
  assert.equal(await store.findTransfer('c'), undefined);
  const at = Date.UTC(2026, 10, 24);
  assert.deepEqual(
    (await store.decidedTransfers(at, at + 1)).map(({ transferId }) => transferId),
    ['b'],
  );
  assert.deepEqual([await store.decidedTransfers(at - 1, at), await store.decidedTransfers(at + 1, at + 2)], [[], []]);
  const said = async (fspId: string, date = '2026-11-24') => (await hubStatement(`/statement?fspId=${fspId}&date=${date}`, store)).body;
  const head = 'transferId,direction,amount,currency,state\n';
  assert.equal(await said('greenbank'), `${head}b,out,1.5,USD,COMMITTED\n`);
  assert.equal(await said('bluewallet'), `${head}b,in,1.5,USD,COMMITTED\n`);
  assert.deepEqual([await said('redbank'), await said('greenbank', '2026-11-25')], [head, head]);
  await assert.rejects(said('greenbank', 'yesterday'), RequestInvalid);
  await store.save({ settled: ['m1'], transfers: [{ ...open, state: 'ABORTED' }] });
}

function checkLater(found: Awaited<ReturnType<HubStore['load']>>): void {
  assert.deepEqual([found.owed, found.openTransfers], [[], []]);
  assert.deepEqual(found.positions, change.positions);
}

test('hub store: memory keeps what was saved', async () => {
  const store = memoryHubStore();
  await check(store);
  checkLater(await store.load());
});

test('hub store: SQLite keeps what was saved, over a restart too', async () => {
  const options = { file: join(folder, 'hub.db'), log: recordedLog() };
  const store = await openHubStore(options);
  await check(store);
  await store.close();
  const again = await openHubStore(options);
  checkLater(await again.load());
  assert.equal((await again.findTransfer('a'))?.state, 'ABORTED');
  await again.close();
});
