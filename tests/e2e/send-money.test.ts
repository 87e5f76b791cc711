import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { assertBooks, exceptionCodes } from '../scheme/books.ts';
import { REST_CORE } from '../scheme/configuration.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { SIPHO, THANDI } from '../scheme/payments.ts';
import { type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';

/*
 * A customer pays by POST /sendmoney: the core is reached by the connector connectors/rest-core, which has it hold, and capture or release. The
 * payer's process is killed around each step of its own, and the same payment goes on.
 */

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('send-money');
});
after(() => folders.remove());

const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 } };
const byConnector = { core: { connector: REST_CORE } };
const AMARA = { idType: 'MSISDN', idValue: '27713803911' };

/** Where the process is killed: before each step of the payment, and around each call of the core that moves money: the first holds, the second captures. */
const POINTS = [
  ...['check', 'start', 'hold', 'accept', 'capture'].map((step) => `send.before.${step}`),
  'send.after.accept',
  ...['core.before.call', 'core.after.call', 'core.before.call:2', 'core.after.call:2'],
];
/** Kills in virtual time are at every point (packages/core-connector/src/send/crash.test.ts): here those after which the most is open. */
const SHORT = ['core.after.call', 'send.after.accept'];
const LONG = process.env['PM_TEST_LONG'] !== undefined;

async function withScheme(t: TestContext, work: (running: ProcessScheme) => Promise<void>): Promise<void> {
  const running = await startProcessScheme({
    folder: folders.next(),
    payer: { ...lasting, ...byConnector },
    payee: { ...lasting, ...byConnector },
  });
  t.after(() => running.stop());
  await Promise.all([running.payer.start(), running.payee.start()]);
  await work(running);
}

interface Answer {
  readonly status: number;
  readonly statusCode?: string;
  readonly transferId: string;
  readonly currentState: string;
  readonly outcome: string;
  readonly hold: string;
  readonly total?: string;
}

/** Calls the API until there is an answer: a process that is killed gives none, and the same again is the same payment. */
async function call({ payer }: ProcessScheme, method: string, path: string, body?: object): Promise<Answer> {
  return until(
    `${method} ${path}`,
    async () => {
      const init = { method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) };
      const response = await fetch(`${payer.outbound}${path}`, init).catch(() => undefined);
      const json = (await response?.json().catch(() => undefined)) as (Answer & { readonly transferState?: Answer }) | undefined;
      return response === undefined || json === undefined || response.status === 503
        ? undefined
        : { ...json.transferState, ...json, status: response.status };
    },
    40_000,
  );
}

const order = (homeTransactionId: string, amount: string, more: object = {}) => ({
  homeTransactionId,
  from: AMARA,
  to: { idType: THANDI.idType, idValue: THANDI.idValue },
  amountType: 'SEND',
  currency: 'USD',
  amount,
  transactionType: 'TRANSFER',
  ...more,
});

/** Asks until the customer's money is where it belongs. */
function settled(running: ProcessScheme, transferId: string): Promise<Answer> {
  return until(
    'the end of a payment',
    async () => {
      const answer = await call(running, 'GET', `/sendmoney/${transferId}`);
      return ['captured', 'released', 'none'].includes(answer.hold) && answer.outcome !== 'unknown' && answer.outcome !== 'none-yet'
        ? answer
        : undefined;
    },
    40_000,
  );
}

describe('a customer of ours pays by /sendmoney', () => {
  test('accepted, within the limit, refused by payer and payee, more than there is, once and again: the books agree', (t) =>
    withScheme(t, async (running) => {
      const { payer, payee, scheme } = running;
      const offer = await call(running, 'POST', '/sendmoney', order('a', '25'));
      assert.deepEqual([offer.status, offer.currentState, offer.total, offer.hold], [200, 'WAITING_FOR_QUOTE_ACCEPTANCE', '25', 'none']);
      assert.equal(payer.core.balance('outgoing:USD'), '0', 'an offer holds nothing');
      const sent = await call(running, 'PUT', `/sendmoney/${offer.transferId}`, { acceptQuote: true });
      assert.deepEqual([sent.status, sent.currentState, sent.outcome], [200, 'COMPLETED', 'committed']);
      const again = await call(running, 'POST', '/sendmoney', order('a', '25'));
      assert.deepEqual([again.transferId, again.currentState], [offer.transferId, 'COMPLETED']);
      assert.equal((await call(running, 'POST', '/sendmoney', order('a', '26'))).status, 409);
      assert.equal((await call(running, 'POST', '/sendmoney', order('b', '1.5', { maxFee: '0.25' }))).currentState, 'COMPLETED');

      const refused = await call(running, 'POST', '/sendmoney', order('c', '3'));
      assert.equal((await call(running, 'PUT', `/sendmoney/${refused.transferId}`, { acceptQuote: false })).currentState, 'ABORTED');
      const blocked = await call(running, 'POST', '/sendmoney', order('d', '3', { to: SIPHO, maxFee: '1' }));
      assert.ok(blocked.status >= 500 && blocked.outcome !== 'unknown', JSON.stringify(blocked));
      const tooMuch = await call(running, 'POST', '/sendmoney', order('e', '5000', { maxFee: '1' }));
      assert.deepEqual([tooMuch.status, tooMuch.statusCode], [500, '4200']);
      await settled(running, offer.transferId);
      await nothingOpen(payer.journalFile, 60_000);
      await until('the books', () => booksAgree(running, ['25', '1.5']), 20_000);
      assert.deepEqual([await exceptionCodes(payer.operations), await exceptionCodes(payee.operations)], [[], []]);
      assertBooks(payer.core, payee.core, scheme.hub, { committed: ['25', '1.5'] });
    }));

  test('killed around its steps and the calls of the core: the payment completes, and money moves once', (t) =>
    withScheme(t, async (running) => {
      const { payer } = running;
      const committed: string[] = [];
      t.diagnostic(LONG ? 'at every point' : `at ${SHORT.length} of ${POINTS.length} points; at all with PM_TEST_LONG`);
      for (const failpoint of LONG ? POINTS : SHORT) {
        await t.test(failpoint, async () => {
          payer.arm(failpoint);
          const begun = call(running, 'POST', '/sendmoney', order(failpoint, '1.5', { maxFee: '1' }));
          assert.equal(await payer.death(20_000), 'SIGKILL');
          await payer.start();
          const { transferId } = await begun;
          const again = await call(running, 'POST', '/sendmoney', order(failpoint, '1.5', { maxFee: '1' }));
          assert.ok(transferId === undefined || transferId === again.transferId);
          const end = await settled(running, again.transferId);
          assert.deepEqual([end.currentState, end.hold], ['COMPLETED', 'captured']);
          committed.push('1.5');
          await until('the books', () => booksAgree(running, committed), 20_000);
        });
      }
      await nothingOpen(payer.journalFile, 60_000);
      assert.deepEqual(await exceptionCodes(payer.operations), []);
    }));
});

function booksAgree({ payer, payee, scheme }: ProcessScheme, committed: readonly string[]): true | undefined {
  try {
    assertBooks(payer.core, payee.core, scheme.hub, { committed });
    return true;
  } catch {
    return undefined;
  }
}
