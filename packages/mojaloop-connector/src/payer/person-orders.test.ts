import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { committed, opened, transferFails } from '../../test/payer-scenes.ts';
import { person } from '../../test/person-scenes.ts';
import { makeWorld, type World } from '../../test/world.ts';
import type { PersonAction } from '../transfer/person.ts';

/** What may come next: a word of the hub, time, a crash, or a person. */
type Step = 'COMMITTED' | 'wrong fulfilment' | '3303' | '3208' | 'crash' | number | PersonAction;

const steps = fc.array(
  fc.constantFrom<Step>(
    'COMMITTED',
    'wrong fulfilment',
    '3303',
    '3208',
    'crash',
    40_000,
    200_000,
    { action: 'ask-hub' },
    { action: 'settle', as: 'COMMITTED' },
    { action: 'settle', as: 'ABORTED' },
  ),
  { minLength: 1, maxLength: 9 },
);

async function take(world: World, id: string, step: Step): Promise<boolean> {
  if (step === 'crash') await world.crash();
  else if (step === 'COMMITTED') await committed(world, id);
  else if (step === 'wrong fulfilment') await committed(world, id, { fulfilment: Buffer.alloc(32, 9).toString('base64url') });
  else if (typeof step === 'string') await transferFails(world, id, step);
  else if (typeof step === 'number') await world.time.advance(step);
  else return (await person(world, id, step)).kind === 'done';
  return false;
}

/** What the DFSP's core is told when it asks. */
async function toldToCore(world: World, id: string): Promise<string> {
  const answer = world.connector.payer.resume(id, { acceptQuote: true });
  await world.time.advance(world.settings.timeouts.callbackMs);
  const payment = await answer;
  assert.equal(payment?.kind, 'payment');
  return payment.payment.outcome;
}

test('payer: in any order of hub, person, time and crashes: one prepare, an outcome once told stands, and a settled payment rests', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (series) => {
      const world = await makeWorld();
      const { transferId: id } = await opened(world);
      let told = 'unknown';
      let resting = false;
      for (const step of series) {
        const asked = world.messages('GET', `/transfers/${id}`).length;
        const taken = await take(world, id, step);
        if (resting && typeof step !== 'object')
          assert.equal(world.messages('GET', `/transfers/${id}`).length, asked, 'a settled payment asked');
        resting ||= taken && typeof step === 'object' && step.action === 'settle';

        assert.equal(new Set(world.messages('POST', '/transfers').map((message) => message.text)).size, 1);
        const now = await toldToCore(world, id);
        if (told !== 'unknown') assert.equal(now, told, 'the core was told two outcomes');
        told = now;
        const detail = await world.connector.desk.exception(id);
        const listed = await world.connector.exceptions({ limit: 10 });
        assert.equal(listed.length > 0, (detail?.payment.exceptions.length ?? 0) > 0, 'the list and the payment disagree');
        if (resting) assert.notEqual(now, 'unknown', 'a settled payment has no outcome');
      }
    }),
    { numRuns: 150 },
  );
});
