import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import type { ReadyMessage } from './ready-message.ts';
import { superviseWorkers, type WorkerProcess } from './supervision.ts';

const urls: ReadyMessage = { inbound: 'https://in', outbound: 'http://out', operations: '' };

/** Workers that do as the test says. */
function setUp(count: number) {
  const time = virtualTime();
  const started: { number: number; atMs: number; end(with_: number | string): void; ready(): void; signals: string[] }[] = [];
  const fork = (number: number): WorkerProcess => {
    const ready = Promise.withResolvers<ReadyMessage>();
    const ended = Promise.withResolvers<number | string>();
    const signals: string[] = [];
    started.push({ number, atMs: time.monotonic(), end: ended.resolve, ready: () => ready.resolve(urls), signals });
    const signal = (name: string): void => void signals.push(name);
    return { pid: started.length, ready: ready.promise, ended: ended.promise, ask: async () => undefined, signal };
  };
  const supervision = superviseWorkers({ count, fork, clock: time, timers: time, log: recordedLog() });
  return { time, started, supervision };
}

test('workers: all are started at once, and the whole is ready when each has been', async () => {
  const { supervision, started, time } = setUp(3);
  assert.deepEqual(
    started.map(({ number }) => number),
    [1, 2, 3],
  );
  let ready: ReadyMessage | undefined;
  void supervision.allReady.then((first) => {
    ready = first;
  });
  started[0]?.ready();
  started[2]?.ready();
  await time.advance(0);
  assert.equal(ready, undefined);
  assert.deepEqual(
    supervision.workers.map(({ process }) => process?.pid),
    [1, undefined, 3],
  );
  started[1]?.ready();
  await time.advance(0);
  assert.deepEqual(ready, urls);
});

test('workers: one that ends is started anew at once, then with pauses that double, until it has lived for a minute', async () => {
  const { started, time } = setUp(1);
  const endsAfter = async (livedMs: number): Promise<number> => {
    const [last, count] = [started.at(-1), started.length];
    last?.ready();
    await time.advance(livedMs);
    last?.end('SIGKILL');
    const endedAt = time.monotonic();
    await time.advance(0);
    for (let looked = 0; started.length === count && looked < 400; looked++) await time.advance(100);
    return (started.at(-1)?.atMs ?? 0) - endedAt;
  };
  const pauses: number[] = [];
  for (let times = 0; times < 9; times++) pauses.push(await endsAfter(1_000));
  assert.deepEqual(pauses, [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.equal(await endsAfter(60_000), 0);
});

test('workers: one that ends before all have been ready ends the whole, with its exit code', async () => {
  const { supervision, started, time } = setUp(2);
  started[0]?.ready();
  await time.advance(0);
  started[1]?.end(78);
  assert.equal(await supervision.failed, 78);
  await time.advance(60_000);
  assert.equal(started.length, 2);
});

test('workers: a stop sends each away, waits for all, starts none anew, and kills who does not leave', async () => {
  const { supervision, started, time } = setUp(2);
  for (const one of started) one.ready();
  await time.advance(0);
  let stopped = false;
  void supervision.stop(5_000).then(() => {
    stopped = true;
  });
  started[0]?.end(0);
  await time.advance(4_999);
  assert.deepEqual([started[0]?.signals, started[1]?.signals, stopped], [['SIGTERM'], ['SIGTERM'], false]);
  await time.advance(1);
  assert.deepEqual(started[1]?.signals, ['SIGTERM', 'SIGKILL']);
  started[1]?.end('SIGKILL');
  await time.advance(60_000);
  assert.deepEqual([stopped, started.length], [true, 2]);
});

test('workers: a start that waits for its pause is given up by a stop', async () => {
  const { supervision, started, time } = setUp(1);
  for (let ends = 0; ends < 2; ends++) {
    started.at(-1)?.ready();
    await time.advance(0);
    started.at(-1)?.end(1);
    await time.advance(0);
  }
  await supervision.stop(5_000);
  await time.advance(60_000);
  assert.equal(started.length, 2);
});
