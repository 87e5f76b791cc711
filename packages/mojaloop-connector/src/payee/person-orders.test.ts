import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fulfilled, hubSays, patch } from '../../test/payee-scenes.ts';
import { person } from '../../test/person-scenes.ts';
import { makeWorld, notificationsOf, transfersOf, type World } from '../../test/world.ts';
import type { PersonAction } from '../transfer/person.ts';

/** What may come next: a word of the hub, time, a crash, or a person. */
type Step = 'COMMITTED' | 'ABORTED' | '3303' | 'crash' | number | PersonAction;

const steps = fc.array(
  fc.oneof(
    fc.constantFrom<Step>('COMMITTED', 'ABORTED', '3303', 'crash', 40_000, 200_000),
    fc.constantFrom<Step>(
      { action: 'ask-hub' },
      { action: 'ask-core' },
      { action: 'resend-outcome', confirmed: false },
      { action: 'resend-outcome', confirmed: true },
      { action: 'settle', as: 'COMMITTED' },
      { action: 'settle', as: 'ABORTED' },
    ),
  ),
  { minLength: 1, maxLength: 9 },
);

const cores = fc.record({
  transfer: fc.constantFrom<'ok' | 'unknown' | 'rejected'>('ok', 'unknown', 'rejected'),
  /** How the first notifications are answered; the later ones are taken. */
  notify: fc.array(fc.constantFrom<'ok' | 'unknown' | 'not-sent'>('ok', 'unknown', 'not-sent'), { maxLength: 3 }),
  atPrepare: fc.constantFrom<'reserve' | 'credit'>('reserve', 'credit'),
  notificationRepeatable: fc.boolean(),
  notificationReadsState: fc.boolean(),
  transferAskable: fc.boolean(),
});

type Core = typeof cores extends fc.Arbitrary<infer T> ? T : never;
const refusal = { code: '5104', description: 'no' };

async function worldWith({ transfer, notify, ...core }: Core): Promise<World> {
  const world = await makeWorld({ core });
  const outcomes = {
    ok: { kind: 'ok', value: {} },
    unknown: { kind: 'unknown', reason: 'reset' },
    'not-sent': { kind: 'not-sent', refusal, reason: 'down' },
    rejected: { kind: 'rejected', refusal },
  } as const;
  world.core.transfer = () => outcomes[transfer];
  world.core.notify = (_notification, nth) => outcomes[notify[nth - 1] ?? 'ok'];
  world.core.ask = () => ({ kind: 'ok', value: { transferState: core.atPrepare === 'reserve' ? 'RESERVED' : 'COMMITTED' } });
  return world;
}

/** Does a step; true when it was an action of a person that was taken. */
async function take(world: World, id: string, step: Step): Promise<boolean> {
  if (step === 'crash') await world.crash();
  else if (step === '3303') await hubSays(world, id, step);
  else if (typeof step === 'string') await patch(world, id, step);
  else if (typeof step === 'number') await world.time.advance(step);
  else return (await person(world, id, step)).kind === 'done';
  return false;
}

test('payee: in any order of hub, person, time and crashes: one call, no contrary word and no second one without a person, the hub’s word stands', async () => {
  await fc.assert(
    fc.asyncProperty(cores, steps, async (core, series) => {
      const world = await worldWith(core);
      const { id } = await fulfilled(world);
      let resends = 0;
      let resting = false;
      let hubSaid: string | undefined;
      for (const step of series) {
        const before = notificationsOf(world.calls).length;
        const taken = await take(world, id, step);
        const told = notificationsOf(world.calls);
        if (taken && typeof step === 'object' && step.action === 'resend-outcome') {
          resends++;
          resting = false;
        } else if (resting) assert.equal(told.length, before, 'a settled record told the core something by itself');
        if (taken && typeof step === 'object' && step.action === 'settle') resting = true;

        assert.ok(transfersOf(world.calls).length <= 1, 'the core was called twice');
        const states = new Set(told.map((call) => call.notification.transferState));
        assert.ok(states.size < 2 || resends > 0, 'the core was told both outcomes');
        assert.ok(core.notificationReadsState || !states.has('ABORTED'), 'a core that does not look was told ABORTED');
        const provablyNotSent = told.filter((_, place) => core.notify[place] === 'not-sent').length;
        if (!core.notificationRepeatable) assert.ok(told.length <= 1 + provablyNotSent + resends, 'a core that may not be told twice was');

        const detail = await world.connector.desk.exception(id);
        assert.ok(detail);
        const { hub, exceptions } = detail.payment;
        if (hubSaid !== undefined) assert.equal(hub, hubSaid, 'the hub’s word flipped');
        if (hub === 'COMMITTED' || hub === 'ABORTED') hubSaid = hub;
        const listed = await world.connector.exceptions({ limit: 10 });
        assert.equal(listed.length > 0, exceptions.length > 0, 'the list and the payment disagree');
        if (exceptions.length > 0) assert.ok(detail.allowed.length > 0, 'an exception about which nothing can be done');
      }
    }),
    { numRuns: 150 },
  );
});
