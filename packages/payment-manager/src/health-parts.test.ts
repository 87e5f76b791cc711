import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthParts, type SeenHealth } from './health-parts.ts';

const WELL: SeenHealth = {
  readiness: { parts: { journal: { ok: true, detail: '' }, engine: { ok: true, detail: '' }, credentials: { ok: true, detail: '' } } },
  alarms: [],
  gauges: { work: 1, workLimit: 100, lagMs: 3 },
  vault: true,
  token: true,
};

test('each part is as readiness, alarms and gauges say; one that is not there is not shown', () => {
  const wrong = (changed: Partial<SeenHealth>) =>
    Object.entries(healthParts({ ...WELL, ...changed }))
      .filter(([, state]) => state !== 'ok')
      .map((one) => one.join(' '));
  assert.deepEqual(wrong({}), []);
  assert.deepEqual(wrong({ alarms: [{ code: 'HUB_NOT_ANSWERING' }] }), ['hub down']);
  assert.deepEqual(wrong({ alarms: [{ code: 'CORE_NOT_ANSWERING' }] }), ['core down']);
  assert.deepEqual(wrong({ alarms: [{ code: 'HUB_TOKEN_REFUSED' }, { code: 'CERTIFICATE_EXPIRING' }] }), [
    'certificates warn',
    'token down',
  ]);
  assert.deepEqual(wrong({ readiness: { parts: { ...WELL.readiness.parts, journal: { ok: false, detail: 'full' } } } }), ['database down']);
  assert.deepEqual(wrong({ gauges: { work: 100, workLimit: 100, lagMs: 400 } }), ['queues warn', 'event-loop warn']);
  assert.deepEqual(wrong({ gauges: { lagMs: 3_000 } }), ['event-loop down']);
  const without = healthParts({ ...WELL, vault: false, token: false });
  assert.ok(!('vault' in without) && !('token' in without));
});
