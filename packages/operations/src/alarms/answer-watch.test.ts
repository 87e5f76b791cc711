import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createMetrics,
  type HttpOutcome,
  type PooledHttpClient,
  recordedLog,
  type TransportCode,
  virtualTime,
} from '@payment-manager/runtime';
import { watchAnswers } from './answer-watch.ts';

const status = (code: number): HttpOutcome => ({ kind: 'answer', status: code, headers: {}, body: new Uint8Array() });
const failed = (code: TransportCode): HttpOutcome => ({ kind: 'failed', phase: 'connect', sent: false, code, message: '', advice: '' });

/** A hub or core that answers what a test says. */
function stage(side: 'hub' | 'core' = 'hub') {
  const time = virtualTime();
  const [log, metrics] = [recordedLog(), createMetrics()];
  const asked: string[] = [];
  const world = { answers: (_path: string): HttpOutcome => status(202) };
  const inner: PooledHttpClient = {
    async request({ url }) {
      asked.push(url);
      return world.answers(new URL(url).pathname);
    },
    load: () => ({ running: 0, waiting: 0 }),
    setCredentials() {},
    async close() {},
  };
  const watch = watchAnswers(inner, {
    side,
    baseUrls: ['https://hub.test/fspiop/', 'https://als.test'],
    clock: time,
    timers: time,
    log,
    metrics,
  });
  const call = async (path = '/fspiop/transfers/1', times = 1) => {
    for (let n = 0; n < times; n++) {
      await watch.client.request({ method: 'GET', url: `https://hub.test${path}`, headers: {}, timeoutMs: 1 });
      await time.advance(2_000);
    }
  };
  const standing = () => watch.alarms().map(({ code }) => code);
  return { time, log, metrics, watch, world, call, standing, asked };
}

test('a hub that answers no call for five seconds is an alarm, told once; the first answer ends it', async () => {
  const { log, metrics, watch, world, call, standing } = stage();
  await call();
  world.answers = () => failed('CONNECT_REFUSED');
  await call('/fspiop/transfers/secret-id', 3);
  assert.deepEqual(standing(), []);
  await call('/fspiop/transfers/secret-id', 5);
  assert.deepEqual(standing(), ['HUB_NOT_ANSWERING']);
  assert.equal(watch.alarms()[0]?.reason, 'No answer from https://hub.test/fspiop/transfers (8 calls, last CONNECT_REFUSED).');
  world.answers = () => status(404);
  await call();
  assert.deepEqual(standing(), []);
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields['code']]),
    [
      ['error', 'HUB_NOT_ANSWERING'],
      ['warn', 'HUB_NOT_ANSWERING'],
    ],
  );
  assert.match(await metrics.text(), /pm_alarms_total\{code="HUB_NOT_ANSWERING"\} 1/);
});

test('one answer among failures, and failures of our own making, are no alarm', async () => {
  const { world, call, standing } = stage();
  world.answers = () => failed('POOL_EXHAUSTED');
  await call('/fspiop/transfers/1', 10);
  assert.deepEqual(standing(), []);
  let n = 0;
  world.answers = () => (++n % 3 === 0 ? status(202) : failed('ANSWER_TIMEOUT'));
  await call('/fspiop/transfers/1', 10);
  assert.deepEqual(standing(), []);
});

test('a resource that fails is not excused by another that answers; which one, the reason says', async () => {
  const { world, call, watch } = stage();
  world.answers = (path) => (path.includes('quotes') ? status(503) : status(202));
  for (let n = 0; n < 5; n++) {
    await call('/fspiop/quotes/1');
    await call('/fspiop/transfers/1');
  }
  assert.match(watch.alarms()[0]?.reason ?? '', /fspiop\/quotes \(5 calls, last HTTP 503\)\.$/);
  world.answers = () => status(202);
  await call('/fspiop/transfers/1');
  assert.equal(watch.alarms().length, 1);
  await call('/fspiop/quotes/1');
  assert.equal(watch.alarms().length, 0);
});

test('when nobody has asked anything for half a minute, a look each ten seconds finds out that it is back', async () => {
  const { time, world, call, standing, asked, watch } = stage();
  world.answers = () => failed('CONNECT_TIMEOUT');
  await call('/fspiop/parties/1', 5);
  asked.length = 0;
  await time.advance(20_000);
  assert.deepEqual(asked, []);
  await time.advance(40_000);
  assert.deepEqual(new Set(asked), new Set(['https://hub.test/fspiop/health']));
  assert.ok(asked.length >= 3 && asked.length <= 4, `${asked.length} looks`);
  assert.deepEqual(standing(), ['HUB_NOT_ANSWERING']);
  world.answers = () => status(404);
  await time.advance(10_000);
  assert.deepEqual(standing(), []);
  asked.length = 0;
  await time.advance(60_000);
  assert.deepEqual(asked, []);
  watch.stop();
  assert.equal(time.pending, 0);
});

test('a hub that can be reached again for one resource can be for all', async () => {
  const { world, call, standing } = stage();
  world.answers = () => failed('CONNECT_REFUSED');
  await call('/fspiop/parties/1', 5);
  await call('/fspiop/transfers/1', 5);
  world.answers = () => status(202);
  await call('/fspiop/transfers/1');
  assert.deepEqual(standing(), []);
});

test('single failures with long pauses between them are no alarm', async () => {
  const { time, world, call, standing } = stage();
  world.answers = () => failed('ANSWER_TIMEOUT');
  for (let n = 0; n < 5; n++) {
    await call();
    await time.advance(600_000);
  }
  assert.deepEqual(standing(), []);
});

test('a look proves nothing while calls fail', async () => {
  const { world, call, standing } = stage();
  world.answers = (path) => (path.endsWith('/health') ? status(404) : failed('CONNECTION_LOST'));
  await call('/fspiop/parties/1', 60);
  assert.deepEqual(standing(), ['HUB_NOT_ANSWERING']);
});

test('an answer to a look proves nothing for a resource that answers HTTP 503', async () => {
  const { time, world, call, standing } = stage();
  world.answers = (path) => status(path.endsWith('/health') ? 200 : 503);
  await call('/fspiop/parties/1', 5);
  await time.advance(60_000);
  assert.deepEqual(standing(), ['HUB_NOT_ANSWERING']);
});

test('a core that says no under 500 answers; one behind a gateway that finds nobody does not', async () => {
  const { world, call, standing } = stage('core');
  world.answers = () => status(500);
  await call('/parties/MSISDN/1', 5);
  assert.deepEqual(standing(), []);
  world.answers = () => status(502);
  await call('/parties/MSISDN/1', 5);
  assert.deepEqual(standing(), ['CORE_NOT_ANSWERING']);
});
