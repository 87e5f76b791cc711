import { createMetrics, createSealer, recordedLog, seededRandom, type VirtualTime } from '@payment-manager/runtime';

/** Lets time go on until the promise is there; undefined: it `isOver` first, for the process that would have answered has died. */
export async function through<T>(time: VirtualTime, promise: Promise<T>, isOver: () => boolean): Promise<T | undefined> {
  let answer: T | undefined;
  let settled = false;
  promise.then(
    (value) => {
      answer = value;
      settled = true;
    },
    (error: unknown) => {
      settled = true;
      if (!isOver()) throw error;
    },
  );
  for (let steps = 0; !settled && !isOver() && steps < 4_000; steps++) await time.advance(50);
  return answer;
}

/** What every process of a test in virtual time is given. `seed`: another one for each process. */
export function partsOf(time: VirtualTime, seed: number, alarms: string[]) {
  return {
    sealer: createSealer(new Uint8Array(32), seededRandom(seed)),
    clock: time,
    timers: time,
    log: recordedLog(),
    metrics: createMetrics(),
    failpoints: { hit: () => {} },
    alarm: (code: string, _label: string, reason: string) => void alarms.push(`${code}: ${reason}`),
    restingRecords: 10,
  };
}
