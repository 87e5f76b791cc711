import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUEST, SendWorld } from '../../test/send-world.ts';

test('a payment that the customer accepts: held for just its price before it is accepted, captured when it has committed', async () => {
  const world = new SendWorld();
  const { payment, timedOut } = await world.send({ request: REQUEST });
  assert.deepEqual(
    [payment.stage, payment.fee, payment.total, payment.price?.payeeReceiveAmount, payment.hold, timedOut],
    ['quote-offered', '0.5', '100.5', '99', 'none', false],
  );
  assert.equal(world.core.totals.held, '0', 'an offer holds nothing');
  const ended = await world.decide(payment.transferId ?? '');
  assert.ok(ended?.kind === 'payment');
  assert.deepEqual([ended.payment.stage, ended.payment.outcome], ['completed', 'committed']);
  await world.time.advance(10_000);
  assert.deepEqual(world.scheme.heldAtAcceptance, ['100.5']);
  assert.deepEqual(world.core.totals, { held: '0', booked: '100.5', suspense: '0' });
  const after = await world.sends.ask(payment.transferId ?? '');
  assert.ok(after?.kind === 'payment' && after.payment.hold === 'captured');
});

test('of a RECEIVE the transferAmount and our fee are taken', async () => {
  const world = new SendWorld();
  const { payment } = await world.send({ request: { ...REQUEST, amountType: 'RECEIVE' }, maxFee: '1.5' });
  assert.equal(payment.stage, 'completed', '1.5 is within the limit');
  await world.time.advance(10_000);
  assert.equal(world.core.totals.booked, '101.5');
});

test('beyond the limit, or where it is not said what the payee gets, the customer is asked', async () => {
  for (const [price, maxFee] of [
    [{}, '1.49'],
    [{ payeeReceiveAmount: undefined }, '50'],
  ] as const) {
    const world = new SendWorld();
    world.scheme.price = price as object;
    const { payment } = await world.send({ request: REQUEST, maxFee });
    assert.equal(payment.stage, 'quote-offered');
  }
  const world = new SendWorld();
  assert.equal((await world.send({ request: REQUEST, maxFee: '1.5' })).payment.stage, 'completed');
});

test('what the check refuses is never begun, and stays refused', async () => {
  const world = new SendWorld();
  world.core.account = 'BLOCKED';
  const { payment } = await world.send({ request: REQUEST });
  assert.deepEqual([payment.stage, payment.error?.code, payment.outcome], ['failed', '4400', 'not-committed']);
  world.core.account = 'OPEN';
  assert.equal((await world.send({ request: REQUEST })).payment.error?.code, '4400');
  assert.deepEqual(world.scheme.calls, []);
});

test('a price in another currency, or of more than was to be sent, is never accepted', async () => {
  for (const price of [{ currency: 'USD' }, { transferAmount: '100.01' }, { transferAmount: '0' }, { payeeReceiveAmount: 'all' }]) {
    const world = new SendWorld();
    world.scheme.price = price;
    const { payment } = await world.send({ request: REQUEST, maxFee: '1000' });
    assert.deepEqual([payment.stage, payment.error?.code], ['failed', '3100'], JSON.stringify(price));
    await world.time.advance(120_000);
    assert.deepEqual(world.scheme.heldAtAcceptance, []);
  }
});

test('the core refuses the hold: nothing is accepted, and the offer is refused in the scheme', async () => {
  const world = new SendWorld();
  world.core.fault = (call) => (call.includes('/holds') && call.startsWith('POST /acc') ? 'refuse' : undefined);
  const { payment } = await world.send({ request: REQUEST, maxFee: '10' });
  assert.deepEqual([payment.stage, payment.error?.code], ['failed', '5105']);
  await world.time.advance(10_000);
  assert.deepEqual(world.scheme.calls.slice(-1), ['reject']);
  assert.deepEqual(world.core.totals, { held: '0', booked: '0', suspense: '0' });
});

test('the customer refuses, or never answers, or answers too late: nothing is held', async () => {
  for (const how of ['refuses', 'never', 'late'] as const) {
    const world = new SendWorld();
    const { payment } = await world.send({ request: REQUEST });
    const id = payment.transferId ?? '';
    if (how !== 'refuses') await world.time.advance(57_600);
    if (how !== 'never') await world.decide(id, how === 'late');
    await world.time.advance(5_000);
    const after = await world.sends.ask(id);
    assert.ok(after?.kind === 'payment');
    assert.deepEqual([after.payment.stage, after.payment.outcome, after.payment.hold], ['aborted', 'not-committed', 'none'], how);
    assert.deepEqual(world.core.holds, []);
    assert.equal(world.scheme.calls.at(-1), 'reject', 'the scheme is told');
  }
});

test('a hold that is not decided before the price expires is released, and nothing was accepted', async () => {
  const world = new SendWorld();
  world.scheme.priceMs = 20_000;
  world.core.fault = (call) => (call.startsWith('POST /accounts') ? 'pending' : undefined);
  const { payment } = await world.send({ request: REQUEST, maxFee: '10' });
  assert.deepEqual([payment.stage, payment.error?.code, payment.hold], ['failed', '3302', 'unknown']);
  await world.time.advance(300_000);
  assert.deepEqual(
    world.core.holds.map(({ state }) => state),
    ['RELEASED'],
  );
  assert.deepEqual(world.scheme.heldAtAcceptance, []);
});

test('the outcome is unknown: the hold stays for as long as it takes; a late commit is captured', async () => {
  const world = new SendWorld();
  world.scheme.decidesMs = 3 * 3_600_000;
  const { payment } = await world.send({ request: REQUEST, maxFee: '10' });
  assert.deepEqual([payment.stage, payment.outcome, payment.hold], ['open', 'unknown', 'held']);
  await world.time.advance(2 * 3_600_000);
  assert.deepEqual(world.core.totals, { held: '100.5', booked: '0', suspense: '0' });
  await world.time.advance(2 * 3_600_000);
  assert.equal(world.core.totals.booked, '100.5');
});

test('where nobody else does, a person is told that the outcome is not known; the hold stays', async () => {
  const world = new SendWorld({ settings: { tellAfterMs: 600_000 } });
  world.scheme.tellsPersons = false;
  world.scheme.outcome = 'never';
  const { payment } = await world.send({ request: REQUEST, maxFee: '10' });
  await world.time.advance(700_000);
  const rows = await world.journal.attention({ label: payment.transferId ?? '', limit: 9 });
  assert.deepEqual(
    rows.map(({ code }) => code),
    ['SEND_OUTCOME_UNKNOWN'],
  );
  assert.equal(world.core.totals.held, '100.5');
  assert.ok(world.scheme.calls.includes('ask'), 'it is asked on');
});

test('the core refuses the capture after the commit: it goes to suspense', async () => {
  const world = new SendWorld();
  world.core.fault = (call) => (call.endsWith('/capture') ? 'refuse' : undefined);
  await world.send({ request: REQUEST, maxFee: '10' });
  await world.time.advance(60_000);
  assert.equal(world.core.totals.suspense, '100.5');
});

test('somebody else has accepted the price: money moves without a hold, and a person is told', async () => {
  const world = new SendWorld();
  world.scheme.acceptsItself = true;
  const { payment } = await world.send({ request: REQUEST });
  assert.equal(payment.exception?.code, 'SEND_WITHOUT_HOLD');
  await world.time.advance(60_000);
  const id = payment.transferId ?? '';
  const after = await world.sends.ask(id);
  assert.ok(after?.kind === 'payment');
  assert.deepEqual([after.payment.stage, after.payment.exception?.code], ['completed', 'SEND_WITHOUT_HOLD']);
  assert.ok(await world.sends.doneByHand(id, { by: 'Ada', reason: 'booked by hand' }));
  assert.deepEqual(await world.journal.attention({ limit: 9 }), []);
});

test('a repeat is the same payment, at once and later; other content is refused', async () => {
  const world = new SendWorld();
  const all = await world.through(Promise.all([1, 2, 3].map(() => world.sends.send({ request: REQUEST, idempotencyKey: 'k' }))));
  assert.deepEqual(new Set(all?.map((each) => each.kind === 'payment' && each.payment.transferId)).size, 1);
  const byKey = await world.through(world.sends.send({ request: { ...REQUEST, amount: '101' }, idempotencyKey: 'k' }));
  assert.equal(byKey?.kind, 'conflict');
  const byHome = await world.through(world.sends.send({ request: REQUEST, maxFee: '3' }));
  assert.equal(byHome?.kind, 'conflict', 'another limit is another content');
  assert.equal(world.scheme.made.size, 1);
  const [one] = all ?? [];
  const id = one?.kind === 'payment' ? (one.payment.transferId ?? '') : '';
  const decided = await world.through(Promise.all([1, 2, 3, 4, 5].map(() => world.sends.decide(id, true))));
  assert.equal(decided?.length, 5);
  await world.decide(id, false);
  await world.time.advance(10_000);
  assert.equal(world.scheme.heldAtAcceptance.length, 1);
  assert.equal(world.core.totals.booked, '100.5');
});
