import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, virtualTime } from '@payment-manager/runtime';
import { ConnectionFault } from './api/connection-fault.ts';
import { waitAfter } from './back-off.ts';
import type { Standing } from './condition.ts';
import { startLoop } from './loop.ts';
import type { Passed, Reconciler } from './reconciler.ts';

const ready: Standing = { state: 'Ready', reason: 'IN_ORDER', message: 'fine' };

/** A reconciler whose passes end when the test says so. */
function slowly() {
  const waiting: PromiseWithResolvers<Passed>[] = [];
  const reconciler: Reconciler = {
    artefact: 'ENDPOINTS',
    certificates: async () => [],
    pass() {
      const one = Promise.withResolvers<Passed>();
      waiting.push(one);
      return one.promise;
    },
  };
  return { reconciler, waiting };
}

function started(reconciler: Reconciler) {
  const time = virtualTime();
  const options = {
    reconciler,
    clock: time,
    timers: time,
    random: seededRandom(1),
    leads: () => true,
    pollMs: 60_000,
    passed: () => undefined,
  };
  return { time, loop: startLoop(options) };
}

test('loop: one pass at a time; all who ask in the middle of one share the next', async () => {
  const { reconciler, waiting } = slowly();
  const { time, loop } = started(reconciler);
  const looks = [loop.look(), loop.look(), loop.look()];
  assert.equal(waiting.length, 1);
  waiting[0]?.resolve({ standing: ready, acted: false });
  await time.advance(0);
  assert.equal(waiting.length, 2);
  waiting[1]?.resolve({ standing: ready, acted: false });
  await Promise.all(looks);
  assert.equal(time.pending, 1);
  await time.advance(66_000);
  assert.equal(waiting.length, 3);
  const stopping = loop.stop();
  waiting[2]?.resolve({ standing: ready, acted: false });
  await stopping;
  assert.equal(time.pending, 0);
  await loop.look();
  assert.equal(waiting.length, 3);
});

test('loop: it looks again when something falls due, and the condition says when', async () => {
  const { reconciler, waiting } = slowly();
  const { time, loop } = started(reconciler);
  waiting[0]?.resolve({ standing: ready, acted: false, dueAt: time.now() + 5_000 });
  await time.advance(0);
  assert.equal(loop.condition().nextAttempt, time.now() + 5_000);
  await time.advance(5_000);
  assert.equal(waiting.length, 2);
  const since = loop.condition().since;
  waiting[1]?.reject(new ConnectionFault('TLS', 'no TLS', 'look', ['a complaint']));
  await time.advance(0);
  const { state, reason, details, since: failedSince } = loop.condition();
  assert.deepEqual([state, reason, details], ['Failed', 'TLS', ['a complaint']]);
  assert.ok(failedSince > since && loop.failingSince() === failedSince);
});

test('loop: an error that nobody foresaw is a defect, told without its message, and the loop goes on', async () => {
  const { reconciler, waiting } = slowly();
  const { time, loop } = started(reconciler);
  waiting[0]?.reject(new TypeError('-----BEGIN PRIVATE KEY-----'));
  await time.advance(0);
  assert.equal(loop.condition().reason, 'DEFECT');
  assert.match(loop.condition().message, /TypeError at loop\.test\.ts:\d+/);
  assert.doesNotMatch(JSON.stringify(loop.condition()), /PRIVATE/);
  await time.advance(2_000);
  assert.equal(waiting.length, 2);
});

test('back-off: failures wait longer and longer up to two minutes, jittered over the whole range, never at once', () => {
  const random = seededRandom(3);
  const waits = (times: number): number[] =>
    Array.from({ length: 200 }, () => waitAfter({ kind: 'failed', times, pollMs: 60_000 }, random));
  const longest = (times: number): number => Math.max(...waits(times));
  assert.ok(Math.min(...waits(20)) >= 500);
  assert.ok(longest(1) <= 1_500 && longest(3) > 2_500 && longest(3) <= 4_500 && longest(50) > 110_000 && longest(50) <= 120_500);
  assert.ok(Math.min(...waits(50)) < 30_000, 'full jitter');
  assert.equal(waitAfter({ kind: 'failed', times: 1, pollMs: 60_000, retryAfterMs: 9e9 }, random), 600_000);
});

test('back-off: what is waited for is looked at soon at first, then as often as all else', () => {
  const random = { fraction: () => 0.5 };
  const wait = (kind: 'waiting' | 'done', times: number, dueInMs?: number): number =>
    Math.round(waitAfter({ kind, times, pollMs: 60_000, ...(dueInMs === undefined ? {} : { dueInMs }) }, random));
  assert.deepEqual([wait('waiting', 1), wait('waiting', 2), wait('waiting', 30), wait('done', 1)], [1_000, 1_500, 60_000, 60_000]);
  assert.deepEqual([wait('done', 1, 10), wait('done', 1, -5), wait('done', 1, 9e9)], [10, 1, 60_000]);
});
