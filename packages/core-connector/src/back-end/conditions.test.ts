import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type HttpClient, type HttpOutcome, recordedLog, virtualTime } from '@payment-manager/runtime';
import { CONNECTOR, smallConnector } from '../../test/small-connector.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import type { RenderedRequest } from '../run/render.ts';
import { openBackEnds } from './back-ends.ts';
import { Conditions } from './conditions.ts';

const MONEY: RenderedRequest = { kind: 'http', to: 'core', method: 'POST', path: '/credits', headers: [] };
const answer = (status: number, body: object = {}): HttpOutcome => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});
const away: HttpOutcome = { kind: 'failed', phase: 'answer', sent: true, code: 'ANSWER_TIMEOUT', message: 'no answer', advice: '' };

/** A back end and how it is, in virtual time; `health`: what the connector says of it. */
function setUp(health = '') {
  const { connector, problems } = compileConnector(
    smallConnector({ connector: CONNECTOR.replace('    timeouts:', `${health}    timeouts:`) }),
  );
  assert.deepEqual(problems.map(problemLine), []);
  const time = virtualTime();
  const metrics = createMetrics();
  const log = recordedLog();
  const here = { say: answer(200), asked: [] as string[] };
  const client: HttpClient = {
    request: async ({ method, url }) => {
      here.asked.push(`${method} ${new URL(url).pathname}`);
      return here.say;
    },
    setCredentials: () => {},
    close: async () => {},
  };
  const conditions = new Conditions({ clock: time, timers: time, log, metrics });
  const cfg = { baseUrl: 'https://core.example.org', apiKey: 'k' };
  const running = { connector, version: 'v1', cfg };
  const open = () => openBackEnds({ running, client: () => client, clock: time, timers: time, log, conditions });
  const backEnds = open();
  conditions.watch(() => ({ of: connector.backends, backEnds }));
  const call = (to = backEnds) => to.call(MONEY, time.now() + 8_000, 'money');
  return { time, metrics, here, conditions, call, open };
}

test('a back end of which most calls fail is left alone for a while: what is not called was not sent, and one a second tries', async () => {
  const { time, here, conditions, call, open } = setUp();
  here.say = away;
  for (let nth = 0; nth < 16; nth++) assert.equal((await call()).kind, 'failed');
  const before = here.asked.length;
  const kept = await call();
  assert.deepEqual(kept, { kind: 'failed', sent: false, reason: 'the back end core does not answer: not called', own: true });
  // a version that is loaded anew does not begin from nothing
  assert.deepEqual(await call(open()), kept);
  assert.equal(here.asked.length, before);
  assert.equal(conditions.shown()[0]?.breaker, 'open');
  await time.advance(2_500);
  here.say = answer(201);
  assert.equal((await call()).kind, 'answer');
  assert.deepEqual(conditions.shown(), [{ name: 'core', answers: 'yes', breaker: 'closed', calls: 0 }]);
});

test('what a core refuses is an answer, a gateway is none, and what we ourselves do not call says nothing', async () => {
  const { here, conditions, call } = setUp();
  here.say = answer(422);
  for (let nth = 0; nth < 30; nth++) await call();
  assert.equal(conditions.shown()[0]?.breaker, 'closed');
  here.say = { kind: 'failed', phase: 'connect', sent: false, code: 'POOL_EXHAUSTED', message: 'full', advice: '' };
  for (let nth = 0; nth < 30; nth++) await call();
  assert.equal(conditions.shown()[0]?.breaker, 'closed');
  here.say = answer(503);
  for (let nth = 0; nth < 20; nth++) await call();
  assert.deepEqual(
    conditions.shown().map(({ answers, breaker, reason }) => [answers, breaker, reason]),
    [['no', 'open', 'HTTP 503']],
  );
});

test('a back end that does not answer is an alarm of its own, which ends when a look finds it again; metrics say the same', async () => {
  const { time, metrics, here, conditions, call } = setUp('    health: { get: /status, ok: \'=body.state = "UP"\' }\n');
  here.say = away;
  for (let nth = 0; nth < 3; nth++) {
    await call();
    await time.advance(2_000);
  }
  await time.advance(4_000);
  const [alarm] = conditions.alarms();
  assert.equal(conditions.inWords(), 'core does not answer');
  assert.deepEqual([alarm?.id, alarm?.code], ['core/core', 'CORE_NOT_ANSWERING']);
  assert.match(alarm?.reason ?? '', /the back end core does not answer \(\d+ calls\): no answer/);
  assert.ok(here.asked.includes('GET /status'), 'it is looked at');
  const text = await metrics.text();
  assert.match(text, /pm_core_backend_up\{backend="core"\} 0/);
  assert.match(text, /pm_core_backend_call_seconds_count\{backend="core",outcome="unknown"\} 3/);
  // it is there, and says itself that it is not well
  here.say = answer(200, { state: 'DOWN' });
  await time.advance(10_000);
  assert.equal(conditions.alarms().length, 1);
  here.say = answer(200, { state: 'UP' });
  await time.advance(10_000);
  assert.deepEqual(conditions.alarms(), []);
  assert.match(await metrics.text(), /pm_core_backend_up\{backend="core"\} 1/);
});

test('a back end that nobody calls is looked at each half a minute, so that its end is known before a payment needs it', async () => {
  const silent = setUp();
  await silent.time.advance(60_000);
  assert.deepEqual(silent.here.asked, [], 'nobody has said how to ask');
  const { time, here, conditions } = setUp('    health: { get: /status, ok: "=status = 200" }\n');
  await time.advance(60_000);
  assert.ok(here.asked.length >= 1 && here.asked.length <= 3, String(here.asked.length));
  assert.deepEqual(new Set(here.asked), new Set(['GET /status']));
  here.say = away;
  await time.advance(90_000);
  assert.deepEqual(
    conditions.alarms().map(({ code }) => code),
    ['CORE_NOT_ANSWERING'],
  );
});
