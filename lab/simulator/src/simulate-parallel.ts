import { Worker } from 'node:worker_threads';
import { goesOn, nothingYet, type SimulateOptions, type SimulationReport, sum, withSpeed } from './simulate.ts';

/** Seeds that a thread takes at a time. */
const CHUNK = 25;
/** A world lives for some tens of milliseconds: most of it is garbage by then, and is not worth moving. */
const YOUNG_MB = 64;

/**
 * As `simulate`, in several threads. Each seed is a world of its own, so that it does not matter which thread runs it.
 *
 * @throws what a thread threw: a defect of the simulator
 */
export async function simulateInParallel(options: Omit<SimulateOptions, 'sabotage'>, threads: number): Promise<SimulationReport> {
  const { clock } = options;
  const startedMs = clock.monotonic();
  const end = options.seed + options.seeds;
  let next = options.seed;
  let report = nothingYet();
  async function work(): Promise<void> {
    const worker = new Worker(new URL('./simulate-worker.main.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    try {
      while (next < end && goesOn(report, options)) {
        const seed = next;
        next = Math.min(end, next + CHUNK);
        // the other threads add to the report meanwhile
        const more = await chunk(worker, seed, next - seed);
        report = sum(report, more);
        options.onProgress?.(report);
      }
    } finally {
      await worker.terminate();
    }
  }
  await Promise.all(Array.from({ length: threads }, work));
  return withSpeed(report, clock.monotonic() - startedMs);
}

function chunk(worker: Worker, seed: number, seeds: number): Promise<SimulationReport> {
  const { promise, resolve, reject } = Promise.withResolvers<SimulationReport>();
  const onExit = (code: number): void => reject(new Error(`a simulating thread ended with ${code}`));
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', onExit);
  worker.postMessage({ seed, seeds });
  return promise.finally(() => {
    worker.off('message', resolve);
    worker.off('error', reject);
    worker.off('exit', onExit);
  });
}
