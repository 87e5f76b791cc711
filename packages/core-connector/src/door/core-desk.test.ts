import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PREPARE } from '../../test/two-phase-connector.ts';
import { COMMITTED, World } from '../../test/world.ts';
import { coreDesk } from './core-desk.ts';

const PERSON = { by: 'ann', reason: 'looked at the ledger' };

test('what the core refuses after the commit: a person sees it, has done it by hand, and both are kept', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  world.core.fault = (call) => (call.startsWith('POST') ? 'refuse' : undefined);
  await world.ask(COMMITTED);
  const desk = coreDesk(world.records);
  const shown = await desk.shown('payee', 'T1');
  assert.deepEqual(shown?.exceptions, ['CORE_EFFECT_STUCK']);
  assert.deepEqual(shown?.allowed, [{ action: 'core-done', what: COMMITTED, seen: COMMITTED }]);
  assert.match(shown?.known.join('\n') ?? '', /hold payee-hold: ok[\s\S]*capture payee-capture: refused[\s\S]*exception CORE_EFFECT_STUCK/);
  assert.equal(await desk.act('payee', 'T1', { action: 'core-executed' }, PERSON), false);
  assert.equal(await desk.act('payee', 'T1', { action: 'core-done' }, PERSON), true);
  const after = await desk.shown('payee', 'T1');
  assert.deepEqual([after?.exceptions, after?.allowed], [[], []]);
  assert.ok(
    after?.history.some(({ who, what }) => who === 'person' && what === `ann: ${COMMITTED} was done by hand: looked at the ledger`),
  );
  assert.equal(await desk.shown('payer', 'T1'), undefined);
});

test('an effect that nobody can settle: a person says that it was executed, with what the core calls it, and the payment goes on from there', async () => {
  const world = new World();
  world.core.fault = (call) => (call.startsWith('POST') ? 'lost-after' : call.startsWith('GET /holds') ? 'lost-before' : undefined);
  await world.ask('transfer.prepare', { times: 3 });
  await world.time.advance(3_600_000);
  const desk = coreDesk(world.records);
  const shown = await desk.shown('payee', 'T1');
  assert.deepEqual(
    shown?.allowed.map(({ action, what }) => `${action} ${what}`),
    ['core-executed payee-hold', 'core-not-executed payee-hold'],
  );
  await assert.rejects(desk.act('payee', 'T1', { action: 'core-executed', facts: 'H1' }, PERSON), RangeError);
  world.core.fault = () => undefined;
  assert.equal(await desk.act('payee', 'T1', { action: 'core-executed', facts: '{"holdId":"H1"}' }, PERSON), true);
  assert.equal((await world.ask('transfer.prepare'))?.kind, 'ended');
  const known = await world.ask(COMMITTED);
  assert.equal(known?.kind === 'ended' && known.ended.kind, 'reply');
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
});

test('a person has the core asked at once, and does not wait for the next enquiry of its own', async () => {
  const world = new World();
  world.core.fault = (call) => (call.startsWith('POST') ? 'lost-after' : call.startsWith('GET /holds') ? 'lost-before' : undefined);
  await world.ask('transfer.prepare', { times: 3 });
  // the next enquiry of its own is minutes away
  await world.time.advance(3_600_000);
  const desk = coreDesk(world.records);
  const askedNow = async (): Promise<void> => {
    const [asking] = [desk.askNow('payee', 'T1'), await world.time.advance(1_000)];
    await asking;
  };
  await askedNow();
  assert.deepEqual((await desk.shown('payee', 'T1'))?.exceptions, ['CORE_EFFECT_UNKNOWN'], 'the core does not answer yet');
  world.core.fault = () => undefined;
  await askedNow();
  const shown = await desk.shown('payee', 'T1');
  assert.deepEqual([shown?.exceptions, shown?.known[0]], [[], 'hold payee-hold: ok (99.5; attempt 4)']);
  await askedNow();
  await desk.askNow('payee', 'never begun');
});

test('what a person says counts for the call that they looked at, and for no other: nothing is done where something else stands by then', async () => {
  const world = new World();
  world.core.fault = (call) => (call.startsWith('POST') || call.startsWith('GET /holds') ? 'lost-before' : undefined);
  await world.ask('transfer.prepare', { times: 3 });
  await world.time.advance(3_600_000);
  const desk = coreDesk(world.records);
  const [executed, not] = (await desk.shown('payee', 'T1'))?.allowed ?? [];
  assert.match(executed?.seen ?? '', /^payee-hold \d+$/);
  assert.equal(not?.seen, executed?.seen);
  const seen = not?.seen ?? '';
  const attempt = Number(seen.split(' ')[1]);
  const before = await world.journal.load('core-payee-T1');
  const earlier = `payee-hold ${attempt - 1}`;
  for (const other of [earlier, `payee-hold ${attempt + 1}`, 'payee-release 1', `x${earlier}`, 'payee-hold', COMMITTED, 'send'])
    for (const action of ['core-executed', 'core-not-executed', 'core-done'] as const)
      if (other !== earlier || action !== 'core-executed')
        assert.equal(await desk.act('payee', 'T1', { action, seen: other }, PERSON), false, `${action} ${other}`);
  // between the look and the decision, too
  assert.equal(await world.records.resolve('payee', 'T1', { effect: 'payee-hold', attempt: attempt - 1, as: 'refused' }, PERSON), false);
  assert.equal((await world.journal.load('core-payee-T1'))?.events.length, before?.events.length);
  assert.equal(await desk.act('payee', 'T1', { action: 'core-not-executed', seen }, PERSON), true);
});

test('that a call was executed stays true while it is repeated under its key, however long a second person takes; without a key it does not', async () => {
  for (const [prepare, taken] of [
    [PREPARE, true],
    [PREPARE.replace('      key: { keepsRefusals: "true", keptFor: 24h }\n', ''), false],
  ] as const) {
    const world = new World({ prepare });
    world.core.fault = (call) => (call.startsWith('POST') || call.startsWith('GET /holds') ? 'lost-before' : undefined);
    await world.ask('transfer.prepare', { times: 3 });
    await world.time.advance(3_600_000);
    const attempt = (await world.records.state('payee', 'T1'))?.effects['payee-hold']?.attempt ?? 0;
    const seen = `payee-hold ${attempt - 1}`;
    const act = { action: 'core-executed', facts: '{"holdId":"H1"}', seen } as const;
    assert.equal(await coreDesk(world.records).act('payee', 'T1', act, PERSON), taken, `attempt ${attempt}`);
  }
});
