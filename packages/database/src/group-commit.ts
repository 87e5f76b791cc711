import { DatabaseUnavailable } from './database-unavailable.ts';
import type { Batch, Failure, FromWorker, Question, Settled } from './worker-protocol.ts';

export interface GroupCommitOptions {
  readonly send: (batch: Batch) => void;
  readonly maxBatchOps: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly onFatal: (error: DatabaseUnavailable) => void;
}

/** The main thread's side of a store: gathers what is asked into batches, one at work at a time, and hands out results. */
export interface GroupCommit {
  write(op: unknown, bytes?: number): Promise<unknown>;
  ask(question: Question): Promise<unknown>;
  receive(message: FromWorker): void;
  /** Fails everything that waits, now and later, and calls `onFatal`. */
  fail(error: DatabaseUnavailable): void;
  /** The other side is gone. Fatal unless it was closed. */
  ended(): void;
  /** Resolves when everything that was asked is done; nothing more is taken. */
  close(): Promise<void>;
  readonly waiting: number;
}

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: DatabaseUnavailable) => void;
}

interface PendingWrite extends Waiter {
  readonly op: unknown;
  readonly bytes: number;
}

interface PendingQuestion extends Waiter {
  readonly question: Question;
}

export function groupCommit(options: GroupCommitOptions): GroupCommit {
  let writes: PendingWrite[] = [];
  let questions: PendingQuestion[] = [];
  let writesAtWork: readonly PendingWrite[] = [];
  let questionsAtWork: readonly PendingQuestion[] = [];
  let waitingBytes = 0;
  let planned = false;
  let refusal: DatabaseUnavailable | undefined;
  let idle: (() => void) | undefined;

  const waitingCount = (): number => writes.length + questions.length + writesAtWork.length + questionsAtWork.length;

  function refuseNow(): DatabaseUnavailable | undefined {
    if (refusal) return refusal;
    if (waitingCount() < options.maxWaiting && waitingBytes < options.maxWaitingBytes) return undefined;
    return new DatabaseUnavailable('DATABASE_OVERLOADED', 'Too many operations wait for the database.');
  }

  /** One microtask later, so that what one event-loop turn asks goes together. */
  function plan(): void {
    if (planned || writesAtWork.length > 0 || questionsAtWork.length > 0) return;
    planned = true;
    queueMicrotask(sendNext);
  }

  function sendNext(): void {
    planned = false;
    if (writesAtWork.length > 0 || questionsAtWork.length > 0) return;
    if (writes.length === 0 && questions.length === 0) {
      if (idle) idle();
      return;
    }
    writesAtWork = writes.length <= options.maxBatchOps ? writes : writes.slice(0, options.maxBatchOps);
    writes = writes.length <= options.maxBatchOps ? [] : writes.slice(options.maxBatchOps);
    questionsAtWork = questions;
    questions = [];
    options.send({ writes: writesAtWork.map(({ op }) => op), questions: questionsAtWork.map(({ question }) => question) });
  }

  function answered(answers: readonly Settled[]): void {
    const asked = questionsAtWork;
    questionsAtWork = [];
    sendNext();
    asked.forEach((waiter, index) => {
      const settled = answers[index];
      if (settled && 'value' in settled) waiter.resolve(settled.value);
      else waiter.reject(unavailable(settled?.failure));
    });
    const failed = answers.find((settled) => 'failure' in settled && settled.failure.code === 'DATABASE_FAILED');
    if (failed && 'failure' in failed) fail(unavailable(failed.failure));
  }

  /** The next batch is sent before these results are handed out: the disk works while we do. */
  function committed(results: readonly unknown[], failures: ReadonlyMap<number, Failure> | undefined): void {
    const done = takeWritesAtWork();
    sendNext();
    for (const [index, waiter] of done.entries()) {
      const failure = failures?.get(index);
      if (failure) waiter.reject(unavailable(failure));
      else waiter.resolve(results[index]);
    }
  }

  function batchFailed(failure: Failure): void {
    const error = unavailable(failure);
    const lost = takeWritesAtWork();
    if (error.code === 'DATABASE_FAILED') {
      for (const waiter of lost) waiter.reject(error);
      fail(error);
      return;
    }
    sendNext();
    for (const waiter of lost) waiter.reject(error);
  }

  function takeWritesAtWork(): readonly PendingWrite[] {
    const taken = writesAtWork;
    writesAtWork = [];
    for (const { bytes } of taken) waitingBytes -= bytes;
    return taken;
  }

  function fail(error: DatabaseUnavailable): void {
    refusal = error;
    const lost: Waiter[] = [...questionsAtWork, ...writesAtWork, ...questions, ...writes];
    writes = [];
    questions = [];
    writesAtWork = [];
    questionsAtWork = [];
    waitingBytes = 0;
    for (const waiter of lost) waiter.reject(error);
    if (idle) idle();
    options.onFatal(error);
  }

  return {
    write(op, bytes = 0) {
      const refused = refuseNow();
      if (refused) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        writes.push({ op, bytes, resolve, reject });
        waitingBytes += bytes;
        plan();
      });
    },
    ask(question) {
      const refused = refuseNow();
      if (refused) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        questions.push({ question, resolve, reject });
        plan();
      });
    },
    receive(message) {
      if (message.kind === 'committed') committed(message.results, message.failures);
      else if (message.kind === 'answers') answered(message.answers);
      else if (message.kind === 'failed') batchFailed(message.failure);
    },
    fail,
    ended() {
      if (!refusal || waitingCount() > 0) fail(new DatabaseUnavailable('DATABASE_FAILED', 'The database thread ended.'));
    },
    close() {
      refusal ??= new DatabaseUnavailable('DATABASE_CLOSED', 'The database was closed.');
      return new Promise((resolve) => {
        idle = resolve;
        plan();
      });
    },
    get waiting() {
      return waitingCount();
    },
  };
}

function unavailable(failure: Failure | undefined): DatabaseUnavailable {
  return new DatabaseUnavailable(failure?.code ?? 'DATABASE_OPERATION_FAILED', failure?.message ?? 'A question has no answer.');
}
