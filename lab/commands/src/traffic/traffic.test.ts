import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunningDfsp } from '@payment-manager/payment-manager';
import { seededRandom, virtualTime } from '@payment-manager/runtime';
import { runTraffic } from './run-traffic.ts';
import { HOPS, KINDS, type PlannedPayment, trafficMix } from './traffic-mix.ts';

const dfsp = (fspId: string, ...customers: readonly (readonly [string, string])[]): RunningDfsp => ({
  fspId,
  coreUrl: `http://${fspId}`,
  outboundUrl: '',
  operationsUrl: '',
  customers: customers.map(([id, idValue]) => ({ id, displayName: id, identifiers: [{ idType: 'MSISDN', idValue }] })),
});
const dfsps = [dfsp('greenbank', ['amara', '1']), dfsp('bluewallet', ['thandi', '2'], ['sipho', '3'])];
const accounts = new Map([
  ['amara', ['USD', 'XOF']],
  ['thandi', ['USD', 'XOF']],
  ['sipho', ['USD']],
]);
const planned = (seed: number, count: number): readonly PlannedPayment[] => {
  const next = trafficMix(dfsps, accounts, seededRandom(seed));
  return Array.from({ length: count }, () => next());
};

describe('the mix of ./pm traffic', () => {
  test('the same seed plans the same, another one something else', () => {
    assert.deepEqual(planned(7, 200), planned(7, 200));
    assert.notDeepEqual(planned(7, 200), planned(8, 200));
  });

  test('shares sum to one; in a thousand there is every kind, every hop, both ways, both currencies, and most complete', () => {
    assert.ok(Math.abs(KINDS.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    const all = planned(1, 1_000);
    assert.deepEqual(new Set(all.map(({ kind }) => kind)), new Set(KINDS.map(({ kind }) => kind)));
    for (const hop of HOPS)
      assert.ok(
        all.some((one) => one.hop === hop),
        hop,
      );
    for (const { fspId } of dfsps) assert.ok(all.filter(({ payer }) => payer.fspId === fspId).length > 300, fspId);
    for (const currency of ['USD', 'XOF'])
      assert.ok(
        all.some((one) => one.currency === currency),
        currency,
      );
    const complete = all.filter(({ hop }) => hop === undefined).length;
    assert.ok(complete > 750 && complete < 900, String(complete));
  });

  test('amounts are decimals that the scheme takes, and only those of which there is too much are large', () => {
    for (const { kind, amount, currency, from, to } of planned(3, 1_000)) {
      assert.match(amount, currency === 'XOF' ? /^[1-9]\d*$/ : /^(0|[1-9]\d*)(\.\d?[1-9])?$/, amount);
      assert.equal(Number(amount) > 1_500, kind === 'not enough money', `${kind} ${amount}`);
      assert.notEqual(from, 'sipho', 'who is blocked pays nothing');
      assert.equal(to.idValue === '3', kind === 'account of the payee is blocked');
    }
  });
});

describe('running traffic', () => {
  const setting = (
    pay: (one: PlannedPayment) => Promise<'COMPLETED' | 'ABORTED'>,
    more: { seconds?: number; stopped?: Promise<unknown> } = {},
    time = virtualTime(),
  ) => {
    const told: number[] = [];
    const running = runTraffic({
      ...{ rate: 20, seconds: 30, stopped: new Promise(() => {}), ...more },
      pay,
      next: trafficMix(dfsps, accounts, seededRandom(1)),
      clock: time,
      timers: time,
      random: seededRandom(1),
      tell: ({ begun }) => told.push(begun),
    });
    return { time, told, running };
  };

  test('begins about as many as were asked for, tells of them, and counts what became of each', async () => {
    const { time, told, running } = setting(async ({ hop }) => (hop === undefined ? 'COMPLETED' : 'ABORTED'));
    await time.advance(60_000);
    const { begun, underWay, heldBack, outcomes } = await running;
    assert.ok(begun > 450 && begun < 750, String(begun));
    assert.deepEqual([underWay, heldBack], [0, 0]);
    assert.ok(told.length >= 5, String(told.length));
    const counted = [...outcomes.values()].flatMap((of) => [...of.values()]).reduce((sum, one) => sum + one, 0);
    assert.equal(counted, begun);
    assert.equal(outcomes.get('completes')?.get('ABORTED'), undefined);
  });

  test('is stopped at once, and waits for what is under way', async () => {
    const stop = Promise.withResolvers<void>();
    const time = virtualTime();
    const pay = () => new Promise<'COMPLETED'>((resolve) => void time.after(10_000, () => resolve('COMPLETED')));
    const { running } = setting(pay, { stopped: stop.promise }, time);
    await time.advance(2_000);
    stop.resolve();
    await time.advance(20_000);
    const { begun, underWay, elapsedMs } = await running;
    assert.ok(begun > 10 && begun < 90, String(begun));
    assert.equal(underWay, 0);
    assert.ok(elapsedMs < 15_000, String(elapsedMs));
  });

  test('holds back what would be too many at once, and ends though payments never do', async () => {
    const { time, running } = setting(() => new Promise(() => {}));
    await time.advance(200_000);
    const { begun, underWay, heldBack } = await running;
    assert.deepEqual([begun, underWay], [200, 200]);
    assert.ok(heldBack > 100, String(heldBack));
  });
});
