import type { Clock, Timer, World } from '@payment-manager/runtime';
import { DatabaseUnavailable } from './database-unavailable.ts';
import type { Batch, Failure, FromWorker, Question, Settled } from './worker-protocol.ts';

export interface GroupCommitOptions extends Pick<World, 'timers'> {
  readonly send: (batch: Batch) => void;
  readonly maxBatchOps: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** When writes crowd (see `patienceMs`) commits begin at least this long apart; 0: never wait. */
  readonly gatherMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
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
  lastSentMs: number;
  /** Writes that lately came while others were on their way: each counts 1, and fades with `crowdWindowMs`. */
  crowd: number;
  crowdAtMs: number;
  gathering: Timer | undefined;
  refusal: DatabaseUnavailable | undefined;
  idle: (() => void) | undefined;
}

const CROWD_WINDOW_MS = 50;
/** 100 writes a second that came while others were on their way, in the window. */
const CROWDED = 5;

/** The main thread's side of a store, with nothing waiting; see `GroupCommit`. */
export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const group: Group = {
    options,
    writes: [],
    questions: [],
    writesAtWork: [],
    questionsAtWork: [],
    waitingBytes: 0,
    planned: false,
    lastSentMs: Number.NEGATIVE_INFINITY,
    crowd: 0,
    crowdAtMs: 0,
    gathering: undefined,
    refusal: undefined,
    idle: undefined,
  };
  return {
    write: (op, bytes = 0) =>
      entered(group, (waiter) => {
        noteCrowd(group);
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

function noteCrowd(group: Group): void {
  if (waiting(group) === 0) return;
  const now = group.options.clock.monotonic();
  group.crowd = 1 + group.crowd * Math.exp((group.crowdAtMs - now) / CROWD_WINDOW_MS);
  group.crowdAtMs = now;
}

/**
 * A commit costs 100 to 250 µs of CPU however many writes share it. One payment after the other is committed at once, for
 * the least delay; when payments crowd, some milliseconds of patience save most of that cost. The crowd is told by writes
 * that overlap, not by their rate: a single quick payer never waits.
 */
function patienceMs({ options, crowd, crowdAtMs, lastSentMs, writes, questions, refusal }: Group): number {
  if (writes.length === 0 || questions.length > 0 || refusal || writes.length >= options.maxBatchOps || crowd < CROWDED) return 0;
  const now = options.clock.monotonic();
  const crowdNow = crowd * Math.exp((crowdAtMs - now) / CROWD_WINDOW_MS);
  return crowdNow < CROWDED ? 0 : lastSentMs + options.gatherMs - now;
}

/** One microtask later, so that what one event-loop turn asks goes together; later still under load. */
function plan(group: Group): void {
  if (isAtWork(group)) return;
  const waitMs = patienceMs(group);
  if (waitMs <= 0) {
    if (group.planned) return;
    group.planned = true;
    queueMicrotask(() => sendPlanned(group));
  } else if (!group.gathering) {
    group.gathering = group.options.timers.after(waitMs, () => {
      group.gathering = undefined;
      sendPlanned(group);
    });
  }
}

function sendPlanned(group: Group): void {
  group.planned = false;
  if (!isAtWork(group)) send(group);
}

function sendNext(group: Group): void {
  if (patienceMs(group) > 0) plan(group);
  else sendPlanned(group);
}

function send(group: Group): void {
  group.gathering?.cancel();
  group.gathering = undefined;
  if (group.writes.length === 0 && group.questions.length === 0) {
    group.idle?.();
    return;
  }
  const { maxBatchOps, clock } = group.options;
  const fits = group.writes.length <= maxBatchOps;
  group.writesAtWork = fits ? group.writes : group.writes.slice(0, maxBatchOps);
  group.writes = fits ? [] : group.writes.slice(maxBatchOps);
  group.questionsAtWork = group.questions;
  group.questions = [];
  group.lastSentMs = clock.monotonic();
  group.options.send({ writes: group.writesAtWork.map(({ op }) => op), questions: group.questionsAtWork.map(({ question }) => question) });
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
  // After a disk failure, or when what is in memory counts no more, nothing more is sent: `fail` refuses what waits.
  if (error.code === 'DATABASE_FAILED' || error.code === 'DATABASE_RESTORED') fail(group, error);
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
  group.gathering?.cancel();
  const lost: Waiter[] = [...group.questionsAtWork, ...group.writesAtWork, ...group.questions, ...group.writes];
  Object.assign(group, { writes: [], questions: [], writesAtWork: [], questionsAtWork: [], waitingBytes: 0 });
  for (const waiter of lost) waiter.reject(error);
  group.idle?.();
  group.options.onFatal(error);
}

function unavailable(failure: Failure | undefined): DatabaseUnavailable {
  return new DatabaseUnavailable(failure?.code ?? 'DATABASE_OPERATION_FAILED', failure?.message ?? 'A question has no answer.');
}
