import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { slownessNow } from '@payment-manager/runtime/test-machine';
import { ended, LOST, THANDI } from '../scheme/payments.ts';
import { PAYER } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { killUnderLoad } from './kill-run.ts';
import { startLoad } from './load.ts';
import { lookUpAtEach, quoteAtEach } from './questions.ts';
import { reckon } from './reckoning.ts';
import type { ReplicaGroup } from './replica-group.ts';
import { type ReplicaWorld, startReplicaWorld } from './replica-world.ts';

const LONG = process.env['PM_TEST_LONG'] !== undefined;
const leaseMs = 4_000;
let world: ReplicaWorld;
before(async () => {
  world = await startReplicaWorld({ replicas: 3, leaseMs });
});
after(() => world.stop());

/** How many times less a replica is asked to do, and how much longer it has to start anew: as the machine is slower, up to three times. */
const pace = async (): Promise<number> => Math.min(3, await slownessNow());

/** Sends each away and starts it anew, one after the other. */
async function renewAll(group: ReplicaGroup): Promise<readonly (number | string)[]> {
  const endings: (number | string)[] = [];
  for (const { number } of group.replicas) endings.push(await group.renew(number));
  return endings;
}

describe('three replicas of each DFSP on one PostgreSQL', () => {
  test('whichever is asked for a party or a price gets the answer, wherever the hub sends it, and nothing is left', async () => {
    const { payer, look } = world;
    const parties = [];
    for (let round = 0; round < 4; round++) parties.push(await lookUpAtEach(payer, round % 2 === 0 ? THANDI : LOST));
    const prices = await quoteAtEach(payer);
    assert.deepEqual(
      parties.map((answers) => answers.map(({ status }) => status)),
      [200, 404, 200, 404].map((status) => [status, status, status]),
    );
    assert.deepEqual(
      prices.map(({ status }) => status),
      [200, 200, 200],
    );
    const times = [...parties.flat(), ...prices].map(({ afterMs }) => afterMs).toSorted((a, b) => a - b);
    // that of one in the middle, by the machine's own speed: a notice that is missed costs a second
    assert.ok((times[times.length >> 1] ?? 0) < 500, `answered after ${times.map(Math.round)} ms`);
    await until('no callback is left', async () => ((await look.leftCallbacks(PAYER)) === 0 ? true : undefined), 10_000);
  });

  test('each is sent away and started anew under load: no payment fails, and nobody has to ask twice', async (t) => {
    const { payer, payee, scheme } = world;
    const load = startLoad(payer, (LONG ? 12 : 8) / (await pace()));
    const endings = await Promise.all([renewAll(payer), renewAll(payee)]).finally(() => load.stop());
    assert.deepEqual(endings, [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const payments = await Promise.all(load.begun.map((id) => ended(payer, id, 20_000)));
    const unlike = payments.filter(({ steps }) => steps.map(({ what }) => what).join() !== 'money held,the Payment Manager says COMPLETED');
    assert.deepEqual(
      unlike.map(({ steps }) => steps),
      [],
    );
    const { completed, doubled } = await reckon(scheme, payer.core, payee.core);
    t.diagnostic(
      `rolling restart of 3 + 3 replicas: ${load.begun.length} payments begun, ${completed} completed, ${unlike.length} asked for twice or failed, ${doubled.length} doubled`,
    );
    assert.deepEqual([completed, doubled], [load.begun.length, []]);
  });

  test('some are killed and the database crashes under load: no payment is lost, none doubled, all are closed', async () => {
    const by = await pace();
    const run = await killUnderLoad(world, {
      seconds: 6 * by,
      perSecond: 12 / by,
      killEveryMs: 1_100 * by,
      awayMs: 1_200,
      settleMs: 40_000,
    });
    const { lost, doubled, invented, unfinished, imbalances, open } = run;
    assert.deepEqual(
      { lost, doubled, invented, unfinished, imbalances, open },
      { lost: [], doubled: [], invented: [], unfinished: [], imbalances: [], open: 0 },
    );
    assert.equal(run.databaseCrashes, 1);
    assert.ok(run.kills >= 2 && run.takeovers >= 1, JSON.stringify(run));
    assert.ok(run.completed > run.payments / 2, JSON.stringify(run));
    assert.ok(run.longestTakeoverMs <= leaseMs, `taken over after ${run.longestTakeoverMs} ms`);
  });
});
