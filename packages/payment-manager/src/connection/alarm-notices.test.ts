import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmEntry } from '@payment-manager/mojaloop-connector';
import { createMetrics, type HttpClient, recordedLog, virtualTime } from '@payment-manager/runtime';
import { startAlarmNotices } from './alarm-notices.ts';

const alarm = (id: string, since = 1_767_225_600_000): AlarmEntry => ({
  id,
  level: 'alarm',
  code: 'CERTIFICATE_EXPIRING',
  reason: `about ${id}`,
  since,
});

interface Notice {
  readonly fspId: string;
  readonly environment: string;
  readonly raised: readonly { readonly id: string; readonly since: string }[];
  readonly ended: readonly { readonly id: string }[];
}

function stage() {
  const time = virtualTime();
  const [log, metrics] = [recordedLog(), createMetrics()];
  const notices: Notice[] = [];
  const world = { alarms: [] as AlarmEntry[], leads: true, status: 200, asked: 0 };
  const client: HttpClient = {
    async request({ body }) {
      world.asked++;
      if (world.status === 200) notices.push(JSON.parse(String(body)) as Notice);
      return { kind: 'answer', status: world.status, headers: {}, body: new Uint8Array() };
    },
    setCredentials() {},
    async close() {},
  };
  const running = startAlarmNotices({
    fspId: 'greenbank',
    environment: 'production',
    alarms: () => world.alarms,
    leads: () => world.leads,
    webhook: { url: 'https://alarms.example', client },
    clock: time,
    timers: time,
    log,
    metrics,
  });
  return { time, log, metrics, notices, world, running };
}

test('a webhook is told once of each alarm that is raised, and of its end', async () => {
  const { time, notices, world, metrics, running } = stage();
  world.alarms = [alarm('a')];
  await time.advance(5_000);
  world.alarms = [{ ...alarm('a'), reason: 'in other words' }, alarm('b')];
  await time.advance(10_000);
  world.alarms = [alarm('b')];
  await time.advance(10_000);
  assert.deepEqual(
    notices.map(({ raised, ended }) => [raised.map(({ id }) => id), ended.map(({ id }) => id)]),
    [
      [['a'], []],
      [['b'], []],
      [[], ['a']],
    ],
  );
  assert.deepEqual(
    [notices[0]?.fspId, notices[0]?.environment, notices[0]?.raised[0]?.since],
    ['greenbank', 'production', '2026-01-01T00:00:00.000Z'],
  );
  assert.match(await metrics.text(), /pm_alarms_total\{code="CERTIFICATE_EXPIRING"\} 2/);
  running.stop();
  world.alarms = [];
  await time.advance(60_000);
  assert.equal(notices.length, 3);
});

test('a webhook that fails is tried again, ever more rarely, and told of what stands then; the log says it once', async () => {
  const { time, notices, world, log } = stage();
  world.alarms = [alarm('a')];
  world.status = 503;
  await time.advance(3_600_000);
  assert.ok(world.asked > 5 && world.asked < 30, `${world.asked} attempts`);
  assert.equal(log.lines.length, 1);
  world.status = 200;
  world.alarms = [alarm('b')];
  await time.advance(300_000);
  assert.deepEqual(
    notices.map(({ raised, ended }) => [raised.map(({ id }) => id), ended.length]),
    [[['b'], 0]],
  );
});

test('who does not lead tells nobody', async () => {
  const { time, notices, world } = stage();
  world.alarms = [alarm('a')];
  world.leads = false;
  await time.advance(20_000);
  assert.equal(world.asked, 0);
  world.leads = true;
  await time.advance(5_000);
  assert.equal(notices.length, 1);
});
