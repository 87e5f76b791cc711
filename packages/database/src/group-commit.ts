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
  /** The other side is gone. Fatal unless it was closed and nothing waits. */
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

/** What waits for the next batch, what the thread is at work on, and whether anything more is taken. */
interface Group {
  readonly options: GroupCommitOptions;
  writes: PendingWrite[];
  questions: PendingQuestion[];
  writesAtWork: readonly PendingWrite[];
  questionsAtWork: readonly PendingQuestion[];
  waitingBytes: number;
  planned: boolean;
  refusal: DatabaseUnavailable | undefined;
  idle: (() => void) | undefined;
}

export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const group: Group = {
    options,
    writes: [],
    questions: [],
    writesAtWork: [],
    questionsAtWork: [],
    waitingBytes: 0,
    planned: false,
    refusal: undefined,
    idle: undefined,
  };
  return {
    write: (op, bytes = 0) =>
      entered(group, (waiter) => {
        group.writes.push({ op, bytes, ...waiter });
        group.waitingBytes += bytes;
      }),
    ask: (question) => entered(group, (waiter) => group.questions.push({ question, ...waiter })),
    receive(message) {
      if (message.kind === 'committed') committed(group, message.results, message.failures);
      else if (message.kind === 'answers') answered(group, message.answers);
      else if (message.kind === 'failed') batchFailed(group, unavailable(message.failure));
    },
    fail: (error) => fail(group, error),
    ended() {
      if (group.refusal && waiting(group) === 0) return;
      fail(group, new DatabaseUnavailable('DATABASE_FAILED', 'The database thread ended.'));
    },
    close() {
      group.refusal ??= new DatabaseUnavailable('DATABASE_CLOSED', 'The database was closed.');
      return new Promise((resolve) => {
        group.idle = resolve;
        plan(group);
      });
    },
    get waiting() {
      return waiting(group);
    },
  };
}

function waiting({ writes, questions, writesAtWork, questionsAtWork }: Group): number {
  return writes.length + questions.length + writesAtWork.length + questionsAtWork.length;
}

function isAtWork({ writesAtWork, questionsAtWork }: Group): boolean {
  return writesAtWork.length > 0 || questionsAtWork.length > 0;
}

function entered(group: Group, enter: (waiter: Waiter) => void): Promise<unknown> {
  const { maxWaiting, maxWaitingBytes } = group.options;
  if (group.refusal) return Promise.reject(group.refusal);
  if (waiting(group) >= maxWaiting || group.waitingBytes >= maxWaitingBytes) {
    return Promise.reject(new DatabaseUnavailable('DATABASE_OVERLOADED', 'Too many operations wait for the database.'));
  }
  return new Promise((resolve, reject) => {
    enter({ resolve, reject });
    plan(group);
  });
}

/** One microtask later, so that what one event-loop turn asks goes together. */
function plan(group: Group): void {
  if (group.planned || isAtWork(group)) return;
  group.planned = true;
  queueMicrotask(() => {
    group.planned = false;
    sendNext(group);
  });
}

function sendNext(group: Group): void {
  if (isAtWork(group)) return;
  if (group.writes.length === 0 && group.questions.length === 0) {
    group.idle?.();
    return;
  }
  const { maxBatchOps, send } = group.options;
  const fits = group.writes.length <= maxBatchOps;
  group.writesAtWork = fits ? group.writes : group.writes.slice(0, maxBatchOps);
  group.writes = fits ? [] : group.writes.slice(maxBatchOps);
  group.questionsAtWork = group.questions;
  group.questions = [];
  send({ writes: group.writesAtWork.map(({ op }) => op), questions: group.questionsAtWork.map(({ question }) => question) });
}

/** The next batch is sent before results are handed out, here and below: the disk works while we do. */
function answered(group: Group, answers: readonly Settled[]): void {
  const asked = group.questionsAtWork;
  group.questionsAtWork = [];
  sendNext(group);
  let fatal: DatabaseUnavailable | undefined;
  for (const [index, waiter] of asked.entries()) {
    const settled = answers[index];
    if (settled && 'value' in settled) {
      waiter.resolve(settled.value);
      continue;
    }
    const error = unavailable(settled?.failure);
    if (error.code === 'DATABASE_FAILED') fatal = error;
    waiter.reject(error);
  }
  if (fatal) fail(group, fatal);
}

function committed(group: Group, results: readonly unknown[], failures: ReadonlyMap<number, Failure> | undefined): void {
  const done = takeWritesAtWork(group);
  sendNext(group);
  for (const [index, waiter] of done.entries()) {
    const failure = failures?.get(index);
    if (failure) waiter.reject(unavailable(failure));
    else waiter.resolve(results[index]);
  }
}

function batchFailed(group: Group, error: DatabaseUnavailable): void {
  const lost = takeWritesAtWork(group);
  // After a disk failure nothing more is sent: `fail` refuses what waits.
  if (error.code === 'DATABASE_FAILED') fail(group, error);
  else sendNext(group);
  for (const waiter of lost) waiter.reject(error);
}

function takeWritesAtWork(group: Group): readonly PendingWrite[] {
  const taken = group.writesAtWork;
  group.writesAtWork = [];
  for (const { bytes } of taken) group.waitingBytes -= bytes;
  return taken;
}

function fail(group: Group, error: DatabaseUnavailable): void {
  group.refusal = error;
  const lost: Waiter[] = [...group.questionsAtWork, ...group.writesAtWork, ...group.questions, ...group.writes];
  Object.assign(group, { writes: [], questions: [], writesAtWork: [], questionsAtWork: [], waitingBytes: 0 });
  for (const waiter of lost) waiter.reject(error);
  group.idle?.();
  group.options.onFatal(error);
}

function unavailable(failure: Failure | undefined): DatabaseUnavailable {
  return new DatabaseUnavailable(failure?.code ?? 'DATABASE_OPERATION_FAILED', failure?.message ?? 'A question has no answer.');
}
