import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, patch } from '../../test/payee-scenes.ts';
import { opened } from '../../test/payer-scenes.ts';
import { person } from '../../test/person-scenes.ts';
import { makeWorld } from '../../test/world.ts';

test('exceptions: a payment is shown with what hub, we and core know of it, its history in order, and what may be done', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await world.time.advance(90_000);
  const detail = await world.connector.desk.exception(id);
  assert.ok(detail);
  assert.deepEqual(detail.payment, {
    id,
    flow: 'payee',
    amount: '100',
    currency: 'USD',
    startedAt: detail.payment.startedAt,
    hub: 'UNKNOWN',
    core: 'RESERVED',
    exceptions: ['OUTCOME_UNKNOWN'],
  });
  assert.match(detail.known.hub.join('\n'), /it took \d+ of our enquiries/);
  assert.match(detail.known.us.join('\n'), /the hub took our RESERVED/);
  assert.match(detail.known.core.join('\n'), /its id is home-1/);
  assert.deepEqual(
    detail.history.slice(2, 6).map(({ who, what }) => `${who}: ${what.split(' ').slice(0, 3).join(' ')}`),
    ['hub: took the answer', 'hub: them prepares 100', 'us: the core is', 'core: it reserved (home-1)'],
  );
  assert.ok(detail.history.every(({ at }, index) => at >= (detail.history[index - 1]?.at ?? 0)));
  await person(world, id, { action: 'settle', as: 'ABORTED' });
  const after = await world.connector.desk.exception(id);
  assert.deepEqual([after?.history.at(-1)?.who, after?.history.at(-1)?.what], ['person', 'Ada resolved it as ABORTED: ticket 4711']);
});

test('exceptions: nothing of a payment’s persons is shown', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  const { id } = await fulfilled(world);
  for (const one of [transferId, id]) {
    const text = JSON.stringify(await world.connector.desk.exception(one));
    assert.doesNotMatch(text, /Payee Person|Payee"|"Payer"|"111"|"222"|fulfilment":/);
  }
});

test('exceptions: an unknown id, and a quote that no transfer has spent, are nothing', async () => {
  const world = await makeWorld();
  assert.equal(await world.connector.desk.exception('00000000-0000-4000-8000-00000000ffff'), undefined);
});

test('exceptions: a day’s payments come by their last event, page by page, quotes without a transfer left out', async () => {
  const world = await makeWorld();
  const begin = world.time.now();
  const first = await fulfilled(world);
  await patch(world, first.id, 'COMMITTED');
  await world.time.advance(5_000);
  const { transferId } = await opened(world);
  await world.time.advance(5_000);
  const stretch = { fromMs: begin, toMs: begin + 86_400_000, limit: 1 };
  const found: string[] = [];
  let page = await world.connector.desk.payments(stretch);
  for (;;) {
    found.push(...page.payments.map(({ id, flow, hub }) => `${flow} ${id} ${hub}`));
    if (page.next === undefined) break;
    page = await world.connector.desk.payments({ ...stretch, after: page.next });
  }
  assert.deepEqual(found, [`payee ${first.id} COMMITTED`, `payer ${transferId} UNKNOWN`]);
  assert.deepEqual((await world.connector.desk.payments({ ...stretch, fromMs: stretch.toMs, toMs: stretch.toMs + 1 })).payments, []);
});

test('exceptions: the same wish that is brought twice is done once, and a different one is judged by what is now', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await world.time.advance(90_000);
  const wish = { id, act: { action: 'settle', as: 'ABORTED' }, reason: 'ticket 4711', by: 'Ada', nonce: 'order-1' } as const;
  const answers = [await world.connector.desk.resolve(wish), await world.connector.desk.resolve(wish)];
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['done', 'done'],
  );
  assert.equal((await world.connector.desk.resolve({ ...wish, nonce: 'order-2' })).kind, 'not-allowed');
  const { history = [] } = (await world.connector.desk.exception(id)) ?? {};
  assert.equal(history.filter(({ who }) => who === 'person').length, 1);
});
