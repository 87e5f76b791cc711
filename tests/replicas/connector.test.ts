import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { slownessNow } from '@payment-manager/runtime/test-machine';
import { parseFault } from '@payment-manager/sandbox';
import { REST_CORE } from '../scheme/configuration.ts';
import { beginPayment, ended } from '../scheme/payments.ts';
import { PAYEE } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { killUnderLoad } from './kill-run.ts';
import { reckon } from './reckoning.ts';
import { type ReplicaWorld, startReplicaWorld } from './replica-world.ts';

/*
 * A core behind a connector, whose records at the core are of several processes: whoever takes one over whose call has begun does not know
 * what became of it, and settles it. Without a connector: replicas.test.ts.
 */

const leaseMs = 4_000;
const NOTHING_WRONG = { lost: [], doubled: [], invented: [], unfinished: [], imbalances: [] };

/** A payment whose call of the core that moves money is under way: the core executes it `ms` later, whoever still listens. */
async function inTheMiddle({ payer, payee, look }: ReplicaWorld, ms: number): Promise<{ readonly id: string; readonly owner: string }> {
  payee.core.faults.add(parseFault({ operation: 'POST /bank/holds', count: 1, action: { kind: 'delay', ms } }));
  const id = await beginPayment(payer, { amount: '1.5' });
  return { id, owner: await until('something is begun at the core', () => look.beganAtCore(PAYEE), 10_000) };
}

/** Completed, booked once, and by all books nothing wrong. */
async function completed({ payer, payee, scheme, look }: ReplicaWorld, id: string): Promise<void> {
  const end = await ended(payer, id, 30_000);
  assert.equal(end.state, 'COMPLETED', JSON.stringify(end.steps));
  await until('nothing is open', async () => (await look.open(PAYEE)).length === 0 || undefined, 30_000);
  const { payments: _payments, completed: _completed, failed: _failed, ...wrong } = await reckon(scheme, payer.core, payee.core);
  assert.deepEqual(wrong, NOTHING_WRONG);
}

/** Two replicas, and kills under load, take a minute of a whole machine. */
const skip = process.env['PM_TEST_LONG'] === undefined ? 'PM_TEST_LONG=1 runs two replicas; two workers are always run' : false;

describe('two replicas of each DFSP, the payee’s core behind a connector', { skip }, () => {
  let world: ReplicaWorld;
  before(async () => {
    world = await startReplicaWorld({ replicas: 2, leaseMs, connector: REST_CORE });
  });
  after(() => world.stop());

  test('the one that has called the core is killed before the answer: the other takes the started step over, and money is held and booked once', async () => {
    const { payee } = world;
    const { id, owner } = await inTheMiddle(world, 2_500);
    const victim = payee.replicas.find(({ replicaId }) => replicaId === owner) ?? assert.fail(owner);
    const { startedAnew } = await payee.kill(victim.number);
    await completed(world, id);
    assert.equal(payee.core.calls.count('POST /bank/holds/capture'), 1);
    await startedAnew;
  });

  test('some are killed and the database crashes under load: no payment is lost, none doubled, all are closed', async () => {
    const by = Math.min(4, await slownessNow());
    const run = await killUnderLoad(world, {
      ...{ seconds: 8 * by, perSecond: 8 / by, killEveryMs: 1_500 * by, awayMs: 800, settleMs: 40_000 },
      slow: 'POST /bank/holds',
    });
    const { lost, doubled, invented, unfinished, imbalances, open } = run;
    assert.deepEqual({ lost, doubled, invented, unfinished, imbalances, open }, { ...NOTHING_WRONG, open: 0 });
    assert.ok(run.kills >= 1 && run.completed > run.payments / 2, JSON.stringify(run));
  });
});

test('two workers of one process, the core behind a connector: what they pay is booked once; one that is killed in the middle of a started step leaves it to the other, before the core has executed it', async (t) => {
  const world = await startReplicaWorld({ replicas: 1, leaseMs, connector: REST_CORE, workers: 2 });
  t.after(() => world.stop());
  const { payer, payee } = world;
  const ids = await Promise.all(['1.5', '2', '2.5'].map((amount) => beginPayment(payer, { amount })));
  for (const id of ids) await completed(world, id);
  const { id, owner } = await inTheMiddle(world, leaseMs + 3_000);
  const started = readFileSync(payee.logFile(1), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"worker started"'))
    .map((line) => JSON.parse(line) as { readonly number: number; readonly process: number });
  assert.equal(started.length, 2);
  const victim = started.find(({ number }) => owner.endsWith(`-${number}`)) ?? assert.fail(owner);
  process.kill(victim.process, 'SIGKILL');
  await completed(world, id);
  assert.equal(payee.core.calls.count('POST /bank/holds/capture'), 4);
});
