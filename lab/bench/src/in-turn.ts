import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { systemTimers } from '@payment-manager/runtime';
import { percentile } from './drive.ts';
import type { Subject } from './subject.ts';
import { byThread, perPayment, type ThreadCpu } from './threads.ts';

/** How subjects are compared. */
export interface InTurnOptions {
  /** Payments under way at once. */
  readonly concurrency: number;
  /** Each makes so many before anything is counted: by then its code is compiled, however slow the machine is. */
  readonly warmUpPayments: number;
  readonly rounds: number;
  /** Payments of each subject in a round. */
  readonly payments: number;
  /** What is still to be done for payments that have ended for whoever waits belongs to them: so long is waited before each reading. */
  readonly settleMs: number;
}

/** What one subject took: medians over the rounds. */
export interface InTurn {
  readonly name: string;
  /** Milliseconds of CPU a payment, all threads. */
  readonly cpuMs: number;
  /** To that of the last subject in the same round. */
  readonly ratio: number;
  /** Milliseconds from the beginning of a payment to its end, in a round: 99 of 100 took less. */
  readonly p99Ms: number;
  /** By thread, where the system tells it. */
  readonly threads?: ThreadCpu;
}

interface Reading {
  readonly cpuMs: number;
  readonly p99Ms: number;
  readonly threads: ThreadCpu | undefined;
}

/**
 * Compares subjects that all run, with their code compiled: each round every one of them makes some payments, one after the other. So what else the machine does, and
 * how fast it is at that moment, concerns all alike, and what is compared is what lies within seconds of each other.
 *
 * @throws CommandFailed when a payment fails
 */
export async function measureInTurn(subjects: readonly Subject[], options: InTurnOptions): Promise<readonly InTurn[]> {
  const { rounds } = options;
  const readings: Reading[][] = [];
  for (let round = 0; round < rounds; round++) {
    const ofRound: Reading[] = [];
    for (const subject of subjects) ofRound.push(await burst(subject, options));
    readings.push(ofRound);
  }
  return subjects.map(({ name }, index) => {
    const own = readings.map((ofRound) => ofRound[index] as Reading);
    const threads = own.map((reading) => reading.threads).filter((one) => one !== undefined);
    return {
      name,
      cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
      ratio: median(own.map(({ cpuMs }, round) => cpuMs / ((readings[round] as Reading[]).at(-1) as Reading).cpuMs)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
      ...(threads.length > 0 && { threads: byThread((name) => median(threads.map((one) => one[name]))) }),
    };
  });
}

async function burst(subject: Subject, { concurrency, payments, settleMs }: InTurnOptions): Promise<Reading> {
  const [cpuFrom, threadsFrom] = [await subject.cpuMs(), await subject.threads()];
  const { failed, latenciesMs } = await subject.drive({ concurrency, payments, ms: undefined });
  if (failed > 0)
    throw new CommandFailed(EXIT_CODES.failed, `${failed} of ${payments} payments failed (${subject.name}): nothing to compare.`);
  await new Promise<void>((resolve) => void systemTimers.after(settleMs, resolve));
  const [cpuTo, threadsTo] = [await subject.cpuMs(), await subject.threads()];
  return {
    cpuMs: (cpuTo - cpuFrom) / payments,
    p99Ms: percentile(latenciesMs, 0.99),
    threads: threadsFrom && threadsTo && perPayment(threadsFrom, threadsTo, payments),
  };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return sorted.length % 2 === 1 ? at(upper) : (at(upper - 1) + at(upper)) / 2;
}
