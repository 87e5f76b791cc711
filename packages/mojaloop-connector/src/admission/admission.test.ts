import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, virtualTime } from '@payment-manager/runtime';
import { Admission, inboundGate, type NewWork, outboundGate } from './admission.ts';

function setUp(most = 2_000) {
  const time = virtualTime();
  const metrics = createMetrics();
  const world = { working: 0, delay: 0, most };
  const admission = new Admission({
    clock: time,
    metrics,
    loopDelay: () => world.delay,
    working: () => world.working,
    most: () => world.most,
  });
  const known = new Set(['known']);
  return { time, metrics, world, admission, inbound: inboundGate(admission), outbound: outboundGate(admission, (key) => known.has(key)) };
}

const head = (method: string, target: string, headers: Record<string, string> = {}) => ({ method, target, headers });

test('admission: new work is refused at the limit; who leaves makes room, once', () => {
  const { outbound } = setUp(10);
  const entries = Array.from({ length: 10 }, () => outbound(head('POST', '/transfers')));
  assert.ok(entries.every((entry) => entry?.isNew === true));
  assert.equal(outbound(head('POST', '/transfers')), undefined);
  entries[0]?.leave();
  entries[0]?.leave();
  assert.ok(outbound(head('POST', '/transfers')) !== undefined);
  assert.equal(outbound(head('POST', '/transfers')), undefined);
});

test('admission: another most is in force within a quarter of a second', async () => {
  const { outbound, world, time } = setUp(2_000);
  world.most = 10;
  await time.advance(250);
  const entries = Array.from({ length: 20 }, () => outbound(head('POST', '/transfers')));
  assert.equal(entries.filter((entry) => entry !== undefined).length, 10);
  world.most = 2_000;
  await time.advance(5_000);
  assert.ok(outbound(head('POST', '/transfers')) !== undefined);
});

test('admission: what belongs to known work is never refused', () => {
  const { inbound, outbound, world } = setUp(10);
  world.working = 1_000_000;
  for (const [method, target] of [
    ['PUT', '/parties/MSISDN/1'],
    ['PUT', '/parties/MSISDN/1/error'],
    ['PUT', '/quotes/1'],
    ['PUT', '/transfers/1'],
    ['PUT', '/transfers/1/error'],
    ['PATCH', '/transfers/1'],
    ['GET', '/transfers/1'],
    ['GET', '/quotes/1'],
  ] as const)
    assert.equal(inbound(head(method, target))?.isNew, false, `${method} ${target}`);
  assert.equal(outbound(head('PUT', '/transfers/1'))?.isNew, false);
  assert.equal(outbound(head('GET', '/transfers/1'))?.isNew, false);
  assert.equal(outbound(head('POST', '/transfers', { 'idempotency-key': 'known' }))?.isNew, false);
  assert.equal(outbound(head('POST', '/transfers', { 'idempotency-key': 'new' })), undefined);
  assert.equal(outbound(head('GET', '/parties/MSISDN/1')), undefined);
});

test('admission: look-ups are refused first, then quotes, prepares last', () => {
  const { inbound, world } = setUp(100);
  const refused = (): string[] =>
    [head('GET', '/parties/MSISDN/1'), head('POST', '/quotes'), head('POST', '/transfers')]
      .filter((one) => inbound(one) === undefined)
      .map(({ method, target }) => `${method} ${target.split('/')[1]}`);
  const seen = [20, 125, 150, 200].map((working) => {
    world.working = working;
    return refused().join(', ');
  });
  assert.deepEqual(seen, ['', 'GET parties', 'GET parties, POST quotes', 'GET parties, POST quotes, POST transfers']);
});

/** Look-ups that were let in and answered; their quotes come `afterMs` later, when they come. */
async function lookedUp({ time, inbound, admission }: ReturnType<typeof setUp>, count: number, afterMs: number, quoted: boolean) {
  for (let nth = 0; nth < count; nth++) {
    inbound(head('GET', '/parties/MSISDN/1'))?.leave();
    admission.expect('quote');
    await time.advance(afterMs);
    if (quoted) inbound(head('POST', '/quotes'))?.leave();
  }
}

const letIn = (admission: Admission, kind: NewWork): number => {
  let count = 0;
  while (count < 1_000 && admission.enter(kind) !== undefined) count++;
  return count;
};

test('admission: a payment that was let in keeps its place while it is with the other side, and is never refused when it comes back', async () => {
  const set = setUp(100);
  await lookedUp(set, 400, 5, true);
  for (let nth = 0; nth < 60; nth++) set.admission.expect(nth % 2 === 0 ? 'quote' : 'prepare');
  assert.equal(letIn(set.admission, 'look-up'), 125 - 30, 'the prepares that come are not known to come');
  set.world.working = 1_000_000;
  for (let nth = 0; nth < 30; nth++) {
    assert.ok(set.inbound(head('POST', '/quotes')) !== undefined);
    assert.ok(set.inbound(head('POST', '/transfers')) !== undefined);
  }
  assert.equal(set.inbound(head('POST', '/quotes')), undefined);
  assert.equal(set.inbound(head('POST', '/transfers')), undefined);
});

test('admission: a place is kept for a second', async () => {
  const set = setUp(100);
  await lookedUp(set, 400, 5, true);
  for (let nth = 0; nth < 40; nth++) set.admission.expect('quote');
  await set.time.advance(1_000);
  assert.equal(letIn(set.admission, 'look-up'), 125);
  assert.ok(set.inbound(head('POST', '/quotes')) !== undefined, 'up to one and a half limits it is new work');
  set.world.working = 150;
  assert.equal(set.inbound(head('POST', '/quotes')), undefined);
});

test('admission: who only looks up takes no room', async () => {
  const set = setUp(100);
  await lookedUp(set, 400, 5, true);
  await lookedUp(set, 600, 5, false);
  assert.ok(letIn(set.admission, 'look-up') > 120);
});

test('admission: the limit follows the event loop, and the metrics tell', async () => {
  const { outbound, world, time, metrics } = setUp();
  const come = async () => {
    await time.advance(250);
    const entry = outbound(head('POST', '/transfers'));
    entry?.leave();
    return entry !== undefined;
  };
  world.working = 120;
  world.delay = 50;
  assert.equal(await come(), true, 'late once proves nothing');
  assert.equal(await come(), false);
  const text = await metrics.text();
  for (const line of ['pm_shed_total{kind="payment"} 1', 'pm_work_limit 103', 'pm_work 120'])
    assert.ok(text.split('\n').includes(line), line);
  world.delay = 0;
  assert.equal(await come(), true);
});

test('admission: fifty payments at once are never refused, however late the loop is; a few more are', async () => {
  const { inbound, outbound, world, time } = setUp();
  const letsIn = (gate: typeof inbound, method: string, target: string) => {
    const entry = gate(head(method, target));
    entry?.leave();
    return entry !== undefined;
  };
  world.delay = 50;
  const seen = [];
  for (const working of [50, 51, 52]) {
    world.working = working;
    for (let nth = 0; nth < 30; nth++) {
      await time.advance(250);
      letsIn(outbound, 'POST', '/transfers');
    }
    seen.push([letsIn(outbound, 'POST', '/transfers'), letsIn(inbound, 'GET', '/parties/MSISDN/1')]);
  }
  assert.deepEqual(seen, [
    [true, true],
    [true, true],
    [false, false],
  ]);
});

test('admission: after a rest, what an overload has left is forgotten', async () => {
  const { outbound, world, time, metrics } = setUp();
  world.working = 100;
  world.delay = 50;
  for (let nth = 0; nth < 30; nth++) {
    await time.advance(250);
    outbound(head('POST', '/transfers'));
  }
  world.working = 0;
  world.delay = 0.1;
  await time.advance(10_000);
  outbound(head('POST', '/transfers'));
  const limit = Number(/pm_work_limit (\d+)/.exec(await metrics.text())?.[1]);
  assert.ok(limit >= 128, String(limit));
});
