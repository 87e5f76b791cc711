import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { assertBooks, exceptionCodes, nothingOpen } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { beginPayment, ended, LOST, SIPHO, THANDI } from '../scheme/payments.ts';
import { type ProcessChoices, type ProcessScheme, type ProcessSide, startProcessScheme } from '../scheme/process-scheme.ts';
import type { CrashCase } from './crash-case.ts';
import { creditingCases, payeeCases, payeeTroubleCases, payerCases, payerFailureCases, payerLadderCases } from './crash-cases.ts';
import { onlyFaults } from './faults.ts';
import { committedAtHub } from './outcomes.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('crash');
});
after(() => folders.remove());

const canBeAsked = { core: { transferRepeatable: true, transferAskable: true } };
/** Long enough for a process to start again before the prepare expires: what can be completed must be. */
const lasting = { lifetimes: { prepareMs: 10_000, quoteRequestMs: 10_000 } };
const inThreeSteps = { ...lasting, acceptance: { party: false, quote: false } };
/** The payer's core waits longer than the prepare lives, so that the ladder is the first to ask. */
const ladderAsksFirst = { timeouts: { callbackMs: 4_000 } };

describe('killed at a failpoint and started again', { concurrency: 4 }, () => {
  chain('the payer that must ask', payerLadderCases.slice(0, 4), { payer: ladderAsksFirst, payee: canBeAsked });
  chain('the payer, from the price on', payerCases.slice(0, 8), { payer: inThreeSteps, payee: canBeAsked });
  chain('the payer, up to the price', payerCases.slice(8), { payer: inThreeSteps, payee: canBeAsked });
  chain('the payee, from the prepare on', payeeCases.slice(0, 12), { payer: lasting, payee: canBeAsked });
  chain('the payee, up to the prepare', payeeCases.slice(12), { payer: lasting, payee: canBeAsked });
  chain('the payee in trouble', payeeTroubleCases, { payer: lasting, payee: canBeAsked });
  chain('the payer whose payment fails', payerFailureCases, { payer: lasting, payee: canBeAsked });
  chain('the payer whose core asks', payerLadderCases.slice(4), { payee: canBeAsked });
  chain('the payee whose core credits', creditingCases, { atPrepare: 'credit', payer: lasting, payee: canBeAsked });
});

/** One scheme; its victim is killed and started again once per case. */
function chain(name: string, cases: readonly CrashCase[], choices: Omit<ProcessChoices, 'folder'>): void {
  test(name, { timeout: 150_000 }, async (t: TestContext) => {
    const running = await startProcessScheme({ ...choices, folder: folders.next() });
    try {
      const bystander = cases[0]?.victim === 'payer' ? running.payee : running.payer;
      await bystander.start();
      let armed: string | undefined;
      for (const [index, one] of cases.entries()) {
        await t.test(one.failpoint, async () => {
          armed = await crash(running, one, armed, cases[index + 1]?.failpoint);
        });
      }
    } finally {
      await running.stop();
    }
  });
}

/**
 * Nobody lost a cent, nobody got one twice, and nothing waits for anybody. A start costs more than a payment, so the process
 * that recovers is armed for the next case already, where the recovery does not lead it there. Answers what the process that
 * runs now is armed with.
 */
async function crash(
  running: ProcessScheme,
  one: CrashCase,
  armedWith: string | undefined,
  next: string | undefined,
): Promise<string | undefined> {
  const { payer, payee, scheme } = running;
  const victim = running[one.victim];
  onlyFaults(running, one.faults);
  if (armedWith !== one.failpoint) {
    await victim.kill();
    await victim.start(one.failpoint);
  }
  let armed: string | undefined;
  const id = await beginPayment(payer, { amount: '1.5', to: one.to === undefined ? THANDI : one.to === 'LOST' ? LOST : SIPHO });
  assert.equal(await victim.death(8_000), 'SIGKILL');
  // sends and calls of the core are repeated by a recovery
  const recovery = await recover(victim, next?.includes('append') && !next.includes(':') ? next : undefined);
  try {
    const payment = await ended(payer, id);
    if (one.end !== undefined) assert.equal(payment.state, one.end, JSON.stringify(payment.steps));
    await nothingOpen(payer.journalFile);
    await nothingOpen(payee.journalFile);
    assertBooks(payer.core, payee.core, scheme.hub, { committed: await committedAtHub(running) });
  } finally {
    armed = await recovery.end();
  }
  for (const side of [payer, payee]) assert.deepEqual(await exceptionCodes(side.operations), []);
  return armed;
}

/** Starts the victim again, and once more when its recovery leads it to the failpoint. `end` answers what it is armed with then. */
async function recover(victim: ProcessSide, failpoint: string | undefined): Promise<{ end(): Promise<string | undefined> }> {
  let armed = failpoint;
  let over = false;
  let again: Promise<void> | undefined;
  const startUnarmed = (): Promise<void> => {
    armed = undefined;
    return victim.start();
  };
  try {
    await victim.start(failpoint);
    void victim.ended.then(() => {
      if (!over) again = startUnarmed();
    });
  } catch (error) {
    // it died before it was ready: the recovery led it to the failpoint at once
    if (failpoint === undefined || !String(error).includes('SIGKILL')) throw error;
    await startUnarmed();
  }
  return {
    async end() {
      over = true;
      await again;
      return armed;
    },
  };
}
