import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlarmEntry, createMetrics, virtualTime } from '@payment-manager/runtime';
import { countAlarms } from './alarm-counts.ts';

const alarm = (id: string, since = 1): AlarmEntry => ({ id, level: 'alarm', code: 'CERTIFICATE_EXPIRING', reason: `about ${id}`, since });

test('an alarm about the connection is counted once for as long as it stands, and again when it comes back', async () => {
  const [time, metrics] = [virtualTime(), createMetrics()];
  let standing = [alarm('a')];
  const counting = countAlarms(() => standing, { metrics, timers: time });
  const counted = async () => Number(/pm_alarms_total\{code="CERTIFICATE_EXPIRING"\} (\d+)/.exec(await metrics.text())?.[1] ?? 0);
  await time.advance(60_000);
  assert.equal(await counted(), 1);
  standing = [{ ...alarm('a'), reason: 'in other words' }, alarm('b')];
  await time.advance(5_000);
  assert.equal(await counted(), 2);
  standing = [alarm('a', 2)];
  await time.advance(5_000);
  assert.equal(await counted(), 3);
  counting.stop();
  assert.equal(time.pending, 0);
});
