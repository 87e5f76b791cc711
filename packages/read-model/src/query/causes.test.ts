import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sideOf, successRate } from './causes.ts';

test('a failure is put down to whoever the class of its code names, seen from our side', () => {
  const sides = (error: string) => [sideOf('out', error), sideOf('in', error)];
  assert.deepEqual(sides('4001'), ['us', 'peer']);
  assert.deepEqual(sides('5105'), ['peer', 'us']);
  assert.deepEqual(sides('1001'), ['hub', 'hub']);
  assert.deepEqual(sides('2001'), ['hub', 'us']);
  assert.deepEqual(sides('3100'), ['us', 'peer']);
  assert.deepEqual(sides('3204'), ['customer', 'customer']);
  assert.deepEqual(sides('3303'), ['time', 'time']);
  assert.deepEqual(sides(''), ['unknown', 'unknown']);
});

test('the success rate is of what ended; declined ones and what is under way do not count', () => {
  assert.equal(successRate({ completed: 97, failed: 3 }), 0.97);
  assert.equal(successRate({ completed: 0, failed: 2 }), 0);
  assert.equal(successRate({}), undefined);
});
