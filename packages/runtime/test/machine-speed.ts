import { Worker } from 'node:worker_threads';

/**
 * Time by the machine's own speed. Other work beside makes everything slower that takes CPU or the disk, and says nothing about the product: what
 * a test judges by time, it judges by this clock. Where nothing else runs, it is the usual one.
 *
 * A thread works for 5 ms and writes a page to the disk, again and again, and compares how long that took with how long it takes at rest:
 * work with its own CPU time, a write with 5 ms. It begins with the first question, and costs 2 % of a core.
 */
export interface MachineSpeed {
  /** Milliseconds, from any beginning, monotonic. A second that was four times too slow counts 250. */
  now(): number;
  /** How many times slower than at rest; 1 to 50. */
  slowness(): number;
}

/** What the thread tells: `seq` is odd while it writes. All in microseconds, slowness in thousandths. */
export const told = { seq: 0, machine: 1, at: 2, slowness: 3, length: 4 } as const;

let shared: BigInt64Array | undefined;

function watched(): BigInt64Array {
  if (shared !== undefined) return shared;
  shared = new BigInt64Array(new SharedArrayBuffer(8 * told.length));
  shared[told.slowness] = 1_000n;
  shared[told.at] = wallMicroseconds();
  const worker = new Worker(new URL('./machine-speed-worker.ts', import.meta.url), { workerData: shared });
  worker.unref();
  return shared;
}

/** The same in every thread. */
export function wallMicroseconds(): bigint {
  return process.hrtime.bigint() / 1_000n;
}

function read(): { readonly machine: bigint; readonly at: bigint; readonly slowness: bigint } {
  const from = watched();
  for (;;) {
    const seq = Atomics.load(from, told.seq);
    const [machine, at, slowness] = [told.machine, told.at, told.slowness].map((index) => Atomics.load(from, index)) as [
      bigint,
      bigint,
      bigint,
    ];
    if (seq % 2n === 0n && Atomics.load(from, told.seq) === seq) return { machine, at, slowness };
  }
}

let latest = 0;

export const machineSpeed: MachineSpeed = {
  now() {
    const { machine, at, slowness } = read();
    const sinceMs = Number(wallMicroseconds() - at) / 1_000;
    latest = Math.max(latest, Number(machine) / 1_000 + sinceMs / (Number(slowness) / 1_000));
    return latest;
  },
  slowness: () => Number(read().slowness) / 1_000,
};

/** Until the first look at the machine is done. @returns how many times slower than at rest it is now */
export async function slownessNow(): Promise<number> {
  const from = watched();
  while (Atomics.load(from, told.seq) === 0n) await new Promise((resolve) => setTimeout(resolve, 5));
  return machineSpeed.slowness();
}
