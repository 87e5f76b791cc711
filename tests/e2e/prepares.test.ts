import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { QuotesIdPutResponse, TransfersPostRequest } from '@payment-manager/fspiop';
import { createHttpClient, type HttpHandler, systemClock } from '@payment-manager/runtime';
import { type ScriptedDfsp, type SendOptions, scriptedDfsp } from '../../lab/sandbox/src/scripted-dfsp.ts';
import { transferCalls } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { messageJudge } from '../scheme/message-judge.ts';
import { PAYEE, PAYER, type RunningScheme, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('prepares');
});
after(() => folders.remove());

/** A hub that takes everything and does nothing: what it sends is sent by the test. */
const silentHub: HttpHandler = async ({ method }) => ({ status: method === 'PUT' ? 200 : 202 });

/** The payee's Payment Manager, with a hub whose every message the test makes: mTLS as the hub, signatures as the payer. */
interface Stage {
  readonly running: RunningScheme;
  /** Signs as the payer. */
  readonly payer: ScriptedDfsp;
  /** Signs with a key that nobody knows. */
  readonly forger: ScriptedDfsp;
  /** A prepare that matches a quote which the payee has answered. */
  quotedPrepare(change?: Partial<TransfersPostRequest>): Promise<TransfersPostRequest>;
  /** What the payee's Payment Manager said of the transfer. */
  said(transferId: string): Record<string, unknown>[];
}

async function stage(t: TestContext, atPrepare: 'reserve' | 'credit' = 'reserve'): Promise<Stage> {
  const running = await startRunningScheme({ folder: folders.next(), atPrepare, hub: silentHub });
  t.after(() => running.stop());
  const { scheme, payee, hub } = running;
  const client = createHttpClient({ connectTimeoutMs: 60_000, credentials: await scheme.authority.issue({ name: scheme.hubId }) });
  t.after(() => client.close());
  const sender = (privateKey: string): ScriptedDfsp =>
    scriptedDfsp({
      fspId: PAYER,
      client,
      hubUrl: () => payee.inbound,
      privateKey,
      keyOf: (fspId) => readFileSync(join(scheme.publicKeysFolder, `${fspId}.pem`), 'utf8'),
      clock: systemClock,
    });
  const payer = sender(scheme.dfsp(PAYER).signingKey.privateKey.reveal());
  const forged = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    running,
    payer,
    forger: sender(forged),
    said: (transferId) =>
      hub
        .of(new RegExp(`^PUT /transfers/${transferId}`))
        .map(({ request }) => JSON.parse(Buffer.from(request.body).toString('utf8')) as Record<string, unknown>),
    async quotedPrepare(change = {}) {
      const { quoteId, transactionId } = { quoteId: crypto.randomUUID(), transactionId: crypto.randomUUID() };
      const body = quoteBody(quoteId, transactionId);
      // a process that is busy says so (503), and whoever asks comes again
      await until(
        'the quote is taken',
        async () => (await payer.send('POST /quotes', '/quotes', { destination: PAYEE, body })).status === 202,
      );
      const answer = await until('the quote', () => hub.of(new RegExp(`^PUT /quotes/${quoteId}$`))[0]);
      const quote = JSON.parse(Buffer.from(answer.request.body).toString('utf8')) as QuotesIdPutResponse;
      return {
        transferId: transactionId,
        payerFsp: PAYER,
        payeeFsp: PAYEE,
        amount: quote.transferAmount,
        ilpPacket: quote.ilpPacket,
        condition: quote.condition,
        expiration: new Date(Date.now() + 20_000).toISOString(),
        ...change,
      };
    },
  };
}

describe('prepares over real sockets', { concurrency: 4 }, () => {
  for (const mode of ['reserve', 'credit'] as const) {
    test(`200 identical prepares at once: one call of the core that ${mode}s, identical callbacks`, async (t) => {
      const { running, payer, quotedPrepare, said } = await stage(t, mode);
      const prepare = await quotedPrepare();
      const send = () => payer.send('POST /transfers', '/transfers', { destination: PAYEE, body: prepare });
      const answers = await Promise.all(Array.from({ length: 200 }, send));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
      await until('the callback', () => said(prepare.transferId).length > 0);
      for (let again = 0; again < 5; again++) {
        const before = said(prepare.transferId).length;
        assert.equal((await send()).status, 202);
        await until('the callback again', () => said(prepare.transferId).length > before);
      }
      const callbacks = said(prepare.transferId);
      assert.equal(callbacks[0]?.['transferState'], mode === 'reserve' ? 'RESERVED' : 'COMMITTED');
      assert.equal(new Set(callbacks.map((body) => JSON.stringify(body))).size, 1, 'the callbacks differ');
      assert.deepEqual([...transferCalls(running.payee.core)], [[prepare.transferId, 1]]);
      messageJudge().judging(running.scheme.publicKeysFolder).assertAllSound(running.hub.messages);
    });
  }

  test('what is not what the payer signed is refused at once with 3105', async (t) => {
    const { running, payer, forger, quotedPrepare, said } = await stage(t);
    const body = await quotedPrepare();
    const ways: readonly (readonly [string, ScriptedDfsp, SendOptions])[] = [
      ['a tampered body', payer, { signature: 'tampered' }],
      ['a wrong key', forger, {}],
      ['no signature', payer, { signature: 'none' }],
      ['another source', payer, { source: PAYEE }],
      ['an unknown source', payer, { source: 'nobody' }],
    ];
    for (const [what, sender, options] of ways) {
      const answer = await sender.send('POST /transfers', '/transfers', { destination: PAYEE, body, ...options });
      assert.deepEqual(answer, { status: 400, errorCode: '3105' }, what);
    }
    await pause(100);
    assert.deepEqual(said(body.transferId), []);
    assertUntouched(running);
  });

  test('a prepare that is not its quote, or is too late, gets the right error, and the core is not called', async (t) => {
    const { running, payer, quotedPrepare, said } = await stage(t);
    const wrongs: readonly (readonly [string, Partial<TransfersPostRequest>, string])[] = [
      ['expired', { expiration: new Date(Date.now() - 1_000).toISOString() }, '3303'],
      ['about to expire', { expiration: new Date(Date.now() + 250).toISOString() }, '3303'],
      ['another amount', { amount: { amount: '24', currency: 'USD' } }, '3100'],
      ['another currency', { amount: { amount: '25', currency: 'XOF' } }, '3100'],
      ['another condition', { condition: Buffer.alloc(32, 7).toString('base64url') }, '3100'],
      ['another payee', { payeeFsp: PAYER }, '3203'],
      ['another payer', { payerFsp: PAYEE }, '3202'],
    ];
    for (const [what, change, code] of wrongs) {
      const body = await quotedPrepare(change);
      const answer = await payer.send('POST /transfers', '/transfers', { destination: PAYEE, body });
      assert.deepEqual(answer, { status: 202 }, what);
      const callback = await until(what, () => said(body.transferId)[0]);
      assert.equal((callback['errorInformation'] as { errorCode: string }).errorCode, code, what);
    }
    assertUntouched(running);
  });
});

/** No call of the core to take money, nothing held, nothing credited. */
function assertUntouched({ payee }: RunningScheme): void {
  payee.core.ledger.assertBalanced();
  assert.equal(payee.core.calls.count('POST /transfers'), 0);
  assert.deepEqual([payee.core.balance('thandi:USD'), payee.core.balance('incoming:USD')], ['100', '0']);
}

function quoteBody(quoteId: string, transactionId: string): object {
  return {
    quoteId,
    transactionId,
    payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '27713803911', fspId: PAYER } },
    payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '27713803912', fspId: PAYEE } },
    amountType: 'SEND',
    amount: { amount: '25', currency: 'USD' },
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
  };
}
