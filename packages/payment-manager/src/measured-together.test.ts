import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { countedBy, watchRates } from '@payment-manager/operations/alarms';
import { type HistoryStore, historyRecorder, type KeptSlot } from '@payment-manager/read-model';
import { createMetrics, every, recordedLog, virtualTime } from '@payment-manager/runtime';
import { measuredTogether } from './measured-together.ts';

const MINUTE = 60_000;
const POSTGRES = { journal: { store: 'postgres' } } as Config;
const THRESHOLDS = {
  successRate: { belowPercent: 80, minimumPayments: 20, windowMs: 15 * MINUTE },
  latency: { aboveMs: 10_000, minimumRequests: 20, windowMs: 10 * MINUTE },
};

/** The table that all replicas write, which may be away. */
function sharedHistory() {
  const slots = new Map<string, KeptSlot>();
  const table = { away: false };
  const store: HistoryStore = {
    async write(written) {
      if (table.away) throw new Error('away');
      for (const one of written) slots.set(`${one.grain} ${one.slot} ${one.replica}`, one);
    },
    async read({ grain, first, last }) {
      if (table.away) throw new Error('away');
      return [...slots.values()].filter((one) => one.grain === grain && one.slot >= first && one.slot <= last);
    },
    close: async () => {},
  };
  return { store, table };
}

/** A replica with counters of its own; `pay` and `answer` are of this one alone. */
function replica(name: string, time: ReturnType<typeof virtualTime>, store: HistoryStore, config = POSTGRES) {
  const [metrics, log] = [createMetrics(), recordedLog()];
  const payments = metrics.counter('pm_payments_total', 'Payments', ['flow', 'stage']);
  const requests = metrics.histogram('pm_outbound_request_seconds', 'Requests', [1, 5, 10, 30], ['operation', 'status']);
  const recorder = historyRecorder({
    ...{ metrics, clock: time, log, replica: name },
    open: async () => store,
    parts: async () => ({}),
    gauges: async () => ({}),
    ended: async () => (await countedBy(metrics)).ended,
  });
  const recording = every(MINUTE, time, () => recorder.minute());
  const watch = watchRates({
    ...{ clock: time, timers: time, log, metrics },
    measurements: measuredTogether(config, { metrics, clock: time }, () => () => recorder.store()),
    thresholds: () => THRESHOLDS,
  });
  return {
    pay: (stage: 'completed' | 'failed', count = 1) => payments.add(count, { flow: 'payer', stage }),
    answer: (seconds: number) => requests.observe(seconds, { operation: 'POST /transfers', status: '200' }),
    reasons: () => watch.alarms().map(({ id, reason }) => `${id}: ${reason}`),
    die() {
      recording.stop();
      watch.stop();
    },
  };
}

describe('rates of several replicas', () => {
  test('are those of all together: too few payments at each are enough at all, and each replica tells the same', async () => {
    const time = virtualTime();
    const { store } = sharedHistory();
    const four = ['a', 'b', 'c', 'd'].map((name) => replica(name, time, store));
    for (let minute = 0; minute < 12; minute++) {
      for (const one of four) one.pay('failed');
      await time.advance(MINUTE);
    }
    for (const { reasons } of four)
      assert.match(
        reasons().join(),
        /^success-rate-payer: Only 0 of 4\d payments that our customers made completed in the last 15 minutes\.$/,
      );
    for (let minute = 0; minute < 20; minute++) {
      for (const one of four) one.pay('completed', 2);
      await time.advance(MINUTE);
    }
    assert.deepEqual(
      four.flatMap(({ reasons }) => reasons()),
      [],
    );
    for (const one of four) one.die();
  });

  test('say nothing where one of them fails a few, and all together are good; latency the same', async () => {
    const time = virtualTime();
    const { store } = sharedHistory();
    const [bad, good] = [replica('bad', time, store), replica('good', time, store)];
    for (let minute = 0; minute < 14; minute++) {
      bad.pay('failed', 2);
      bad.answer(20);
      good.pay('completed', 40);
      for (let n = 0; n < 40; n++) good.answer(0.5);
      await time.advance(MINUTE);
    }
    assert.deepEqual([...bad.reasons(), ...good.reasons()], []);
    for (let minute = 0; minute < 10; minute++) {
      for (let n = 0; n < 4; n++) bad.answer(20);
      for (let n = 0; n < 4; n++) good.answer(0.5);
      await time.advance(MINUTE);
    }
    for (const { reasons } of [bad, good])
      assert.match(reasons().join(), /^latency: \d+ of \d+ requests of our customers took over 10 s in the last 10 minutes\.$/);
    for (const one of [bad, good]) one.die();
  });

  test('have what a replica saw that is dead, and are seen by one that takes no payments', async () => {
    const time = virtualTime();
    const { store } = sharedHistory();
    const [pays, people] = [replica('payments', time, store), replica('management', time, store)];
    pays.pay('failed', 30);
    await time.advance(2 * MINUTE);
    pays.die();
    await time.advance(3 * MINUTE);
    assert.match(people.reasons().join(), /Only 0 of 30 payments/);
    people.die();
  });

  test('are each one’s own while the table is away, and of a process that is alone', async () => {
    const time = virtualTime();
    const { store, table } = sharedHistory();
    table.away = true;
    const [pays, other] = [replica('pays', time, store), replica('other', time, store)];
    await time.advance(MINUTE);
    pays.pay('failed', 30);
    await time.advance(2 * MINUTE);
    assert.match(pays.reasons().join(), /Only 0 of 30 payments/);
    assert.deepEqual(other.reasons(), []);
    const alone = replica('alone', time, sharedHistory().store, { journal: { store: 'sqlite' } } as Config);
    alone.pay('failed', 30);
    await time.advance(MINUTE);
    assert.deepEqual(alone.reasons(), [], 'nothing was looked at before');
    alone.pay('failed', 30);
    await time.advance(MINUTE);
    assert.match(alone.reasons().join(), /Only 0 of 30 payments/);
    for (const one of [pays, other, alone]) one.die();
  });
});
