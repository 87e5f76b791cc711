import type { Clock, HttpRequest, HttpResponse, Timer, World } from '@payment-manager/runtime';
import type { ReadyMessage } from './ready-message.ts';

/** A worker's process, as the supervision sees it. */
export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it takes payments; never, when it ends before. */
  readonly ready: Promise<ReadyMessage>;
  /** Resolves with its exit code or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Asks its operations API; undefined when it does not answer. */
  ask(request: HttpRequest): Promise<HttpResponse | undefined>;
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGHUP'): void;
}

/** One of the N places; its process may change. */
export interface Worker {
  /** 1 to N. */
  readonly number: number;
  /** Its process from the moment at which it takes payments until it has ended. */
  readonly process: WorkerProcess | undefined;
}

/** N workers that are kept running. */
export interface Supervision {
  readonly workers: readonly Worker[];
  /** Resolves with the URLs of the first when all have been ready once. */
  readonly allReady: Promise<ReadyMessage>;
  /** Resolves with what ended a worker before all had been ready once: the whole must end, too. */
  readonly failed: Promise<number | string>;
  /** Sends all away, and resolves when all have ended. One that does not leave within `withinMs` is killed. */
  stop(withinMs: number): Promise<void>;
}

export interface SupervisionOptions extends Pick<World, 'timers' | 'log'> {
  readonly count: number;
  fork(number: number): WorkerProcess;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Pause before the second start after an end; doubles up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that lived for so long was well: the next pause is the first again. */
const PROVEN_MS = 60_000;

interface Place {
  readonly number: number;
  process: WorkerProcess | undefined;
  /** The same, and while it starts. */
  running: WorkerProcess | undefined;
  pauseMs: number;
  restart?: Timer;
}

/** Starts the workers and keeps them running: one that ends is started anew, with back-off. */
export function superviseWorkers(options: SupervisionOptions): Supervision {
  const { count, clock, timers, log } = options;
  const allReady = Promise.withResolvers<ReadyMessage>();
  const failed = Promise.withResolvers<number | string>();
  const places: Place[] = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    process: undefined,
    running: undefined,
    pauseMs: 0,
  }));
  const firstUrls = new Map<number, ReadyMessage>();
  let stopping = false;

  const start = (place: Place): void => {
    const begunAtMs = clock.monotonic();
    const process = options.fork(place.number);
    place.running = process;
    log.info('worker started', { number: place.number, process: process.pid });
    void process.ready.then((urls) => {
      place.process = process;
      firstUrls.set(place.number, firstUrls.get(place.number) ?? urls);
      const [first] = firstUrls.values();
      if (firstUrls.size === count && first !== undefined) allReady.resolve(first);
    });
    void process.ended.then((ending) => {
      place.process = undefined;
      place.running = undefined;
      if (stopping) return;
      const livedMs = Math.round(clock.monotonic() - begunAtMs);
      log.error('worker ended', { number: place.number, process: process.pid, ending, livedMs });
      if (firstUrls.size < count) failed.resolve(ending);
      else startAgain(place, livedMs);
    });
  };
  const startAgain = (place: Place, livedMs: number): void => {
    if (livedMs >= PROVEN_MS) place.pauseMs = 0;
    place.restart = timers.after(place.pauseMs, () => start(place));
    place.pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, place.pauseMs * 2));
  };

  for (const place of places) start(place);
  return {
    workers: places,
    allReady: allReady.promise,
    failed: failed.promise,
    async stop(withinMs) {
      stopping = true;
      for (const place of places) place.restart?.cancel();
      const running = places.flatMap(({ running: process }) => process ?? []);
      for (const process of running) process.signal('SIGTERM');
      const kill = timers.after(withinMs, () => {
        log.error('workers did not leave in time and are killed', { withinMs });
        for (const process of running) process.signal('SIGKILL');
      });
      await Promise.all(running.map(({ ended }) => ended));
      kill.cancel();
    },
  };
}
