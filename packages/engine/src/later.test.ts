import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { type Due, Later } from './later.ts';

function setUp(options: { begin?: (recordId: string) => Promise<boolean>; more?: () => readonly Due[] } = {}) {
  const time = virtualTime();
  const begun: { recordId: string; at: number }[] = [];
  let busy = false;
  let asked = 0;
  const later = new Later({
    clock: time,
    timers: time,
    busy: () => busy,
    begin: (recordId) => {
      begun.push({ recordId, at: time.now() });
      return options.begin?.(recordId) ?? Promise.resolve(true);
    },
    more: async () => {
      asked++;
      return { due: options.more?.() ?? [] };
    },
    failed: () => {},
  });
  const setBusy = (value: boolean): void => {
    busy = value;
  };
  return { time, later, begun, setBusy, asked: () => asked };
}

const put = (later: Later, count: number, at: number): void => {
  for (let nth = 0; nth < count; nth++) later.put({ recordId: `r${nth}`, at });
};

test('later: nothing is begun before its time, and all of it at a limited rate from then on', async () => {
  const { time, later, begun } = setUp();
  const dueAt = time.now() + 60_000;
  put(later, 2_000, dueAt);
  await time.advance(59_900);
  assert.equal(begun.length, 0);
  await time.advance(3_100);
  assert.ok(begun.length > 500 && begun.length <= 1_300, `${begun.length} in three seconds`);
  await time.advance(5_000);
  assert.equal(new Set(begun.map(({ recordId }) => recordId)).size, 2_000);
  assert.equal(begun.length, 2_000);
  assert.ok(begun.every(({ at }) => at >= dueAt));
});

test('later: while there is too much to do nothing is begun; afterwards all of it is', async () => {
  const { time, later, begun, setBusy } = setUp();
  setBusy(true);
  put(later, 100, time.now());
  await time.advance(600_000);
  assert.equal(begun.length, 0);
  assert.ok(later.lateMs >= 599_000);
  setBusy(false);
  await time.advance(2_000);
  assert.equal(begun.length, 100);
  assert.deepEqual([later.size, later.lateMs], [0, 0]);
});

test('later: no more than 32 are under way at once', async () => {
  const { time, later, begun } = setUp({ begin: () => new Promise(() => {}) });
  put(later, 1_000, time.now());
  await time.advance(60_000);
  assert.equal(begun.length, 32);
});

test('later: what the other side did not take comes again after a pause, in which nothing else is begun', async () => {
  let down = true;
  const { time, later, begun } = setUp({ begin: async () => !down });
  put(later, 200, time.now());
  await time.advance(4_000);
  assert.equal(begun.length, 32);
  await time.advance(56_000);
  assert.ok(begun.length <= 13 * 32, `${begun.length} in a minute`);
  down = false;
  await time.advance(20_000);
  assert.equal(later.size, 0);
  assert.equal(new Set(begun.map(({ recordId }) => recordId)).size, 200);
});

test('later: of more than fifty thousand only the journal knows; they are looked for when there is room again', async () => {
  const left: Due[] = [];
  const { time, later, begun, asked } = setUp({ more: () => left.splice(0) });
  put(later, 60_000, time.now());
  assert.equal(later.size, 50_000);
  for (let nth = 50_000; nth < 60_000; nth++) left.push({ recordId: `r${nth}`, at: time.now() });
  await time.advance(300_000);
  assert.equal(new Set(begun.map(({ recordId }) => recordId)).size, 60_000);
  assert.equal(later.size, 0);
  assert.ok(asked() > 0);
});

test('later: a record that owes nothing any more is forgotten, and no timer is left', async () => {
  const { time, later, begun } = setUp();
  put(later, 10, time.now() + 1_000);
  for (let nth = 0; nth < 10; nth++) later.remove(`r${nth}`);
  assert.equal(time.pending, 0);
  await time.advance(10_000);
  assert.equal(begun.length, 0);
});

test('later: an idle process is not woken while nothing is due; what is put before the first is done in its time, and a clock set forward is noticed within a minute', async () => {
  const { time, later, begun } = setUp();
  let woken = 0;
  const watched = virtualTime();
  const counting = new Later({
    clock: watched,
    timers: {
      after: (ms, run) =>
        watched.after(ms, () => {
          woken++;
          run();
        }),
      soon: watched.soon,
    },
    busy: () => false,
    begin: async () => true,
    more: async () => ({ due: [] }),
    failed: () => {},
  });
  counting.put({ recordId: 'r', at: watched.now() + 86_400_000 });
  await watched.advance(3_600_000);
  assert.ok(woken <= 60, `${woken} times in an hour`);
  later.put({ recordId: 'late', at: time.now() + 7_200_000 });
  await time.advance(90_000);
  const soon = time.now() + 5_000;
  later.put({ recordId: 'soon', at: soon });
  await time.advance(6_100);
  assert.deepEqual(
    begun.map(({ recordId, at }) => [recordId, at - soon < 1_100]),
    [['soon', true]],
  );
  time.jumpWallClock(7_200_000);
  await time.advance(61_000);
  assert.deepEqual(
    begun.map(({ recordId }) => recordId),
    ['soon', 'late'],
  );
});
