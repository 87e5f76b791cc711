import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { ShownMessage } from '@payment-manager/operations/messages';
import { assertBooks, exceptionCodes } from '../scheme/books.ts';
import { FINERACT_SAVINGS, REST_CORE } from '../scheme/configuration.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended, LOST, pay, SIPHO } from '../scheme/payments.ts';
import { type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';

/*
 * A DFSP whose core is reached by the connector connectors/rest-core: paid, refused, killed in the middle. Its core keeps a ledger, honours
 * keys, keeps refusals and can be asked; a second booking would show there.
 */

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('core-connector');
});
after(() => folders.remove());

const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 } };
const byConnector = { core: { connector: REST_CORE } };

async function withScheme(t: TestContext, work: (running: ProcessScheme) => Promise<void>, connector = REST_CORE): Promise<void> {
  const running = await startProcessScheme({
    folder: folders.next(),
    payer: { ...lasting, ...byConnector },
    payee: { ...lasting, core: { connector } },
  });
  t.after(() => running.stop());
  await Promise.all([running.payer.start(), running.payee.start()]);
  await work(running);
}

/** How often each call of the bank's API that moves money was made. */
function moneyCalls({ payee }: ProcessScheme): Readonly<Record<string, number>> {
  const calls: Record<string, number> = {};
  for (const { operation } of payee.core.calls.list())
    if (operation.startsWith('POST /bank/') && operation !== 'POST /bank/token') calls[operation] = (calls[operation] ?? 0) + 1;
  return calls;
}

async function atRest({ payer, payee }: ProcessScheme): Promise<void> {
  await nothingOpen(payer.journalFile);
  await nothingOpen(payee.journalFile);
  assert.deepEqual([await exceptionCodes(payer.operations), await exceptionCodes(payee.operations)], [[], []]);
}

describe('a core behind a connector', () => {
  test('is paid and refuses; the books agree, and each effect was called once', (t) =>
    withScheme(t, async (running) => {
      const { payer, payee, scheme } = running;
      const paid = await pay(payer);
      assert.equal(paid.state, 'COMPLETED');
      assert.equal((await pay(payer, { to: SIPHO })).state, 'ERROR_OCCURRED');
      assert.equal((await pay(payer, { to: LOST })).state, 'ERROR_OCCURRED');
      assert.equal((await pay(payer, { amount: '1.5' })).state, 'COMPLETED');
      await until('the capture of the last payment', () => moneyCalls(running)['POST /bank/holds/capture'] === 2 || undefined);
      await atRest(running);
      assertBooks(payer.core, payee.core, scheme.hub, { committed: ['25', '1.5'] });
      assert.deepEqual(moneyCalls(running), { 'POST /bank/holds': 2, 'POST /bank/holds/capture': 2 });
      await calledWith(payee, paid.transferId ?? '');
    }));

  test('killed around each call of the core, before and after: the payment completes, and money moves once', (t) =>
    withScheme(t, async (running) => {
      // the first call of a payment that moves money holds, the second captures
      await killedAt(t, running, ['core.before.call', 'core.after.call', 'core.before.call:2', 'core.after.call:2']);
    }));

  test('a Fineract, killed around its only call that moves money, after the commit: the deposit is there once', (t) =>
    withScheme(t, (running) => killedAt(t, running, ['core.before.call', 'core.after.call'], 0n), FINERACT_SAVINGS));
});

/** What was said with the core is kept, but for what proves who we are. */
async function calledWith(side: ProcessScheme['payee'], transferId: string): Promise<void> {
  const folder = dirname(side.journalFile);
  const token = readFileSync(join(folder, 'operations.token'), 'utf8').trim();
  const response = await fetch(`${side.operations}/payments/${transferId}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ by: 'a test', personal: true }),
  });
  const { messages } = (await response.json()) as { readonly messages: readonly ShownMessage[] };
  const ofCore = messages.filter(({ backEnd }) => backEnd !== undefined);
  const calls = ofCore.map(
    ({ method, target, answer }) => `${method} ${new URL(target).pathname.replace(/H-[^/]*/, 'ID')} ${answer?.status}`,
  );
  for (const call of ['POST /bank/holds 201', 'POST /bank/holds/ID/capture 200'])
    assert.ok(calls.includes(call), `${call} is not among ${calls.join(', ')}`);
  for (const { headers } of ofCore) assert.equal(headers['authorization'], '[not kept]');
  assert.ok(!calls.some((call) => call.includes('/token')), calls.join(', '));
}

/** A payment at each failpoint: the payee's process is killed there and started again, and the payment completes. `feeEach`: what the payee's DFSP keeps. */
async function killedAt(t: TestContext, running: ProcessScheme, failpoints: readonly string[], feeEach?: bigint): Promise<void> {
  const { payer, payee, scheme } = running;
  const committed: string[] = [];
  for (const failpoint of failpoints) {
    await t.test(failpoint, async () => {
      payee.arm(failpoint);
      const id = await beginPayment(payer, { amount: '1.5' });
      assert.equal(await payee.death(10_000), 'SIGKILL');
      await payee.start();
      assert.equal((await ended(payer, id, 30_000)).state, 'COMPLETED');
      committed.push('1.5');
      await until('the books', () => booksAgree(running, committed, feeEach), 20_000);
      await atRest(running);
    });
  }
  assertBooks(payer.core, payee.core, scheme.hub, { committed }, feeEach);
}

function booksAgree({ payer, payee, scheme }: ProcessScheme, committed: readonly string[], feeEach?: bigint): true | undefined {
  try {
    assertBooks(payer.core, payee.core, scheme.hub, { committed }, feeEach);
    return true;
  } catch {
    return undefined;
  }
}
