import type { MessagePort } from 'node:worker_threads';
import type { DatabaseCode } from './database-unavailable.ts';

/** To the thread: a database to open, with a line of its own on which everything else goes; and that no other one will come. */
export type ToThread = OpenFile | 'last';

export interface OpenFile {
  readonly file: string;
  /** The script module's URL. */
  readonly script: string;
  readonly port: MessagePort;
}

/** A question: its name and its arguments. */
export type Question = readonly [name: string, args: unknown];

/** One message to the worker, and one at a time: everything that came together while the one before was at work. */
export interface Batch {
  readonly writes: readonly unknown[];
  readonly questions: readonly Question[];
}

/** A failure as it crosses the thread. */
export interface Failure {
  readonly code: DatabaseCode;
  readonly message: string;
}

export type Settled = { readonly value: unknown } | { readonly failure: Failure };

/**
 * What comes back. `answers` comes before the batch's commit when there are both; `committed` has each operation's
 * result in order, and `failures` only where one threw (by its index).
 */
export type FromWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'answers'; readonly answers: readonly Settled[] }
  | { readonly kind: 'committed'; readonly results: readonly unknown[]; readonly failures?: ReadonlyMap<number, Failure> }
  | { readonly kind: 'failed'; readonly failure: Failure };
