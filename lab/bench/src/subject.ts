import type { Driven, Load } from './drive.ts';
import type { ThreadCpu } from './threads.ts';

/** A process that is measured beside others: product, sketch, or the product of another folder. */
export interface Subject {
  readonly name: string;
  drive(load: Load): Promise<Driven>;
  /** All threads, user and system, since its start. */
  cpuMs(): Promise<number>;
  /** Undefined where the system does not tell it. */
  threads(): Promise<ThreadCpu | undefined>;
  stop(): Promise<void>;
}
