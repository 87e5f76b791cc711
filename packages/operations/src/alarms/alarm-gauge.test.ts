import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlarmEntry, createMetrics } from '@payment-manager/runtime';
import { watchAlarms } from './alarm-gauge.ts';

const alarm = (code: AlarmEntry['code'], momentary?: true): AlarmEntry => ({
  id: `${code}:1`,
  level: 'alarm',
  code,
  reason: 'because',
  since: 1,
  ...(momentary && { momentary }),
});

test('alarms that stand are counted by code, and their code goes to 0 when they end; what happened once does not stand', async () => {
  const metrics = createMetrics();
  let standing = [alarm('HUB_NOT_ANSWERING'), alarm('CERTIFICATE_EXPIRING'), alarm('CERTIFICATE_EXPIRING'), alarm('FLOW_FAILED', true)];
  watchAlarms(() => standing, { metrics });
  const shown = async () =>
    [...(await metrics.text()).matchAll(/^pm_alarms\{code="(\w+)"\} (\d+)$/gm)].map(([, code, n]) => `${code} ${n}`);
  assert.deepEqual(await shown(), ['HUB_NOT_ANSWERING 1', 'CERTIFICATE_EXPIRING 2']);
  standing = [];
  assert.deepEqual(await shown(), ['HUB_NOT_ANSWERING 0', 'CERTIFICATE_EXPIRING 0']);
});
