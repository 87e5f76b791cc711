import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { bench, codeOf, fault, held, type Json, of, one, paid } from '../../../test/fineract-bench.ts';

/*
 * What Fineract does by its source, and connectors get wrong: each of it is one test here, and the sandbox's Fineract does the same.
 */

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
