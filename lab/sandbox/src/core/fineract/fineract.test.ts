import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { recordedLog, seededRandom, type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { type FaultAction, parseFault } from '../../faults/fault.ts';
import { type Core, openCore } from '../core.ts';
import type { CoreSettings } from '../settings.ts';
import { FINERACT_PATH, FINERACT_TENANT, tenantDate } from './tenant.ts';

/*
 * What Fineract does by its source, and connectors get wrong: each of it is one test here, and the sandbox's Fineract does the same.
 */

const person = (id: string, idValue: string, accounts: Record<string, string>) => ({
  id,
  displayName: `${id} Example`,
  firstName: id,
  lastName: 'Example',
  identifiers: [
    { idType: 'MSISDN', idValue },
    { idType: 'ACCOUNT_ID', idValue: `FB-${id}` },
  ],
  accounts,
});

const settings: CoreSettings = {
  fspId: 'finbank',
  atPrepare: 'reserve',
  fees: {},
  deduplicates: true,
  customers: [
    person('asha', '255754000111', { USD: '100', XOF: '5000' }),
    person('ben', '2557540001112', { USD: '0' }),
    { ...person('chika', '255754000113', { USD: '10' }), blocked: true },
  ],
  quoteLifetimeMs: 60_000,
  callTimeoutMs: 70_000,
  pauseMs: 1_000,
  pauseMsMax: 8_000,
  waitMs: 60_000,
};

// biome-ignore lint/suspicious/noExplicitAny: an answer of a core may have any members
type Json = any;
interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly text: string;
  readonly cached: boolean;
  readonly reset: boolean;
}

interface Bench {
  readonly core: Core;
  readonly time: VirtualTime;
  get(path: string): Promise<Answer>;
  post(path: string, body: object, key?: string): Promise<Answer>;
  /** Numbers of the savings accounts, by their external ids. */
  readonly ids: Readonly<Record<string, number>>;
  today(): string;
}

async function bench(t: TestContext, file = ':memory:'): Promise<Bench> {
  const time = virtualTime();
  const client = { request: async () => assert.fail('nothing is sent'), setCredentials() {}, close: async () => {} };
  const core = openCore({ settings, file, client, clock: time, timers: time, random: seededRandom(1), log: recordedLog() });
  t.after(() => core.stop());
  const basic = Buffer.from(`${FINERACT_TENANT.user}:${FINERACT_TENANT.password}`).toString('base64');
  const call = async (method: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const response = await core.handler({
      method,
      target: `${FINERACT_PATH}${path}`,
      headers: {
        authorization: `Basic ${basic}`,
        'fineract-platform-tenantid': 'default',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      clientAuthenticated: false,
    });
    const text = String(response.body ?? '');
    const cached = response.headers?.['x-served-from-cache'] === 'true';
    return { status: response.status, text, json: text === '' ? undefined : JSON.parse(text), cached, reset: response.reset === true };
  };
  const found = ['asha-USD', 'asha-XOF', 'ben-USD', 'chika-USD', 'asha-closed', 'suspense-USD'].map(
    async (externalId): Promise<[string, number]> => [
      externalId,
      (await call('GET', `/v1/savingsaccounts/external-id/${externalId}`)).json.id,
    ],
  );
  return {
    core,
    time,
    get: (path) => call('GET', path),
    post: (path, body, key) => call('POST', path, body, key),
    ids: Object.fromEntries(await Promise.all(found)),
    today: () => tenantDate(time.now()),
  };
}

const base = (date: string, amount: unknown) => ({
  locale: 'en',
  dateFormat: 'yyyy-MM-dd',
  transactionDate: date,
  transactionAmount: amount,
});
const paid = (date: string, amount: unknown, receiptNumber = 'T-1') => ({ ...base(date, amount), paymentTypeId: 4, receiptNumber });
const held = (date: string, amount: unknown, reasonForBlock = 'T-1') => ({ ...base(date, amount), reasonForBlock });
const of = (id: number | undefined, command: string) => `/v1/savingsaccounts/${id}/transactions?command=${command}`;
const one = (id: number | undefined, transaction: number, command: string) =>
  `/v1/savingsaccounts/${id}/transactions/${transaction}?command=${command}`;
const codeOf = ({ json }: Answer): string => json.errors[0].userMessageGlobalisationCode;
const fault = ({ core }: Bench, operation: string, action: FaultAction): void =>
  void core.faults.add(parseFault({ operation, action, count: 1 }));

describe('keys', () => {
  test('are one for each action, not for each account or amount; what was processed is served again, and booked once', async (t) => {
    const { post, core, ids, today } = await bench(t);
    const first = await post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'K');
    assert.deepEqual([first.status, first.cached, first.json.savingsId], [200, false, ids['asha-USD']]);
    const other = await post(of(ids['ben-USD'], 'deposit'), paid(today(), 7), 'K');
    assert.deepEqual([other.text, other.cached], [first.text, true], 'the answer for another account');
    assert.equal((await post(of(ids['asha-USD'], 'withdrawal'), paid(today(), 1), 'K')).cached, false);
    assert.deepEqual([core.balance('asha:USD'), core.balance('ben:USD')], ['104', '0']);
    core.ledger.assertBalanced();
  });

  test('keep errors, too: what failed once never succeeds under its key', async (t) => {
    const made = await bench(t);
    const { post, ids, today, core } = made;
    fault(made, 'fineract key-saved', { kind: 'reject', status: 409 });
    assert.equal((await post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'K-409')).status, 409);
    const again = await post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'K-409');
    assert.deepEqual([again.status, again.cached], [409, true]);
    assert.equal((await post(of(ids['chika-USD'], 'deposit'), paid(today(), 5), 'K-403')).status, 403);
    await post(`/v1/savingsaccounts/${ids['chika-USD']}?command=unblock`, {});
    assert.equal((await post(of(ids['chika-USD'], 'deposit'), paid(today(), 5), 'K-403')).status, 403);
    assert.equal((await post(of(ids['chika-USD'], 'deposit'), paid(today(), 5), 'K-new')).status, 200);
    assert.equal((await post(of(999, 'deposit'), paid(today(), 5), 'K-404')).status, 404);
    assert.deepEqual([core.balance('asha:USD'), core.balance('chika:USD')], ['100', '15']);
  });

  test('have at most 50 characters', async (t) => {
    const { post, ids, today, core } = await bench(t);
    assert.equal((await post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'k'.repeat(51))).status, 500);
    assert.equal((await post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'k'.repeat(50))).status, 200);
    assert.equal(core.balance('asha:USD'), '105');
  });

  for (const [point, balance] of [
    ['fineract key-saved', '100'],
    ['fineract booked', '105'],
  ] as const) {
    test(`a crash at ${point}: 425 for ever, after a restart too, whether money moved or not`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'pm-fineract-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'core.db');
      const made = await bench(t, file);
      fault(made, point, { kind: 'reset' });
      const body = paid(made.today(), 5);
      assert.equal((await made.post(of(made.ids['asha-USD'], 'deposit'), body, 'K')).reset, true);
      const again = await bench(t, file);
      for (let tries = 0; tries < 2; tries++) {
        const before = again.time.now();
        const answer = again.post(of(again.ids['asha-USD'], 'deposit'), body, 'K');
        await again.time.advance(5_000);
        const { status, json } = await answer;
        assert.deepEqual([status, json], [425, body], 'the answer is the request');
        assert.ok(again.time.now() - before >= 3_000);
      }
      assert.equal(again.core.balance('asha:USD'), balance);
      again.core.ledger.assertBalanced();
    });
  }

  test('under processing: a repeat is 425 while the first is slow, and gets its answer afterwards', async (t) => {
    const made = await bench(t);
    const { post, ids, today, time, core } = made;
    fault(made, 'fineract key-saved', { kind: 'delay', ms: 10_000 });
    const first = post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'K');
    const second = post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'K');
    await time.advance(10_000);
    assert.deepEqual([(await second).status, (await first).status], [425, 200]);
    assert.equal((await post(of(ids['asha-USD'], 'deposit'), paid(today(), 5), 'K')).cached, true);
    assert.equal(core.balance('asha:USD'), '105');
  });
});

describe('batches', () => {
  const item = (requestId: number, relativeUrl: string, body: object, key?: string) => ({
    requestId,
    relativeUrl,
    method: 'POST',
    headers: key === undefined ? [] : [{ name: 'Idempotency-Key', value: key }],
    body: JSON.stringify(body),
  });
  const relative = (url: string) => url.replace('/v1/', '');
  const enclosing = '/v1/batches?enclosingTransaction=true';

  test('an enclosing transaction releases and withdraws in one; the keys are those of its items, not the request’s', async (t) => {
    const { post, ids, today, core } = await bench(t);
    const id = ids['asha-USD'];
    const { resourceId } = (await post(of(id, 'holdAmount'), held(today(), 30), 'H')).json;
    assert.deepEqual([core.balance('asha:USD'), core.balance('outgoing:USD')], ['70', '30']);
    const items = [
      item(1, relative(one(id, resourceId, 'releaseAmount')), {}, 'C-1'),
      item(2, relative(of(id, 'withdrawal')), paid(today(), 30), 'C-2'),
    ];
    const first = await post(enclosing, items, 'another');
    assert.deepEqual(
      first.json.map(({ statusCode }: Json) => statusCode),
      [200, 200],
    );
    const again = await post(enclosing, items);
    assert.deepEqual(
      again.json.map(({ statusCode, headers, body }: Json) => [statusCode, headers, body]),
      first.json.map(({ body }: Json) => [200, [{ name: 'x-served-from-cache', value: 'true' }], body]),
    );
    assert.deepEqual([core.balance('asha:USD'), core.balance('outgoing:USD'), core.balance('scheme:USD')], ['70', '0', '30']);
    core.ledger.assertBalanced();
  });

  test('one that fails is 200 with the failed item alone, undoes the others, and keeps no key', async (t) => {
    const { post, ids, today, core } = await bench(t);
    const id = ids['asha-USD'];
    const { resourceId } = (await post(of(id, 'holdAmount'), held(today(), 30))).json;
    const items = (amount: number) => [
      item(1, relative(one(id, resourceId, 'releaseAmount')), {}, 'C-1'),
      item(2, relative(of(id, 'withdrawal')), paid(today(), amount), 'C-2'),
    ];
    const failed = await post(enclosing, items(1_000));
    assert.equal(failed.status, 200);
    assert.deepEqual(
      failed.json.map(({ requestId, statusCode }: Json) => [requestId, statusCode]),
      [[2, 403]],
    );
    assert.deepEqual([core.balance('asha:USD'), core.balance('outgoing:USD')], ['70', '30']);
    assert.deepEqual(
      (await post(enclosing, items(30))).json.map(({ statusCode }: Json) => statusCode),
      [200, 200],
    );
  });

  test('a URL that is not known undoes everything, while what stood before it says 200', async (t) => {
    const { post, ids, today, core } = await bench(t);
    const items = [item(1, relative(of(ids['asha-USD'], 'deposit')), paid(today(), 5)), item(2, 'no/such/thing', {})];
    const { status, json } = await post(enclosing, items);
    assert.deepEqual([status, json.map(({ statusCode }: Json) => statusCode)], [200, [200, 501]]);
    assert.equal(core.balance('asha:USD'), '100');
  });

  test('without an enclosing transaction each item is by itself', async (t) => {
    const { post, ids, today, core } = await bench(t);
    const deposit = (requestId: number, amount: number) =>
      item(requestId, relative(of(ids['asha-USD'], 'deposit')), paid(today(), amount), `K-${requestId}`);
    const { json } = await post('/v1/batches', [deposit(1, 5), deposit(2, 0), deposit(3, 6)]);
    assert.deepEqual(
      json.map(({ statusCode }: Json) => statusCode),
      [200, 400, 200],
    );
    assert.equal(core.balance('asha:USD'), '111');
  });
});

describe('holds', () => {
  test('bear nothing but their reason, which a release erases; the release is 0 while there is none', async (t) => {
    const { post, get, ids, today } = await bench(t);
    const id = ids['asha-USD'];
    assert.equal(
      codeOf(await post(of(id, 'holdAmount'), { ...held(today(), 5), receiptNumber: 'T-1' })),
      'error.msg.parameter.unsupported',
    );
    const { resourceId } = (await post(of(id, 'holdAmount'), held(today(), 5, 'T-9'))).json;
    const look = async () => (await get(`/v1/savingsaccounts/${id}?associations=transactions`)).json.transactions;
    const [hold] = await look();
    assert.deepEqual([hold.id, hold.releaseTransactionId, hold.reasonForBlock, hold.paymentDetailData], [resourceId, 0, 'T-9', undefined]);
    const release = await post(one(id, resourceId, 'releaseAmount'), {});
    assert.equal(release.status, 200, 'no key is needed');
    const released = (await look()).find((transaction: Json) => transaction.id === resourceId);
    assert.deepEqual([released.releaseTransactionId, released.reasonForBlock], [release.json.resourceId, undefined]);
  });

  test('a second release is 400, an unknown hold 500, and nothing looks whether it is a hold', async (t) => {
    const { post, ids, today, core } = await bench(t);
    const id = ids['asha-USD'];
    const { resourceId } = (await post(of(id, 'holdAmount'), held(today(), 5))).json;
    const release = (transaction: number) => post(one(id, transaction, 'releaseAmount'), {});
    assert.deepEqual(
      [(await release(resourceId)).status, (await release(resourceId)).status, (await release(987)).status],
      [200, 400, 500],
    );
    const deposit = (await post(of(id, 'deposit'), paid(today(), 7))).json.resourceId;
    assert.equal((await release(deposit)).status, 200);
    assert.deepEqual([core.balance('asha:USD'), core.balance('outgoing:USD')], ['114', '-7']);
  });

  test('ignore blocks and dates to come, and refuse a date before the last transaction; shortage is 400 there and 403 at a withdrawal', async (t) => {
    const { post, ids, today } = await bench(t);
    assert.equal((await post(of(ids['chika-USD'], 'holdAmount'), held('2099-01-01', 1))).status, 200);
    assert.equal((await post(of(ids['chika-USD'], 'withdrawal'), paid(today(), 1))).status, 403);
    assert.equal((await post(of(ids['chika-USD'], 'holdAmount'), held(today(), 1))).status, 400, 'the last is of 2099');
    const short = [
      await post(of(ids['asha-USD'], 'holdAmount'), held(today(), 500)),
      await post(of(ids['asha-USD'], 'withdrawal'), paid(today(), 500)),
    ];
    assert.deepEqual(
      short.map(({ status }) => status),
      [400, 403],
    );
    for (const answer of short) {
      assert.equal(codeOf(answer), 'error.msg.savingsaccount.transaction.insufficient.account.balance');
      assert.doesNotMatch(answer.json.userMessageGlobalisationCode, /insufficient/);
    }
  });

  test('undo leaves the amount held; undo twice is 200, reverse twice 404, and the reversal bears the receipt', async (t) => {
    const { post, get, ids, today, core } = await bench(t);
    const id = ids['asha-USD'];
    const { resourceId } = (await post(of(id, 'holdAmount'), held(today(), 5))).json;
    for (let twice = 0; twice < 2; twice++) assert.equal((await post(one(id, resourceId, 'undo'), {})).status, 200);
    assert.equal(core.balance('asha:USD'), '95');
    assert.equal((await get(`/v1/savingsaccounts/${id}`)).json.savingsAmountOnHold, 5);
    const deposit = (await post(of(id, 'deposit'), paid(today(), 7, 'T-7'))).json.resourceId;
    assert.equal((await post(one(id, deposit, 'reverse'), {})).status, 200);
    assert.equal((await post(one(id, deposit, 'reverse'), {})).status, 404);
    const rows = (await get(`/v1/savingsaccounts/${id}?associations=transactions`)).json.transactions;
    const ofReceipt = rows.filter(({ paymentDetailData }: Json) => paymentDetailData?.receiptNumber === 'T-7');
    assert.deepEqual(
      ofReceipt.map(({ reversed, isReversal }: Json) => [reversed, isReversal]),
      [
        [false, true],
        [true, false],
      ],
    );
    assert.equal(core.balance('asha:USD'), '95');
  });
});

describe('what is read', () => {
  test('an account without transactions has no such member, with or without asking for it', async (t) => {
    const { post, get, ids, today } = await bench(t);
    const look = async (id = ids['ben-USD']) => (await get(`/v1/savingsaccounts/${id}?associations=transactions`)).json;
    assert.ok(!('transactions' in (await look())));
    await post(of(ids['ben-USD'], 'deposit'), paid(today(), 1));
    assert.equal((await look()).transactions.length, 1);
    assert.ok(!('transactions' in (await get(`/v1/savingsaccounts/${ids['ben-USD']}`)).json));
    const [opening] = (await look(ids['asha-USD'])).transactions;
    assert.deepEqual([opening.amount, opening.paymentDetailData], [100, undefined], 'paid in over the counter');
  });

  test('search is "contains" unless it is told otherwise; the list of clients has everybody; a client has closed accounts and other currencies', async (t) => {
    const { get, ids } = await bench(t);
    const search = async (query: string) => (await get(`/v1/search?${query}`)).json.map(({ entityId }: Json) => entityId);
    assert.ok((await search('query=a-USD&resource=savings')).length >= 2);
    assert.deepEqual(await search('query=FB-asha&resource=savings&exactMatch=true'), [ids['asha-USD']]);
    assert.deepEqual(await search('query=B-ash&resource=savings'), [ids['asha-USD']]);
    const everybody = (await get('/v1/clients?mobileNo=255754000113')).json;
    assert.deepEqual([everybody.totalFilteredRecords, everybody.pageItems.length], [3, 3]);
    const { clientId } = (await get(`/v1/savingsaccounts/${ids['asha-USD']}`)).json;
    const { savingsAccounts } = (await get(`/v1/clients/${clientId}/accounts`)).json;
    assert.deepEqual(
      savingsAccounts.map(({ status, currency }: Json) => [status.active, currency.code]),
      [
        [false, 'USD'],
        [true, 'USD'],
        [true, 'XOF'],
      ],
    );
    assert.equal((await get('/v1/interoperation/parties/MSISDN/255754000111')).json.accountId, 'asha-USD');
    assert.equal((await get('/v1/interoperation/parties/MSISDN/1')).status, 404);
  });

  test('the day’s statement has what bears a receipt number, and what was reversed as aborted', async (t) => {
    const { post, ids, today, core, time } = await bench(t);
    const deposit = (receipt: string) => post(of(ids['asha-USD'], 'deposit'), paid(today(), 7, receipt), receipt);
    await deposit('T-1');
    await post(of(ids['asha-USD'], 'withdrawal'), paid(today(), 2, 'T-2'));
    const { resourceId } = (await deposit('T-3')).json;
    await post(one(ids['asha-USD'], resourceId, 'reverse'), {});
    const target = `/statement?date=${new Date(time.now()).toISOString().slice(0, 10)}`;
    const { body } = await core.handler({ method: 'GET', target, headers: {}, body: Buffer.alloc(0), clientAuthenticated: false });
    const rows = String(body).trim().split('\n').slice(1);
    assert.deepEqual(
      rows.map((row) => row.split(',').slice(0, 5).join(' ')),
      ['T-1 in 7 USD COMMITTED', 'T-2 out 2 USD COMMITTED', 'T-3 in 7 USD ABORTED'],
    );
  });

  test('only with tenant and password', async (t) => {
    const { core } = await bench(t);
    const ask = async (headers: Record<string, string>) =>
      (
        await core.handler({
          method: 'GET',
          target: `${FINERACT_PATH}/v1/offices`,
          headers,
          body: Buffer.alloc(0),
          clientAuthenticated: false,
        })
      ).status;
    assert.deepEqual([await ask({}), await ask({ 'fineract-platform-tenantid': 'default' })], [400, 401]);
  });
});

describe('amounts and dates', () => {
  test('more decimals than the currency has are rounded half to even, in silence; long ones are exact', async (t) => {
    const { post, get, ids, today, core } = await bench(t);
    for (const [amount, cents] of [
      ['0.125', '0.12'],
      ['0.135', '0.14'],
      ['0.1251', '0.13'],
      ['1,000.5', '1000.5'],
      ['999999999999.99', '999999999999.99'],
    ] as const) {
      const before = (await get(`/v1/savingsaccounts/${ids['ben-USD']}?associations=transactions`)).json.transactions?.length ?? 0;
      assert.equal((await post(of(ids['ben-USD'], 'deposit'), paid(today(), amount))).status, 200);
      const { text } = await get(`/v1/savingsaccounts/${ids['ben-USD']}?associations=transactions`);
      assert.ok(text.includes(`"amount":${cents},`), `${amount}: ${text}`);
      assert.equal(JSON.parse(text).transactions.length, before + 1);
    }
    assert.equal((await post(of(ids['asha-XOF'], 'deposit'), paid(today(), '2.5'))).status, 200);
    assert.equal(core.balance('asha:XOF'), '5002');
    assert.equal((await post(of(ids['ben-USD'], 'deposit'), paid(today(), '0.004'))).status, 400, 'nothing is left of it');
  });

  test('the date is the tenant’s: an hour before midnight UTC it is tomorrow there, and a date that is to come is refused', async (t) => {
    const { post, ids, time, today } = await bench(t);
    const midnight = 86_400_000 - (time.now() % 86_400_000);
    await time.advance(midnight - 3_600_000);
    const utc = new Date(time.now()).toISOString().slice(0, 10);
    assert.notEqual(today(), utc);
    assert.equal((await post(of(ids['asha-USD'], 'deposit'), paid(today(), 1))).status, 200);
    const tomorrow = tenantDate(time.now() + 86_400_000);
    const refused = await post(of(ids['asha-USD'], 'deposit'), paid(tomorrow, 1));
    assert.deepEqual([refused.status, codeOf(refused)], [400, 'validation.msg.savingsaccount.deposit.in.the.future']);
  });

  test('what a body may not say is refused: other members, long details, no payment type, no date', async (t) => {
    const { post, ids, today, core } = await bench(t);
    const body = paid(today(), 1);
    const { transactionDate: _date, ...undated } = body;
    const statuses = await Promise.all(
      [{ ...body, externalId: 'x' }, { ...body, bankNumber: 'b'.repeat(51) }, { ...body, paymentTypeId: 5 }, undated, []].map(
        async (wrong) => (await post(of(ids['asha-USD'], 'deposit'), wrong)).status,
      ),
    );
    assert.deepEqual(statuses, [400, 400, 404, 400, 400]);
    assert.equal((await post(of(ids['asha-closed'], 'deposit'), body)).status, 400, 'a closed account');
    assert.equal((await post(of(ids['suspense-USD'], 'deposit'), body)).status, 200);
    assert.equal(core.fineract.suspenseId('USD'), ids['suspense-USD']);
    assert.equal(core.balance('suspense:USD'), '1');
  });
});
