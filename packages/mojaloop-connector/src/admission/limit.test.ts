import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELAY_TARGET_MS, nextLimit } from './admission.ts';

const bounds = { start: 128, least: 16, most: 2_000 };
const over = DELAY_TARGET_MS + 1;

test('limit: shrinks from what was really under way, not from a height that nobody reached', () => {
  assert.equal(nextLimit(1_000, { delayMs: over, peak: 100 }, bounds), 85);
  assert.equal(nextLimit(100, { delayMs: over, peak: 300 }, bounds), 85);
});

test('limit: stays within its bounds, whatever the event loop says', () => {
  let limit = 128;
  for (let nth = 0; nth < 100; nth++) limit = nextLimit(limit, { delayMs: Number.POSITIVE_INFINITY, peak: 128 }, bounds);
  assert.equal(limit, 16);
  for (let nth = 0; nth < 200; nth++) limit = nextLimit(limit, { delayMs: 0, peak: 5_000 }, bounds);
  assert.equal(limit, 2_000);
});

test('limit: a loop that is late with next to nothing under way (a cold start, other processes) is no reason to refuse', () => {
  assert.equal(nextLimit(128, { delayMs: 50, peak: 15 }, bounds), 128);
  assert.ok(nextLimit(128, { delayMs: 50, peak: 16 }, bounds) < 128);
});

test('limit: grows only while it is in use, and comes back to where it began by itself', () => {
  assert.equal(nextLimit(200, { delayMs: 2, peak: 100 }, bounds), 200);
  assert.equal(nextLimit(200, { delayMs: 2, peak: 190 }, bounds), 210);
  assert.equal(nextLimit(20, { delayMs: 2, peak: 1 }, bounds), 21);
  assert.equal(nextLimit(127, { delayMs: 0, peak: 1 }, bounds), 128);
});

test('limit: what waits for a slow hub while the loop is idle is given room within two seconds', () => {
  let limit = 128;
  for (let nth = 0; nth < 8; nth++) limit = nextLimit(limit, { delayMs: 0.2, peak: limit }, bounds);
  assert.ok(limit > 500, String(limit));
});

/** A process that does so many payments a second: with more than `knee` under way, each turn of the loop takes longer. */
function settle(perSecond: number, msPerTurnAndPayment: number): number {
  let limit = bounds.start;
  const seen: number[] = [];
  for (let nth = 0; nth < 400; nth++) {
    const work = Math.min(limit * 1.02, perSecond);
    limit = nextLimit(limit, { delayMs: work * msPerTurnAndPayment, peak: work }, bounds);
    if (nth > 100) seen.push(limit);
  }
  return seen.reduce((sum, one) => sum + one, 0) / seen.length;
}

test('limit: finds what a machine can do, quick or slow, by itself', () => {
  const inTarget = (msPerTurnAndPayment: number): number => DELAY_TARGET_MS / msPerTurnAndPayment;
  for (const ms of [0.05, 0.01]) assert.ok(Math.abs(settle(10_000, ms) / inTarget(ms) - 1) < 0.2, `${ms} ms a turn and payment`);
  assert.ok(Math.abs(settle(10_000, 0.5) - 16) < 4, 'a slow one still works');
});
