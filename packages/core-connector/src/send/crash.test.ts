import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@payment-manager/runtime';
import type { Fault } from '../../test/scripted-core.ts';
import { REQUEST, SendWorld } from '../../test/send-world.ts';

type Outcome = 'committed' | 'not-committed';
const TOTAL = '100.5';

/** What core and scheme must say at the end, whatever happened on the way. */
function checkBooks(world: SendWorld, what: string): void {
  const { held, booked, suspense } = world.core.totals;
  const states = [...world.scheme.made.values()].map(({ state }) => state);
  const committed = states.filter((state) => state === 'committed').length;
  assert.ok(committed <= 1, what);
  assert.ok(!states.includes('open'), `${what}: accepted and never ended`);
  const taken = [booked, suspense].filter((amount) => amount !== '0');
  // the posting in suspense of this core leaves the hold to a person
  assert.deepEqual(
    [suspense === '0' ? held : '0', taken],
    ['0', committed === 1 ? [TOTAL] : []],
    `${what}: ${JSON.stringify(world.core.totals)} ${states}`,
  );
  assert.ok(world.core.holds.length <= 1, what);
  for (const [key, said] of world.core.said) assert.equal(said.size, 1, `${what}: ${key} was repeated with another content`);
  for (const amount of world.scheme.heldAtAcceptance) assert.equal(amount, TOTAL, `${what}: accepted without the hold`);
}

/** A payment to its end: by the customer's word, or within their limit. */
async function pay(world: SendWorld, byCustomer: boolean, forMs = 300_000): Promise<string> {
  const { payment } = await world.send({ request: REQUEST, ...(!byCustomer && { maxFee: '10' }) });
  if (payment.stage === 'quote-offered') await world.decide(payment.transferId ?? '');
  await world.time.advance(forMs);
  const after = payment.transferId === undefined ? undefined : await world.sends.ask(payment.transferId);
  return after?.kind === 'payment' ? `${after.payment.stage} ${after.payment.hold}` : payment.stage;
}

for (const outcome of ['committed', 'not-committed'] as const)
  test(`killed before and after each append and each call of core and scheme, ${outcome}: the books are right`, async () => {
    const whole = new SendWorld();
    whole.scheme.outcome = outcome;
    assert.equal(await pay(whole, true), outcome === 'committed' ? 'completed captured' : 'failed released');
    assert.ok(whole.points > 30, String(whole.points));
    for (let point = 0; point < whole.points; point++) {
      const world = new SendWorld();
      world.scheme.outcome = outcome;
      world.killAt = point;
      const end = await pay(world, true);
      assert.equal(world.kills, 1, `point ${point}`);
      checkBooks(world, `killed at ${point}, ${end}`);
      assert.equal(end, outcome === 'committed' ? 'completed captured' : 'failed released', `killed at ${point}`);
    }
  });

const FAULTS: readonly Fault[] = ['not-sent', 'lost-before', 'lost-after', 'late', 'cut', 'gateway', 'refuse', 'pending'];

/** A payment in which anything may go wrong, by its seed. */
async function random(seed: number, world: SendWorld): Promise<string> {
  const chance = seededRandom(seed);
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(chance.fraction() * all.length)] as T;
  const outcome: Outcome = chance.fraction() < 0.6 ? 'committed' : 'not-committed';
  world.scheme.outcome = outcome;
  world.scheme.decidesMs = oneOf([50, 2_000, 90_000]);
  world.scheme.priceMs = oneOf([3_000, 10_000, 60_000]);
  world.core.fault = (call) => {
    if (chance.fraction() > 0.2) return undefined;
    const fault = oneOf(FAULTS);
    if (call.startsWith('GET') && (fault === 'refuse' || fault === 'pending' || fault === 'late')) return undefined;
    if (fault === 'pending' && !call.startsWith('POST /accounts')) return undefined;
    // what a core must do and refuses needs a person, and is another test's
    return fault === 'refuse' && (call.endsWith('/release') || call.endsWith('/suspense')) ? undefined : fault;
  };
  world.scheme.fault = () => (chance.fraction() < 0.15 ? oneOf(['lost-before', 'lost-after'] as const) : undefined);
  if (chance.fraction() < 0.6) world.killAt = Math.floor(chance.fraction() * 60);
  const end = await pay(world, chance.fraction() < 0.5, 1_500_000);
  return `${end}${world.kills > 0 ? ', killed' : ''}`;
}

test('100 payments with random faults of core and scheme, and kills: the books are right', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) {
    const world = new SendWorld();
    seen.add(await random(seed, world));
    checkBooks(world, `seed ${seed}`);
  }
  for (const end of ['completed captured', 'failed released'])
    for (const killed of ['', ', killed']) assert.ok(seen.has(`${end}${killed}`), `${end}${killed} is not among ${[...seen].join('; ')}`);
});
