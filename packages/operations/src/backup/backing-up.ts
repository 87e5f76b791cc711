import { statfs } from 'node:fs/promises';
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
  /** Between the instants of two copies. */
  readonly everyMs: number;
  /** So many of the newest are kept. */
  readonly keep: number;
  /** Left free in the folder's file system after a copy of the present size: it may be the journal's own, and payments come first. */
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
const ALARM = { id: 'backup', code: 'JOURNAL_NOT_BACKED_UP' } as const;

/** Begins when the newest copy in the folder is `everyMs` old. Nothing is copied while nothing was written. */
export function startBackingUp(deps: BackingUpDeps): BackingUp {
  const { clock, timers, metrics, log, folder, everyMs } = deps;
  const copies = metrics.counter('pm_backups_total', 'Copies of the journal, by what became of them', ['result']);
  const keptAt = metrics.gauge(
    'pm_backup_kept_seconds',
    'The newest copy of the journal holds all that was written until then, Unix time',
    [],
  );
  const tookSeconds = metrics.gauge('pm_backup_took_seconds', 'What the newest copy of the journal took', []);
  const board = alarmBoard(clock);
  const stopping = new AbortController();
  let pauseMs = everyMs;
  let retryMs = FIRST_PAUSE_MS;
  let lastMark: string | undefined;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();

  async function once(): Promise<void> {
    const asOf = clock.now();
    const lateMs = Math.max(LATE * pauseMs, LATE_AT_LEAST_MS);
    const late = timers.after(lateMs, () => failed(`a copy that was begun at ${new Date(asOf).toISOString()} is not made yet`));
    try {
      const mark = await deps.mark();
      if (mark !== lastMark) await copied(asOf);
      lastMark = mark;
      keptAt.set(asOf / 1000);
      retryMs = FIRST_PAUSE_MS;
      if (board.clear(ALARM.id, ALARM.code)) log.info('the journal is copied again', { folder });
    } catch (error) {
      if (stopping.signal.aborted) return;
      copies.add(1, { result: 'failed' });
      failed(error instanceof Error ? error.message : String(error));
    } finally {
      late.cancel();
    }
  }

  async function copied(asOf: number): Promise<void> {
    const { bytes, tookMs } = await makeCopy(deps, asOf, stopping.signal);
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

/** A whole new copy, and room for the next: nothing that is kept goes before it is there. */
async function makeCopy(deps: BackingUpDeps, asOf: number, signal: AbortSignal): Promise<CopyMade> {
  const { folder, keep } = deps;
  await removeUnfinished(folder, deps);
  await demandRoom(deps);
  const made = await deps.copy(join(folder, copyName(deps, asOf)), signal);
  await removeOldCopies(folder, deps, keep);
  return made;
}

async function demandRoom({ folder, leaveFreeBytes, size }: BackingUpDeps): Promise<void> {
  const [{ bavail, bsize }, bytes] = await Promise.all([statfs(folder), size()]);
  if (bavail * bsize >= bytes + leaveFreeBytes) return;
  const [free, wanted, left] = [bavail * bsize, bytes, leaveFreeBytes].map((some) => `${Math.ceil(some / 1_048_576)} MB`);
  throw new Error(`${folder} has ${free} free; a copy takes up to ${wanted}, and ${left} are left free`);
}
