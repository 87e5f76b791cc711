import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createMetrics, recordedLog, virtualTime } from '@payment-manager/runtime';
import { measuredBy, REQUEST_STEPS_SECONDS } from './measurements.ts';
import { watchRates } from './rate-alarms.ts';

const MINUTE = 60_000;

/** The product’s own counters, moved by hand. */
function stage() {
  const [time, metrics, log] = [virtualTime(), createMetrics(), recordedLog()];
  const payments = metrics.counter('pm_payments_total', 'Payments', ['flow', 'stage']);
  const requests = metrics.histogram('pm_outbound_request_seconds', 'Requests', [1, 5, 10, 30], ['operation', 'status']);
  const thresholds = {
    successRate: { belowPercent: 80, minimumPayments: 20, windowMs: 15 * MINUTE },
    latency: { aboveMs: 10_000, minimumRequests: 20, windowMs: 10 * MINUTE },
  };
  const watch = watchRates({
    ...{ clock: time, timers: time, log, metrics },
    measurements: measuredBy(metrics, time),
    thresholds: () => thresholds,
  });
  /** So many of each in each minute. */
  const minutes = async (many: number, each: Readonly<Record<string, number>>, seconds = 0.5): Promise<void> => {
    for (let n = 0; n < many; n++) {
      for (const [what, count] of Object.entries(each)) {
        const [flow = '', stageOf = ''] = what.split(' ');
        payments.add(count, { flow, stage: stageOf });
        for (let one = 0; one < count && flow === 'payer'; one++)
          requests.observe(seconds, { operation: 'POST /transfers', status: '200' });
      }
      await time.advance(MINUTE);
    }
  };
  const standing = () => watch.alarms().map(({ id, reason }) => `${id}: ${reason}`);
  return { time, log, metrics, thresholds, watch, minutes, standing };
}

describe('alarms of rates', () => {
  test('the steps of latency are those of the histogram', () => {
    const api = readFileSync(new URL('../../../mojaloop-connector/src/dfsp-api/outbound-api.ts', import.meta.url), 'utf8');
    assert.ok(api.includes(`BUCKETS_SECONDS = [${REQUEST_STEPS_SECONDS.join(', ')}]`));
  });

  test('too many payments fail, each flow by itself; it ends only when it is clearly better', async () => {
    const { minutes, standing, metrics, watch, time } = stage();
    await minutes(20, { 'payer completed': 9, 'payer failed': 1, 'payee committed': 10 });
    assert.deepEqual(standing(), []);
    await minutes(10, { 'payer completed': 3, 'payer failed': 6, 'payer aborted': 1, 'payee committed': 10 });
    assert.match(
      standing().join(),
      /^success-rate-payer: Only \d+ of 1[45]\d payments that our customers made completed in the last 15 minutes\.$/,
    );
    await minutes(30, { 'payer completed': 41, 'payer failed': 9, 'payee committed': 10 });
    assert.equal(standing().length, 1, '82 of a hundred are above the threshold, and not yet good');
    await minutes(30, { 'payer completed': 45, 'payer failed': 5, 'payee committed': 10 });
    assert.deepEqual(standing(), []);
    assert.match(await metrics.text(), /pm_alarms_total\{code="SUCCESS_RATE_LOW"\} 1/);
    watch.stop();
    assert.equal(time.pending, 0);
  });

  test('too few payments say nothing, and what stood ends when nobody pays any more', async () => {
    const { minutes, standing } = stage();
    await minutes(15, { 'payee refused': 1 });
    assert.deepEqual(standing(), []);
    await minutes(5, { 'payee refused': 10, 'payee quote-refused': 10 });
    assert.match(standing().join(), /^success-rate-payee: Only 0 of \d+ payments to our customers/);
    await minutes(20, {});
    assert.deepEqual(standing(), []);
  });

  test('slow requests are told, and quick ones end it; a threshold of 0 is none', async () => {
    const { minutes, standing, thresholds } = stage();
    await minutes(12, { 'payer completed': 10 }, 4);
    assert.deepEqual(standing(), []);
    await minutes(4, { 'payer completed': 10 }, 20);
    assert.match(standing().join(), /^latency: \d+ of \d+ requests of our customers took over 10 s in the last 10 minutes\.$/);
    await minutes(15, { 'payer completed': 10 }, 0.5);
    assert.deepEqual(standing(), []);
    Object.assign(thresholds.latency, { aboveMs: 0 });
    Object.assign(thresholds.successRate, { belowPercent: 0 });
    await minutes(15, { 'payer failed': 10 }, 20);
    assert.deepEqual(standing(), []);
  });
});
