import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@payment-manager/runtime';
import type { Fault } from '../../test/scripted-core.ts';
import { PREPARE } from '../../test/two-phase-connector.ts';
import { ABORTED, COMMITTED, World } from '../../test/world.ts';

/** What the ledger of the core must say at the end: the whole amount once, or nothing at all. */
function checkLedger(world: World, outcome: string | undefined, what: string): void {
  const { held, booked, suspense } = world.core.totals;
  if (outcome === COMMITTED) {
    const posted = suspense !== '0';
    assert.deepEqual(
      { held, booked, suspense },
      posted ? { held: '99.5', booked: '0', suspense: '99.5' } : { held: '0', booked: '99.5', suspense: '0' },
      what,
    );
  } else assert.deepEqual({ held, booked, suspense }, { held: '0', booked: '0', suspense: '0' }, what);
  assert.ok(world.core.holds.length <= 1, what);
  for (const [key, said] of world.core.said) assert.equal(said.size, 1, `${what}: ${key} was repeated with another content`);
}

/** A payment to its end; the outcome is the hub's, `COMMITTED` only where the core took it. */
async function pay(world: World, wanted: string): Promise<string | undefined> {
  const prepared = await world.ask('transfer.prepare', { times: 400 });
  assert.ok(prepared?.kind === 'ended', `the prepare has no end: ${JSON.stringify(prepared)}`);
  if (prepared.ended.kind === 'refused') {
    await world.time.advance(1_000_000);
    return undefined;
  }
  const finalised = await world.ask(wanted, { times: 400 });
  assert.equal(finalised?.kind, 'ended', `${wanted} has no end: ${JSON.stringify(finalised)}`);
  await world.time.advance(1_000_000);
  return wanted;
}

/** Another payment before, so that it is known that the enquiry can find. */
async function known(world: World): Promise<void> {
  await world.ask('transfer.prepare', { transferId: 'T0' });
  await world.ask(ABORTED, { transferId: 'T0' });
  world.core.holds.length = 0;
}

const WITH_ASK_ONLY = PREPARE.replace('      key: { keepsRefusals: "true", keptFor: 24h }\n      ask:', '      ask:');

for (const wanted of [COMMITTED, ABORTED])
  for (const [settled, prepare] of [
    ['key and enquiry', PREPARE],
    ['enquiry alone', WITH_ASK_ONLY],
  ] as const)
    test(`killed before and after each append and each call, ${wanted}, settled by ${settled}: the ledger is right`, async () => {
      const whole = new World({ prepare });
      await known(whole);
      const before = whole.points;
      await pay(whole, wanted);
      assert.ok(whole.points - before > 12, String(whole.points - before));
      for (let point = before; point < whole.points; point++) {
        const world = new World({ prepare });
        world.core.honoursKeys = prepare === PREPARE;
        await known(world);
        world.killAt = point;
        const outcome = await pay(world, wanted);
        assert.equal(world.kills, 1, `point ${point}`);
        checkLedger(world, outcome, `killed at ${point}`);
      }
    });

const FAULTS: readonly Fault[] = ['not-sent', 'lost-before', 'lost-after', 'late', 'cut', 'gateway', 'refuse', 'pending'];

test('200 payments with random faults and kills: what the ledger says is what the record says', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const byKey = random.fraction() < 0.5;
    const world = new World(byKey ? {} : { prepare: WITH_ASK_ONLY });
    await known(world);
    // a release that the core refuses needs a person, and is another test's
    world.core.fault = (call) => {
      if (random.fraction() > 0.25) return undefined;
      const fault = FAULTS[Math.floor(random.fraction() * FAULTS.length)];
      if (call.startsWith('GET') && (fault === 'refuse' || fault === 'pending' || fault === 'late')) return undefined;
      if (fault === 'pending' && !call.startsWith('POST /accounts')) return undefined;
      return fault === 'refuse' && (call.endsWith('/release') || call.endsWith('/suspense')) ? undefined : fault;
    };
    // where only enquiries settle a hold the core executes whatever comes: a blind repeat would hold twice
    world.core.honoursKeys = byKey;
    if (random.fraction() < 0.6) world.killAt = world.points + Math.floor(random.fraction() * 20);
    const wanted = random.fraction() < 0.6 ? COMMITTED : ABORTED;
    const outcome = await pay(world, wanted);
    seen.add(`${outcome ?? 'refused'} ${world.kills}`);
    checkLedger(world, outcome, `seed ${seed}, ${outcome ?? 'refused'}`);
  }
  assert.deepEqual([...seen].sort(), [`refused 0`, `refused 1`, `${ABORTED} 0`, `${ABORTED} 1`, `${COMMITTED} 0`, `${COMMITTED} 1`].sort());
});

/** What a connector or its author can get wrong about a core: each must be seen in the ledger. */
for (const [what, prepare, keepsRefusals, faults] of [
  ['a quiet time that is shorter than the core is late', WITH_ASK_ONLY.replace('quiet: 60s', 'quiet: 1s'), true, ['late']],
  ['refusals that the core does not keep', PREPARE, false, ['late', 'refuse']],
  [
    'an answer that is taken for a success, whatever it says',
    PREPARE.replace('ok: =status = 201 and body.account = account.body.id', 'ok: =status < 500')
      .replace('    refused: =status = 422\n    pending: =status = 202\n', '')
      .replace('facts: { holdId: "=body.id" }', `facts: { holdId: '=$exists(body.id) ? body.id : "none"' }`),
    true,
    ['refuse'],
  ],
] as const)
  test(`planted: ${what}: the ledger shows it`, async () => {
    const world = new World({ prepare });
    await known(world);
    world.core.keepsRefusals = keepsRefusals;
    world.core.honoursKeys = prepare !== WITH_ASK_ONLY.replace('quiet: 60s', 'quiet: 1s');
    let count = 0;
    world.core.fault = (call) => (call.startsWith('POST /accounts') ? faults[count++] : undefined);
    const prepared = await world.ask('transfer.prepare', { times: 400, deadlineMs: 300_000 });
    await world.time.advance(1_000_000);
    const reserved = prepared?.kind === 'ended' && prepared.ended.kind === 'reply';
    assert.notDeepEqual(world.core.totals.held, reserved ? '99.5' : '0');
  });
