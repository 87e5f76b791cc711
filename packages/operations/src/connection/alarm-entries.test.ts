import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endingAlarm } from './alarm-entries.ts';
import type { Served } from './served.ts';

const dayMs = 86_400_000;
const seen: Served = {
  where: 'hub',
  address: 'hub.example:443',
  state: 'Ready',
  reason: 'IN_ORDER',
  message: '',
  certificate: { subject: 'CN=hub', issuer: 'CN=CA', fingerprint: 'AA', validFrom: 0, validTo: 90 * dayMs },
  since: 0,
  lookedAt: 0,
};

test('the hub’s own server certificate that nears its end is an alarm for its operator, once it is late', () => {
  assert.deepEqual(endingAlarm(seen, 59 * dayMs), []);
  const [late] = endingAlarm(seen, 61 * dayMs);
  assert.deepEqual([late?.code, late?.since], ['CERTIFICATE_EXPIRING', 60 * dayMs]);
  assert.match(late?.reason ?? '', /hub\.example:443: the hub’s server certificate ends on 1970-04-01T00:00Z.*hub’s operator/);
});

test('ours have alarms of their own, and one that has ended or is not trusted is told as that', () => {
  for (const where of ['inbound', 'proxy'] as const) assert.deepEqual(endingAlarm({ ...seen, where }, 89 * dayMs), []);
  assert.deepEqual(endingAlarm({ ...seen, state: 'Failed', reason: 'EXPIRED' }, 91 * dayMs), []);
});
