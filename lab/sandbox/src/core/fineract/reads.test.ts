import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bench, codeOf, held, type Json, of, one, paid } from '../../../test/fineract-bench.ts';
import { FINERACT_PATH, tenantDate } from './tenant.ts';

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

  test('a search is of days and amounts, and says how many there are besides its page', async (t) => {
    const { post, get, ids, today } = await bench(t);
    const id = ids['ben-USD'];
    for (const amount of [1, 2.5, 2.5, 3]) await post(of(id, 'deposit'), paid(today(), amount));
    const search = async (more: string) =>
      (await get(`/v1/savingsaccounts/${id}/transactions/search?locale=en&dateFormat=yyyy-MM-dd&${more}`)).json;
    const day = `fromDate=${today()}&toDate=${today()}`;
    const { total, content } = await search(`${day}&fromAmount=2.5&toAmount=2.5`);
    assert.equal(total, 2);
    assert.deepEqual(
      content.map(({ amount, accountId, transactionType }: Json) => [amount, accountId, transactionType.deposit]),
      [
        [2.5, id, true],
        [2.5, id, true],
      ],
    );
    const page = await search(`${day}&limit=1`);
    assert.deepEqual([page.total, page.content.length, page.content[0].amount], [4, 1, 3]);
    assert.deepEqual(await search('fromDate=2020-01-01&toDate=2020-01-01'), { total: 0, content: [] });
  });

  test('the day’s statement has what bears a receipt number, what is held, and what was reversed as aborted', async (t) => {
    const { post, ids, today, core, time } = await bench(t);
    const deposit = (receipt: string) => post(of(ids['asha-USD'], 'deposit'), paid(today(), 7, receipt), receipt);
    await deposit('T-1');
    await post(of(ids['asha-USD'], 'withdrawal'), paid(today(), 2, 'T-2'));
    const { resourceId } = (await deposit('T-3')).json;
    await post(one(ids['asha-USD'], resourceId, 'reverse'), {});
    await post(of(ids['asha-USD'], 'holdAmount'), held(today(), 3, 'T-4'));
    await post(of(ids['asha-USD'], 'withdrawal'), paid(today(), 1, 'T-5-D'));
    const target = `/statement?date=${new Date(time.now()).toISOString().slice(0, 10)}`;
    const { body } = await core.handler({ method: 'GET', target, headers: {}, body: Buffer.alloc(0), clientAuthenticated: false });
    const rows = String(body).trim().split('\n').slice(1);
    assert.deepEqual(
      rows.map((row) => row.split(',').slice(0, 5).join(' ')),
      ['T-1 in 7 USD COMMITTED', 'T-2 out 2 USD COMMITTED', 'T-3 in 7 USD ABORTED', 'T-4 out 3 USD RESERVED', 'T-5 out 1 USD COMMITTED'],
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
