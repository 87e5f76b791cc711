import { parentPort } from 'node:worker_threads';
import { systemClock } from '@payment-manager/runtime';
import { simulate } from './simulate.ts';

/** A thread that runs the seeds that it is given, and answers with the report. */
parentPort?.on('message', ({ seed, seeds }: { seed: number; seeds: number }) => {
  simulate({ seed, seeds, clock: systemClock }).then(
    (report) => parentPort?.postMessage(report),
    (error: unknown) => {
      throw error;
    },
  );
});
