import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseAmount } from '@payment-manager/fspiop';
import { assertBooks, exceptionCodes } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended } from '../scheme/payments.ts';
import { canBeAsked, type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { committedAtHub } from './outcomes.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('load');
});
after(() => folders.remove());

const AT_ONCE = process.env['PM_TEST_LONG'] === undefined ? 120 : 200;
/** So many are begun at the most, on a machine so busy that the test sees only what has ended already. */
const PAYMENTS_MAX = 1_200;
/** Times as in production, in proportion to what so many payments take on a busy machine: who is only slow is not asked. */
const lasting = {
  lifetimes: { prepareMs: 15_000, quoteRequestMs: 15_000 },
  timeouts: { callbackMs: 15_000, backendMs: 5_000, hubHttpMs: 5_000, patchGraceMs: 5_000 },
  ladder: { firstMs: 1_000, factor: 2, maxMs: 4_000, enquiries: 8, slowMs: 5_000 },
};

for (const [who, amount] of [
  ['payer', '0.5'],
  ['payee', '0.75'],
] as const) {
  test(`the plug of the ${who} is pulled under load: nothing that was acknowledged is lost`, async (t) => {
    const running = await startProcessScheme({
      folder: folders.next(),
      payer: lasting,
      payee: { ...lasting, ...canBeAsked },
    });
    t.after(() => running.stop());
    const { payer, payee, scheme } = running;
    await Promise.all([payer.start(), payee.start()]);
    const { ids, told } = await underWay(running, amount);
    await running[who].kill();
    await running[who].start();
    for (const id of ids) await ended(payer, id, 60_000);
    await nothingOpen(payer.journalFile, 30_000);
    await nothingOpen(payee.journalFile, 30_000);
    const committed = await committedAtHub(running);
    await assertKept(running, told);
    assertBooks(payer.core, payee.core, scheme.hub, { committed });
    assert.ok(committed.length > told.length, 'payments that were under way are completed after the restart');
    assert.ok(committed.every((one) => parseAmount(one) === parseAmount(amount)));
    for (const side of [payer, payee]) assert.deepEqual(await exceptionCodes(side.operations), []);
  });
}

/**
 * Has payments begun until the payer's core was told COMPLETED of a quarter of them, while of others the payee's core holds the money: these are
 * finished whoever dies. Answers all that were begun, and the transfers of which it was told.
 */
async function underWay({ payer, payee }: ProcessScheme, amount: string): Promise<{ ids: readonly string[]; told: readonly string[] }> {
  const ids: string[] = [];
  const begin = async (): Promise<void> => {
    ids.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => beginPayment(payer, { amount })))));
  };
  await begin();
  const told = await until(
    'a quarter of the payments completed, and others under way',
    async () => {
      const completed = payer.core.payer.all(2 * PAYMENTS_MAX).filter(({ state }) => state === 'COMPLETED');
      const held = new Set(payee.core.ledger.postings(10 * PAYMENTS_MAX).map(({ key }) => key.split('/')[1]));
      if (completed.length >= AT_ONCE / 4 && held.size >= completed.length + 5) return completed.map(({ transferId }) => transferId ?? '');
      if (ids.length - completed.length < AT_ONCE / 2 && ids.length < PAYMENTS_MAX) await begin();
      return false;
    },
    30_000,
  );
  return { ids, told };
}

/** Each payment whose DFSP was told COMPLETED before is COMMITTED at the hub, credited by the payee, and COMPLETED when asked. */
async function assertKept({ scheme, payer, payee }: ProcessScheme, told: readonly string[]): Promise<void> {
  const credited = new Set(
    payee.core.ledger
      .postings(10 * PAYMENTS_MAX)
      .filter(({ key }) => key.endsWith('/commit'))
      .map(({ key }) => key.split('/')[1]),
  );
  for (const transferId of told) {
    assert.equal((await scheme.hub.findTransfer(transferId))?.state, 'COMMITTED');
    assert.ok(credited.has(transferId), `${transferId} was not credited`);
    const response = await fetch(`${payer.outbound}/transfers/${transferId}`);
    const { currentState } = (await response.json()) as { currentState?: string };
    assert.equal(currentState, 'COMPLETED');
  }
}
