import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type AlarmEntry, alarmBoard, type Timer, type World } from '@payment-manager/runtime';
import { type CopyOwner, copyName, keptCopies, removeOldCopies, removeUnfinished } from './copies.ts';

/** A copy that was made, checked and is on the disk. */
export interface CopyMade {
  readonly bytes: number;
  readonly tookMs: number;
}

export interface BackingUpDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>, CopyOwner {
  readonly folder: string;
  /** Where the journal is. While a copy reads it, its log grows. */
  readonly dataFolder: string;
  /** Between the instants of two copies. */
  readonly everyMs: number;
  /** So many of the newest are kept. */
  readonly keep: number;
  /** Left free in the copies' file system after a copy of the present size, and in the journal's while it runs: payments come first. */
  readonly leaveFreeBytes: number;
  /** What a copy would take at the most. */
  size(): Promise<number>;
  /** Another text once anything has been written that a copy would hold. */
  mark(): Promise<string>;
  /** Makes one new file; rejects with an error for people. Aborted: ends soon, and leaves at most an unfinished file. */
  copy(to: string, signal: AbortSignal): Promise<CopyMade>;
}

/** Copies the journal into a folder again and again, until it is stopped. Payments never wait for it. */
export interface BackingUp {
  /** Stands until a copy was made again. */
  alarms(): readonly AlarmEntry[];
  /** Ends also a copy that is under way. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 10_000;
/** A start is not slowed down by a copy. */
const AFTER_START_MS = 1_000;
/** A large journal takes long to copy: for so many times that the disk and the processor are left to payments. */
const REST = 9;
/** A copy that is not there after so many of its pauses, and a minute, is missed, whatever it is still doing. */
const LATE = 3;
const LATE_AT_LEAST_MS = 60_000;
/** How often it is looked, while a copy runs, whether the journal's disk has room. */
const LOOK_MS = 2_000;
const ALARM = { id: 'backup', code: 'JOURNAL_NOT_BACKED_UP' } as const;

/** Begins when the newest copy in the folder is `everyMs` old. Nothing is copied while nothing was written. */
export function startBackingUp(deps: BackingUpDeps): BackingUp {
  const { clock, timers, metrics, log, folder, everyMs } = deps;
  const { copies, keptAt, tookSeconds } = metricsOf(metrics);
  const board = alarmBoard(clock);
  const stopping = new AbortController();
  let pauseMs = everyMs;
  let retryMs = FIRST_PAUSE_MS;
  let lastMark: string | undefined;
  let lastFile: string | undefined;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();

  async function once(): Promise<void> {
    const asOf = clock.now();
    const late = new AbortController();
    const lateness = timers.after(Math.max(LATE * pauseMs, LATE_AT_LEAST_MS), () => {
      const reason = `a copy that was begun at ${new Date(asOf).toISOString()} is not made yet`;
      failed(reason);
      late.abort(new Error(reason));
    });
    try {
      const mark = await deps.mark();
      if (mark !== lastMark || !(await isKept(lastFile))) await copied(asOf, AbortSignal.any([stopping.signal, late.signal]));
      lastMark = mark;
      keptAt.set(asOf / 1000);
      retryMs = FIRST_PAUSE_MS;
      if (board.clear(ALARM.id, ALARM.code)) log.info('the journal is copied again', { folder });
    } catch (error) {
      if (stopping.signal.aborted) return;
      copies.add(1, { result: 'failed' });
      failed(error instanceof Error ? error.message : String(error));
    } finally {
      lateness.cancel();
    }
  }

  async function isKept(file: string | undefined): Promise<boolean> {
    return (await keptCopies(folder, deps)).some((copy) => copy.file === file);
  }

  async function copied(asOf: number, signal: AbortSignal): Promise<void> {
    const { file, bytes, tookMs } = await makeCopy(deps, asOf, signal);
    lastFile = file;
    copies.add(1, { result: 'made' });
    tookSeconds.set(tookMs / 1000);
    pauseMs = Math.max(everyMs, REST * tookMs);
    log.debug('the journal was copied', { folder, bytes, tookMs });
  }

  function failed(reason: string): void {
    if (board.raise({ ...ALARM, reason }) !== 'new') return;
    log.error('the journal is not copied; payments go on', { code: ALARM.code, folder, reason });
    metrics.counter('pm_alarms_total', 'Alarms by code', ['code']).add(1, { code: ALARM.code });
  }

  function next(): void {
    running = once().then(() => {
      const failing = board.alarms().length > 0;
      again(failing ? Math.min(retryMs, pauseMs) : pauseMs);
      if (failing) retryMs *= 2;
    });
  }

  function again(afterMs: number): void {
    if (!stopping.signal.aborted) timer = timers.after(afterMs, next);
  }

  async function first(): Promise<void> {
    const newest = await keptCopies(folder, deps).catch(() => []);
    if (await onOneDisk(deps)) log.warn('copies lie on the disk of the journal: what takes the one takes the others', { folder });
    const age = clock.now() - (newest.at(-1)?.asOf ?? 0);
    again(Math.max(AFTER_START_MS, everyMs - Math.max(0, age)));
  }

  running = first();
  return {
    alarms: board.alarms,
    async stop() {
      stopping.abort();
      timer?.cancel();
      await running;
    },
  };
}

function metricsOf(metrics: BackingUpDeps['metrics']) {
  const kept = 'The newest copy of the journal holds all that was written until then, Unix time';
  return {
    copies: metrics.counter('pm_backups_total', 'Copies of the journal, by what became of them', ['result']),
    keptAt: metrics.gauge('pm_backup_kept_seconds', kept, []),
    tookSeconds: metrics.gauge('pm_backup_took_seconds', 'What the newest copy of the journal took', []),
  };
}

/** A whole new copy, and room for the next: nothing that is kept goes before it is there. */
async function makeCopy(deps: BackingUpDeps, asOf: number, signal: AbortSignal): Promise<CopyMade & { readonly file: string }> {
  const { folder, keep } = deps;
  await removeUnfinished(folder, deps);
  await demandRoom(deps);
  // Where the clock was ahead once, those of then bear later names: the newest copy has the last name all the same.
  const newest = (await keptCopies(folder, deps)).at(-1)?.asOf ?? 0;
  const file = join(folder, copyName(deps, Math.max(asOf, newest + 1)));
  const made = await whileThereIsRoom(deps, signal, (watched) => deps.copy(file, watched));
  await removeOldCopies(folder, deps, keep, file);
  return { ...made, file };
}

async function demandRoom({ folder, dataFolder, leaveFreeBytes, size }: BackingUpDeps): Promise<void> {
  const lacking = await lackOf(dataFolder, leaveFreeBytes);
  if (lacking !== undefined) throw new Error(lacking);
  const [free, bytes] = await Promise.all([freeBytes(folder), size()]);
  if (free >= bytes + leaveFreeBytes) return;
  const [has, wanted, left] = [free, bytes, leaveFreeBytes].map(megabytes);
  throw new Error(`${folder} has ${has} free; a copy takes up to ${wanted}, and ${left} are left free`);
}

/** A copy that hangs or is slow keeps SQLite from using its log again, so it is ended before that fills the journal's disk. */
async function whileThereIsRoom<T>(deps: BackingUpDeps, signal: AbortSignal, copy: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const full = new AbortController();
  let timer: Timer | undefined;
  const look = (): void => {
    timer = deps.timers.after(LOOK_MS, async () => {
      const lacking = await lackOf(deps.dataFolder, deps.leaveFreeBytes).catch(() => undefined);
      if (lacking !== undefined) full.abort(new Error(lacking));
      else if (timer !== undefined) look();
    });
  };
  look();
  const watched = AbortSignal.any([signal, full.signal]);
  try {
    return await copy(watched);
  } catch (error) {
    throw watched.aborted ? watched.reason : error;
  } finally {
    timer?.cancel();
    timer = undefined;
  }
}

async function lackOf(dataFolder: string, leaveFreeBytes: number): Promise<string | undefined> {
  const free = await freeBytes(dataFolder);
  return free >= leaveFreeBytes
    ? undefined
    : `the journal’s disk has ${megabytes(free)} free: what is left is its own, and while it is copied it needs more`;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function onOneDisk({ folder, dataFolder }: BackingUpDeps): Promise<boolean> {
  const [copies, data] = await Promise.all([folder, dataFolder].map((path) => stat(path).catch(() => undefined)));
  return copies !== undefined && copies.dev === data?.dev;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MB`;
}
