import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { assertBooks, exceptionCodes } from '../scheme/books.ts';
import { REST_CORE } from '../scheme/configuration.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended, LOST, SIPHO, THANDI } from '../scheme/payments.ts';
import { canBeAsked, type ProcessChoices, type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import type { CrashCase } from './crash-case.ts';
import {
  connectorCases,
  creditingCases,
  payeeCases,
  payeeTroubleCases,
  payerCases,
  payerFailureCases,
  payerLadderCases,
} from './crash-cases.ts';
import { onlyFaults } from './faults.ts';
import { committedAtHub } from './outcomes.ts';

const LONG = process.env['PM_TEST_LONG'] !== undefined;
let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('crash');
});
after(() => folders.remove());

/** Long enough for a process to start again before the prepare expires: what can be completed must be. */
const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 } };
const inThreeSteps = { ...lasting, acceptance: { party: false, quote: false } };
/** The payer's core waits longer than the prepare lives, so that the ladder is the first to ask. */
const ladderAsksFirst = { timeouts: { callbackMs: 4_000 } };

describe('killed at a failpoint and started again', { concurrency: 4 }, () => {
  // the longest first; each more would be two processes more
  const notYetPrepared = [...payeeCases.slice(12), ...payeeTroubleCases, ...payerFailureCases];
  chain('the payee, up to the prepare and in trouble, and the payer whose payment fails', notYetPrepared, {
    payer: lasting,
    payee: canBeAsked,
  });
  chain('the payer', payerCases, { payer: inThreeSteps, payee: canBeAsked });
  // what the payee's own process does is the same either way: with a connector there are the appends of the record at the core besides
  const itsOwn = payeeCases.slice(0, 12).filter(({ failpoint }) => !failpoint.startsWith('core.'));
  chain('the payee behind a connector, from the prepare on', [...connectorCases, ...itsOwn], {
    payer: lasting,
    // before a call has begun, one whose time is over is refused: a start that is slow must not use it up
    payee: { ...lasting, timeouts: { backendMs: 6_000 }, core: { connector: REST_CORE } },
  });
  const skip = !LONG && 'PM_TEST_LONG=1 runs them without a connector, too, and kills before each step besides after it';
  chain('the payee, from the prepare on', payeeCases.slice(0, 12), { payer: lasting, payee: canBeAsked }, skip);
  chain('the payer that must ask', payerLadderCases.slice(0, 4), { payer: ladderAsksFirst, payee: canBeAsked });
  chain('the payer whose core asks', payerLadderCases.slice(4), { payee: canBeAsked });
  chain('the payee whose core credits', creditingCases, { atPrepare: 'credit', payer: lasting, payee: canBeAsked });
});

/** Nothing at all has begun then. */
const FIRST = 'payer.append.before.payment-started';

/**
 * What is stored and what has gone out are the same before a step as after the one that precedes it: before each step, too, when
 * `PM_TEST_LONG` says so.
 */
const isAnother = ({ failpoint }: CrashCase): boolean => LONG || failpoint === FIRST || !failpoint.includes('.before.');

/** One scheme; its victim is killed and started again once per case. */
function chain(name: string, cases: readonly CrashCase[], choices: Omit<ProcessChoices, 'folder'>, skip: string | false = false): void {
  test(name, { skip }, async (t: TestContext) => {
    const running = await startProcessScheme({ ...choices, folder: folders.next() });
    try {
      await Promise.all([running.payer.start(), running.payee.start()]);
      for (const one of cases.filter(isAnother)) await t.test(one.failpoint, () => crash(running, one));
    } finally {
      await running.stop();
    }
  });
}

/** Nobody lost a cent, nobody got one twice, and nothing waits for anybody. */
async function crash(running: ProcessScheme, one: CrashCase): Promise<void> {
  const { payer, payee, scheme } = running;
  const victim = running[one.victim];
  onlyFaults(running, one.faults);
  victim.arm(one.failpoint);
  const id = await beginPayment(payer, { amount: '1.5', to: one.to === undefined ? THANDI : one.to === 'LOST' ? LOST : SIPHO });
  assert.equal(await victim.death(8_000), 'SIGKILL');
  await victim.start();
  const payment = await ended(payer, id, 30_000);
  if (one.end !== undefined) assert.equal(payment.state, one.end, JSON.stringify(payment.steps));
  await nothingOpen(payer.journalFile);
  await nothingOpen(payee.journalFile);
  assertBooks(payer.core, payee.core, scheme.hub, { committed: await committedAtHub(running) });
  for (const side of [payer, payee]) assert.deepEqual(await exceptionCodes(side.operations), []);
}
