import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createMetrics, type HttpClient, type HttpOutcome, recordedLog, Secret, virtualTime } from '@payment-manager/runtime';
import { type AlarmLedger, type AlarmNotice, EMPTY_LEDGER, OWED_MOST, type ShownAlarm } from './alarm-ledger.ts';
import { startAlarmWebhook } from './alarm-webhook.ts';

const shown = (payment: string, more: Partial<ShownAlarm> = {}): ShownAlarm => ({
  payment,
  level: 'alarm',
  code: 'SOME_CODE',
  reason: `about ${payment}`,
  since: '2026-11-24T09:00:00.000Z',
  ...more,
});

/** A webhook that answers what a test says; `restart` stops what tells it and starts another one on the same store. */
function stage() {
  const time = virtualTime();
  const [log, metrics] = [recordedLog(), createMetrics()];
  const told: (AlarmNotice & { readonly fspId: string })[] = [];
  const world = {
    alarms: [] as ShownAlarm[] | undefined,
    answers: (_id: string): number | 'no answer' => 204,
    leads: true,
    asked: 0,
    stored: EMPTY_LEDGER,
  };
  const sent: { readonly body: string; readonly headers: Readonly<Record<string, string>> }[] = [];
  const client: HttpClient = {
    async request({ body = '', headers }): Promise<HttpOutcome> {
      world.asked++;
      const notice = JSON.parse(String(body));
      const status = world.answers(notice.id);
      if (status === 'no answer')
        return {
          kind: 'failed',
          phase: 'connect',
          sent: false,
          code: 'CONNECT_FAILED',
          message: 'no connection to alarms.test',
          advice: '',
        };
      if (status === 204) told.push(notice);
      sent.push({ body: String(body), headers });
      return { kind: 'answer', status, headers: {}, body: new Uint8Array() };
    },
    setCredentials() {},
    async close() {},
  };
  const start = (secret?: string) =>
    startAlarmWebhook({
      url: 'https://alarms.test/path-canary',
      ...(secret !== undefined && { secret: new Secret(secret) }),
      client,
      identity: { fspId: 'greenbank', environment: 'production' },
      look: async () => world.alarms && { alarms: world.alarms, whole: true },
      leads: () => world.leads,
      store: {
        read: async () => JSON.parse(JSON.stringify(world.stored)) as AlarmLedger,
        async write(ledger) {
          world.stored = ledger;
        },
      },
      clock: time,
      timers: time,
      log,
      metrics,
    });
  const events = () => told.map(({ event, payment }) => `${event} ${payment}`);
  return { time, log, metrics, told, sent, world, start, events };
}

test('alarm webhook: is told of the beginning and of the end, with who tells, and of nothing twice', async () => {
  const { time, told, world, start, events, metrics } = stage();
  start();
  world.alarms = [shown('a')];
  await time.advance(60_000);
  world.alarms = [];
  await time.advance(60_000);
  assert.deepEqual(events(), ['began a', 'ended a']);
  const { at, ...first } = told[0] ?? assert.fail();
  assert.deepEqual(first, { id: 'a:SOME_CODE', event: 'began', fspId: 'greenbank', environment: 'production', ...shown('a') });
  assert.match(at, /^\d{4}-.*Z$/);
  assert.match(await metrics.text(), /pm_alarm_notices_total\{result="told"\} 2/);
});

test('alarm webhook: what cannot be told waits in order, is tried ever more rarely, and is one line of the log', async () => {
  const { time, world, start, events, log, metrics } = stage();
  start();
  world.answers = () => 'no answer';
  world.alarms = [shown('a')];
  await time.advance(60_000);
  world.alarms = [shown('b')];
  await time.advance(3_600_000);
  assert.ok(world.asked > 10 && world.asked < 25, `${world.asked} attempts in an hour`);
  assert.equal(log.lines.length, 1);
  assert.doesNotMatch(JSON.stringify(log.lines), /canary/);
  assert.match(await metrics.text(), /pm_alarm_notices_owed 3/);
  world.answers = () => 204;
  await time.advance(305_000);
  assert.deepEqual(events(), ['began a', 'began b', 'ended a']);
  assert.match(await metrics.text(), /pm_alarm_notices_owed 0/);
});

test('alarm webhook: what it refuses as it is holds up nothing', async () => {
  const { time, world, start, events, metrics } = stage();
  start();
  world.answers = (id) => (id.startsWith('a') ? 422 : 204);
  world.alarms = [shown('a'), shown('b')];
  await time.advance(5_000);
  assert.deepEqual(events(), ['began b']);
  assert.match(await metrics.text(), /pm_alarm_notices_total\{result="refused"\} 1/);
});

test('alarm webhook: after a restart it is told what was owed and what has ended meanwhile, and nothing that it knows', async () => {
  const { time, world, start, events } = stage();
  const first = start();
  world.alarms = [shown('a'), shown('b')];
  await time.advance(5_000);
  world.answers = () => 503;
  world.alarms = [shown('a'), shown('b'), shown('c')];
  await time.advance(5_000);
  await first.stop();
  assert.equal(time.pending, 0);
  world.answers = () => 204;
  world.alarms = [shown('a')];
  start();
  await time.advance(20_000);
  assert.deepEqual(events(), ['began a', 'began b', 'began c', 'ended b', 'ended c']);
});

test('alarm webhook: a look that is not answered ends nothing, and what is owed is told all the same', async () => {
  const { time, world, start, events } = stage();
  start();
  world.answers = () => 503;
  world.alarms = [shown('a')];
  await time.advance(5_000);
  world.alarms = undefined;
  world.answers = () => 204;
  await time.advance(60_000);
  assert.deepEqual(events(), ['began a']);
});

test('alarm webhook: at most so many wait, the oldest give way', async () => {
  const { time, world, start, told, metrics } = stage();
  start();
  world.answers = () => 503;
  world.alarms = Array.from({ length: OWED_MOST }, (_, n) => shown(`first ${n}`));
  await time.advance(5_000);
  world.alarms = [...world.alarms, shown('last')];
  await time.advance(5_000);
  assert.match(await metrics.text(), /pm_alarm_notices_total\{result="dropped"\} 1/);
  world.answers = () => 204;
  await time.advance(60_000);
  assert.deepEqual([told.length, told[0]?.payment, told.at(-1)?.payment], [OWED_MOST, 'first 1', 'last']);
});

test('alarm webhook: with a secret the body is signed, and the secret is told nowhere', async () => {
  const { time, world, start, sent, log } = stage();
  start('secret-canary');
  world.alarms = [shown('a')];
  await time.advance(5_000);
  const { body, headers } = sent[0] ?? assert.fail();
  assert.equal(headers['x-payment-manager-signature'], `sha256=${createHmac('sha256', 'secret-canary').update(body).digest('hex')}`);
  assert.doesNotMatch(JSON.stringify([sent, log.lines, world.stored]), /canary/);
});

test('alarm webhook: of several replicas one tells of payments, and another goes on when it has died; each tells what only it sees', async () => {
  const { time, world, start, events } = stage();
  start();
  const before = shown('long before', { flow: 'payee' });
  world.leads = false;
  world.alarms = [before];
  await time.advance(900_000);
  world.alarms = [before, shown('just before', { flow: 'payee' }), shown('own')];
  await time.advance(60_000);
  assert.deepEqual(events(), ['began own']);
  world.leads = true;
  world.alarms = [];
  await time.advance(60_000);
  assert.deepEqual(events(), ['began own', 'began just before', 'ended long before', 'ended just before', 'ended own']);
});
