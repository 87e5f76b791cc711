import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { assertBooks, assertCalledAtMostOnce, exceptionCodes } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended } from '../scheme/payments.ts';
import { type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { committedAtHub } from './outcomes.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('unaskable');
});
after(() => folders.remove());

/** Where nobody can know whether the core has acted, and whether it has. */
const places = [
  { failpoint: 'payee.append.after.core-transfer-started', executed: false },
  { failpoint: 'core.before.transfer', executed: false },
  { failpoint: 'core.after.transfer', executed: true },
  { failpoint: 'payee.append.before.fulfil-decided', executed: true },
] as const;

/**
 * A core that can neither be asked nor called again, and books every call anew. Interrupted in its call, the payment is put
 * before a person; the call is not repeated; and the books say what the exception says.
 */
describe('killed while a core works that can neither be asked nor called again', { concurrency: 2 }, () => {
  for (const mode of ['reserve', 'credit'] as const) {
    test(`a core that ${mode}s at the prepare`, async (t: TestContext) => {
      const running = await startProcessScheme({ folder: folders.next(), atPrepare: mode, deduplicates: false });
      const credited: string[] = [];
      try {
        await Promise.all([running.payer.start(), running.payee.start()]);
        for (const { failpoint, executed } of places) {
          await t.test(failpoint, async () => {
            if (mode === 'credit' && executed) credited.push('1.5');
            await interrupt(running, failpoint);
            await assertSettled(running, mode, credited);
          });
        }
      } finally {
        await running.stop();
      }
    });
  }
});

async function interrupt({ payer, payee }: ProcessScheme, failpoint: string): Promise<void> {
  payee.arm(failpoint);
  const before = payer.core.payer.all(100).length;
  const id = await beginPayment(payer, { amount: '1.5' });
  assert.equal(await payee.death(8_000), 'SIGKILL');
  await payee.start();
  await until('an exception', async () => {
    const codes = await exceptionCodes(payee.operations);
    return codes.some((code) => code === 'CORE_OUTCOME_UNKNOWN') || codes.length > before;
  });
  const payment = await ended(payer, id);
  assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3303']);
}

/** A reserving core was told ABORTED and holds nothing; what a crediting one has done is for a person to see. */
async function assertSettled(running: ProcessScheme, mode: 'reserve' | 'credit', credited: readonly string[]): Promise<void> {
  const { payer, payee, scheme } = running;
  await nothingOpen(payer.journalFile);
  assert.deepEqual(await committedAtHub(running), []);
  const interrupted = payer.core.payer.all(100).length;
  if (mode === 'reserve') {
    await nothingOpen(payee.journalFile);
    assert.deepEqual(await exceptionCodes(payee.operations), []);
  } else {
    await until('exceptions that say what may have happened', async () => {
      const codes = await exceptionCodes(payee.operations);
      return codes.filter((code) => code === 'CORE_MAY_HAVE_CREDITED').length === interrupted;
    });
  }
  assertBooks(payer.core, payee.core, scheme.hub, { creditedOnly: credited });
  assertCalledAtMostOnce(payee.core);
}
