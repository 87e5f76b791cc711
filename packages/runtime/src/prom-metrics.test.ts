import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './prom-metrics.ts';

test('counters, gauges and histograms are told in the text exposition', async () => {
  const metrics = createMetrics();
  metrics.counter('payments_total', 'Payments', ['outcome']).add(2, { outcome: 'COMPLETED' });
  metrics.counter('payments_total', 'Payments', ['outcome']).add(1, { outcome: 'COMPLETED' });
  metrics.gauge('open', 'Open payments').set(7);
  metrics.histogram('stage_seconds', 'Stages', [0.1, 1], ['stage']).observe(0.5, { stage: 'quote' });
  const text = await metrics.text();
  assert.match(text, /^payments_total\{outcome="COMPLETED"\} 3$/m);
  assert.match(text, /^open 7$/m);
  assert.match(text, /^stage_seconds_bucket\{le="0.1",stage="quote"\} 0$/m);
  assert.match(text, /^stage_seconds_bucket\{le="1",stage="quote"\} 1$/m);
});

test('each observation is counted once, whether many come between two questions or none', async () => {
  const metrics = createMetrics();
  const payments = metrics.counter('payments_total', 'Payments', ['outcome']);
  const seconds = metrics.histogram('stage_seconds', 'Stages', [0.1, 1]);
  const told = async () => {
    const text = await metrics.text();
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    return [value('payments_total\\{outcome="COMPLETED"\\}'), value('payments_total\\{outcome="ABORTED"\\}'), value('stage_seconds_count')];
  };
  for (let n = 0; n < 1_000; n++) {
    payments.add(1, { outcome: n % 4 === 0 ? 'ABORTED' : 'COMPLETED' });
    seconds.observe(0.5);
  }
  assert.deepEqual(await told(), [750, 250, 1_000]);
  assert.deepEqual(await told(), [750, 250, 1_000]);
  payments.add(2, { outcome: 'COMPLETED' });
  assert.deepEqual(await told(), [752, 250, 1_000]);
});

test('the process itself is measured', async () => {
  const text = await createMetrics().text();
  const names = ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_heap_used_bytes', 'nodejs_active_resources'];
  for (const name of [...names, 'nodejs_eventloop_lag_p99_seconds', 'nodejs_eventloop_lag_max_seconds']) {
    assert.match(text, new RegExp(`^${name} \\d`, 'm'));
  }
});

test('two registries do not share metrics, and one name has one kind', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.counter('a_total', 'A').add(1);
  assert.doesNotMatch(await two.text(), /a_total/);
  assert.throws(() => one.gauge('a_total', 'A'), TypeError);
});
