import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../test/scripted-core.ts';
import { FINALISE, PREPARE } from '../../test/two-phase-connector.ts';
import { ABORTED, COMMITTED, World } from '../../test/world.ts';
import { requestName } from '../run/render.ts';

const endOf = (known: Awaited<ReturnType<World['ask']>>): string =>
  known?.kind === 'ended'
    ? `${known.ended.kind}${known.ended.kind === 'refused' ? ` ${known.ended.code}` : ''}`
    : (known?.kind ?? 'nothing');
const HOLDS = (call: string): boolean => call.startsWith('POST /accounts');
/** The first calls of a kind have these faults, in order. */
const first = (world: World, which: (call: string) => boolean, ...faults: readonly (Fault | undefined)[]): void => {
  let count = 0;
  world.core.fault = (call) => (which(call) ? faults[count++] : undefined);
};
/** The step with other ways to settle. */
const settledBy = (lines: string): string =>
  PREPARE.replace(/ {4}settle:[\s\S]*? {4}facts: \{ holdId: "=body/, `    settle:\n${lines}    facts: { holdId: "=body`);
const ASK = PREPARE.slice(PREPARE.indexOf('      ask:'), PREPARE.indexOf('    facts: { holdId: "=body'));

const PERSON = { by: 'ann', reason: 'looked at the ledger' };
const attemptOf = async (world: World): Promise<number> => (await world.records.state('payee', 'T1'))?.effects['payee-hold']?.attempt ?? 0;
const codesOf = async (world: World): Promise<readonly string[]> => (await world.journal.attention({ limit: 10 })).map(({ code }) => code);

test('a payment that is committed: one hold, one capture, each of the whole amount', async () => {
  const world = new World();
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  assert.deepEqual(world.core.totals, { held: '99.5', booked: '0', suspense: '0' });
  assert.equal(endOf(await world.ask(COMMITTED)), 'reply');
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
  // two appends for each operation: its begin with the first start, its end with the answer
  const events = (await world.journal.load('core-payee-T1'))?.events.map(({ type }) => type);
  assert.deepEqual(events, [
    'operation-begun',
    'effect-started',
    'effect-ended',
    'operation-ended',
    'operation-begun',
    'effect-started',
    'effect-ended',
    'operation-ended',
  ]);
});

test('what is asked for again joins what was done, and does nothing', async () => {
  const world = new World();
  const both = await Promise.all([world.ask('transfer.prepare'), world.ask('transfer.prepare'), world.ask('transfer.prepare')]);
  assert.deepEqual(both.map(endOf), ['reply', 'reply', 'reply']);
  await world.ask(COMMITTED);
  await world.ask(COMMITTED);
  assert.equal(world.core.calls.filter((call) => call.startsWith('POST')).length, 2);
  assert.equal(endOf(await world.ask(ABORTED)), 'excluded');
});

for (const fault of ['lost-before', 'lost-after', 'cut', 'gateway', 'not-sent', 'late'] as const)
  test(`a hold whose call is ${fault} is settled by a repeat under its key, and is one hold`, async () => {
    const world = new World();
    first(world, HOLDS, fault);
    assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
    await world.time.advance(100_000);
    assert.equal(world.core.holds.length, 1);
    for (const said of world.core.said.values()) assert.equal(said.size, 1, 'a repeat says the same');
    assert.equal(endOf(await world.ask(ABORTED)), 'reply');
    assert.deepEqual(world.core.totals, { held: '0', booked: '0', suspense: '0' });
  });

test('repeats that are not sent say nothing of the call before them, which was executed', async () => {
  const world = new World();
  first(world, HOLDS, 'lost-after', 'not-sent', 'not-sent', 'not-sent', 'not-sent', 'not-sent');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  assert.equal(world.core.totals.held, '99.5');
  assert.equal(world.core.calls.filter(HOLDS).length, 1);
});

test('a core that is never reached: nothing was done, and the payment is refused', async () => {
  const world = new World();
  world.core.fault = (call) => (HOLDS(call) ? 'not-sent' : undefined);
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 2003');
  assert.deepEqual(world.core.calls.filter(HOLDS), []);
});

test('a refusal is the end, and nothing is held', async () => {
  const world = new World();
  first(world, HOLDS, 'refuse');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 5105');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 5105');
  assert.equal(world.core.holds.length, 0);
});

test('the refusal of a repeat is no proof where the core keeps none: it is asked', async () => {
  const world = new World({ prepare: settledBy(`      key: { keepsRefusals: "false", keptFor: 24h }\n${ASK}`) });
  world.core.keepsRefusals = false;
  // the first was executed and its answer lost; what answers the repeat is a gateway of the core's that refuses it
  let count = 0;
  const before = world.core.call.bind(world.core);
  world.core.call = async (request, deadline, purpose) => {
    const answer = await before(request, deadline, purpose);
    if (!HOLDS(requestName(request))) return answer;
    count++;
    if (count === 1) return { kind: 'failed', sent: true, reason: 'lost' };
    return count === 2 ? { kind: 'answer', status: 422, headers: {}, body: Object.create(null), readable: true } : answer;
  };
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  assert.equal(world.core.totals.held, '99.5');
});

test('settled by an enquiry: what was executed is found, and nothing is called again', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  first(world, HOLDS, 'lost-after');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  assert.equal(world.core.calls.filter(HOLDS).length, 1);
});

test('an enquiry that has never found anything proves nothing by not finding: a person is told, and it is asked on', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  first(world, HOLDS, 'lost-before');
  const known = await world.ask('transfer.prepare', { times: 40 });
  assert.equal(known?.kind, 'pending');
  assert.deepEqual(
    (await world.journal.attention({ limit: 10 })).map(({ code }) => code),
    ['CORE_EFFECT_UNKNOWN'],
  );
  // another payment shows that it can find; from then on it is proof
  assert.equal(endOf(await world.ask('transfer.prepare', { transferId: 'T2' })), 'reply');
  await world.time.advance(700_000);
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 2001');
  assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
  assert.equal(world.core.holds.length, 1);
});

test('an enquiry that at first misses what is known to be there is tried again; then its "absent" is proof', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  let gets = 0;
  world.core.fault = (call) => (call.startsWith('GET /holds') && gets++ < 2 ? 'gateway' : undefined);
  await world.ask('transfer.prepare', { transferId: 'T0' });
  assert.equal(world.proofs.size, 0);
  await world.time.advance(15_000);
  assert.deepEqual([world.proofs.size, gets], [1, 3]);
  first(world, HOLDS, 'lost-before');
  assert.equal(endOf(await world.ask('transfer.prepare', { times: 40 })), 'refused 2001');
  assert.deepEqual(await codesOf(world), []);
});

test('it is tried a few times, in one series for all that end meanwhile, and not again and again', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  let gets = 0;
  world.core.fault = (call) => (call.startsWith('GET /holds') && gets++ >= 0 ? 'gateway' : undefined);
  await Promise.all(['T1', 'T2', 'T3', 'T4', 'T5'].map((transferId) => world.ask('transfer.prepare', { transferId })));
  await world.time.advance(3_600_000);
  assert.deepEqual([gets, world.proofs.size], [4, 0]);
});

test('an enquiry that has missed after its quiet time what then was there after all proves nothing by missing', async () => {
  const world = new World({ prepare: settledBy(ASK.replace('quiet: 60s', 'quiet: 5s')) });
  first(world, HOLDS, 'late');
  await world.ask('transfer.prepare', { times: 3 });
  assert.equal((await world.records.state('payee', 'T1'))?.effects['payee-hold']?.missed, true);
  await world.time.advance(700_000);
  assert.deepEqual([endOf(await world.ask('transfer.prepare')), world.core.totals.held, world.proofs.size], ['reply', '99.5', 0]);
  // the next one is late as well: nothing is begun again, and there is one hold
  first(world, HOLDS, 'late');
  await world.ask('transfer.prepare', { transferId: 'T2', times: 3 });
  await world.time.advance(700_000);
  assert.deepEqual([endOf(await world.ask('transfer.prepare', { transferId: 'T2' })), world.core.holds.length], ['reply', 2]);
});

test('what is found only when a repeat is answered, later than the quiet time, is no proof either', async () => {
  const world = new World({ prepare: PREPARE.replace('quiet: 60s', 'quiet: 1s') });
  first(world, HOLDS, 'lost-after', 'lost-after', 'lost-after');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  const { firstStartedAt = 0, since = 0 } = (await world.records.state('payee', 'T1'))?.effects['payee-hold'] ?? {};
  assert.ok(since - firstStartedAt > 1_000, `${since - firstStartedAt} ms`);
  await world.time.advance(30_000);
  assert.equal(world.proofs.size, 0);
});

test('where "absent" is no proof, a key settles what must be done, however often it was repeated before', async () => {
  const finalise = FINALISE.replace(
    '    settle: { key: { keepsRefusals: "true", keptFor: 24h } }\n    instead',
    `    settle:
      key: { keepsRefusals: "true", keptFor: 24h }
      ask:
        call: { get: "/holds/{key}", path: { key: "=key" } }
        found: =body.id
        account: =true
        kind: =body.kind = "CAPTURE"
        amount: =body.amount
        absent: =status = 404
        quiet: 60s
    instead`,
  );
  const world = new World({ finalise });
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  let lost = 0;
  world.core.fault = (call) => (call.endsWith('/capture') && lost++ < 5 ? 'lost-before' : undefined);
  assert.equal(endOf(await world.ask(COMMITTED, { times: 120 })), 'reply');
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
  assert.equal(lost, 6);
  assert.deepEqual(await codesOf(world), []);
});

test('absent is proof only after the quiet time: a late execution is found, and given back when the hub aborts', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  await world.ask('transfer.prepare', { transferId: 'T0' });
  first(world, HOLDS, 'late');
  const known = await world.ask('transfer.prepare');
  assert.equal(endOf(known), 'reply', 'found after it was executed late');
  assert.equal(endOf(await world.ask(ABORTED)), 'reply');
  assert.equal(world.core.totals.held, '99.5', 'T0 alone');
});

test('proven absent while there is time: begun again under the same key, else over', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  await world.ask('transfer.prepare', { transferId: 'T0' });
  first(world, HOLDS, 'lost-before');
  assert.equal(endOf(await world.ask('transfer.prepare', { deadlineMs: 200_000 })), 'reply');
  first(world, HOLDS, 'lost-before');
  assert.equal(endOf(await world.ask('transfer.prepare', { transferId: 'T3' })), 'refused 2001');
  assert.equal(world.core.holds.length, 2);
});

test('pending is no failure: its end is asked for', async () => {
  const world = new World();
  first(world, HOLDS, 'pending');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'reply');
  assert.equal(world.core.holds.length, 1);
  assert.equal(world.core.calls.filter(HOLDS).length, 1);
});

test('a hold that is unknown when the hub aborts is settled first, and then released', async () => {
  const world = new World({ prepare: settledBy(ASK) });
  first(world, HOLDS, 'late');
  assert.equal((await world.ask('transfer.prepare', { times: 1, deadlineMs: 2_000 }))?.kind, 'pending');
  assert.equal(endOf(await world.ask(ABORTED)), 'reply');
  assert.deepEqual(world.core.totals, { held: '0', booked: '0', suspense: '0' });
  assert.equal(world.core.holds[0]?.state, 'RELEASED');
});

test('a capture that the core refuses after the commit becomes a suspense posting; where that is refused too, a person is told', async () => {
  for (const [faults, totals, attention] of [
    [['refuse'], { held: '99.5', booked: '0', suspense: '99.5' }, []],
    [['refuse', 'refuse'], { held: '99.5', booked: '0', suspense: '0' }, ['CORE_EFFECT_STUCK']],
  ] as const) {
    const world = new World();
    await world.ask('transfer.prepare');
    first(world, (call) => call.startsWith('POST'), ...faults);
    assert.equal(endOf(await world.ask(COMMITTED)), attention.length === 0 ? 'reply' : 'stuck');
    assert.deepEqual(world.core.totals, totals);
    assert.deepEqual(
      (await world.journal.attention({ limit: 10 })).map(({ code }) => code),
      attention,
    );
    if (attention.length === 0) continue;
    // it is booked by hand: then the payment hears that it is done, and nothing more is called
    assert.equal(await world.records.doneByHand('payee', 'T1', COMMITTED, PERSON), true);
    assert.equal(endOf(await world.ask(COMMITTED)), 'reply');
    assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
    assert.equal(world.core.totals.suspense, '0');
  }
});

test('an operation that fails after it has taken gives back by itself, and the refusal is told at once', async () => {
  const prepare = PREPARE.replace(
    '  - reply:',
    '  - check:\n      - unless: =hold.facts.holdId = "never"\n        fail: "5400"\n  - reply:',
  );
  const world = new World({ prepare });
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 5400');
  await world.time.advance(10_000);
  assert.deepEqual(world.core.totals, { held: '0', booked: '0', suspense: '0' });
  assert.equal(endOf(await world.ask(ABORTED)), 'reply');
});

test('the outcome comes before the prepare: then nothing is held any more', async () => {
  const world = new World();
  assert.equal(endOf(await world.ask(ABORTED)), 'reply');
  assert.equal(endOf(await world.ask('transfer.prepare')), 'excluded');
  assert.equal(world.core.holds.length, 0);
});

test('another content under the same transferId is another request', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  const input = Object.assign(Object.create(null), { quote: Object.assign(Object.create(null), { payeeReceiveAmount: '1' }) });
  const known = await world.records.run({
    side: 'payee',
    transferId: 'T1',
    operation: 'transfer.prepare',
    input,
    deadline: world.time.now() + 1_000,
  });
  assert.equal(known.kind, 'other-content');
});

test('a prepare whose time is over begins nothing', async () => {
  const world = new World();
  assert.equal(endOf(await world.ask('transfer.prepare', { deadlineMs: 0, times: 1 })), 'refused 3303');
  assert.equal(world.core.holds.length, 0);
  assert.equal(await world.journal.load('core-payee-T1'), undefined);
});

const REVERSED = settledBy(
  `      reverse:
        call: { post: /reversals, body: { reference: "=key" } }
        ok: =status = 200 or body.code = "NOT_FOUND"
        quiet: 60s
        every: 5m
        for: 1h
`,
).replace('    pending: =status = 202\n', '');

for (const fault of ['lost-before', 'lost-after', 'late', 'cut'] as const)
  test(`settled by a reversal, ${fault}: it waits until nothing can overtake it, and nothing is held`, async () => {
    const world = new World({ prepare: REVERSED });
    world.core.honoursKeys = false;
    first(world, HOLDS, fault);
    assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 2001');
    await world.time.advance(600_000);
    assert.deepEqual(world.core.totals, { held: '0', booked: '0', suspense: '0' });
    assert.deepEqual(
      world.core.calls.filter((call) => call.startsWith('POST')),
      ['POST /accounts/A1/holds', 'POST /reversals'],
    );
  });

test('a reversal that is not taken is sent again, and after its time a person is told while it goes on', async () => {
  const world = new World({ prepare: REVERSED });
  let taken = false;
  world.core.fault = (call) => (HOLDS(call) ? 'lost-after' : call.endsWith('/reversals') && !taken ? 'gateway' : undefined);
  assert.equal((await world.ask('transfer.prepare', { times: 3 }))?.kind, 'pending');
  await world.time.advance(50 * 60_000);
  assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
  await world.time.advance(30 * 60_000);
  assert.deepEqual(
    (await world.journal.attention({ limit: 10 })).map(({ code }) => code),
    ['CORE_EFFECT_UNKNOWN'],
  );
  taken = true;
  await world.time.advance(10 * 60_000);
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 2001');
  assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
  assert.equal(world.core.totals.held, '0');
});

test('near the end of the time for which a key is kept nothing is repeated', async () => {
  const world = new World({
    prepare: settledBy('      key: { keepsRefusals: "true", keptFor: 10m }\n').replace('    pending: =status = 202\n', ''),
  });
  world.core.fault = (call) => (HOLDS(call) ? 'lost-before' : undefined);
  assert.equal((await world.ask('transfer.prepare', { times: 3 }))?.kind, 'pending');
  await world.time.advance(600_000);
  const calls = world.core.calls.filter(HOLDS).length;
  await world.time.advance(7_200_000);
  assert.equal(world.core.calls.filter(HOLDS).length, calls);
  assert.deepEqual(
    (await world.journal.attention({ limit: 10 })).map(({ code }) => code),
    ['CORE_EFFECT_UNKNOWN'],
  );
  assert.equal(
    await world.records.resolve('payee', 'T1', { effect: 'payee-hold', attempt: await attemptOf(world), as: 'refused' }, PERSON),
    true,
  );
  assert.equal(endOf(await world.ask('transfer.prepare')), 'refused 2001');
  assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
});

test('a hold that the core will let go of while the payment has no outcome is told in time', async () => {
  const world = new World({ prepare: PREPARE.replace('expires: 7d', 'expires: 1h') });
  await world.ask('transfer.prepare');
  await world.time.advance(50 * 60_000);
  assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
  await world.time.advance(5 * 60_000);
  assert.deepEqual(
    (await world.journal.attention({ limit: 10 })).map(({ code }) => code),
    ['CORE_HOLD_EXPIRES'],
  );
  await world.ask(COMMITTED);
  assert.deepEqual(await world.journal.attention({ limit: 10 }), []);
});
