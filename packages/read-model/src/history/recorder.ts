import type { Clock, Log, Metrics } from '@payment-manager/runtime';
import { GRAIN_MS, GRAINS, type Grain, type HistoryStore, type KeptSlot } from './history-store.ts';
import { type EndedByFlow, type PartState, type SeenByProcess, together } from './minute.ts';
import { type Counted, countedBy, endedSince, grownSince } from './sampled-metrics.ts';

export interface RecorderDeps {
  readonly metrics: Pick<Metrics, 'values'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Names this process; another one after each start. */
  readonly replica: string;
  open(): Promise<HistoryStore>;
  parts(): Promise<Readonly<Record<string, PartState>>>;
  gauges(): Promise<Readonly<Record<string, number>>>;
  /** Payments that have ended since the process began. */
  ended(): Promise<EndedByFlow>;
}

/** Keeps what this process sees. */
export interface Recorder {
  /** Asked each minute. Never rejects: what cannot be written is kept for the next time. */
  minute(): Promise<void>;
  /** Rejects with DatabaseUnavailable. */
  store(): Promise<HistoryStore>;
  close(): Promise<void>;
}

/** What waits where the store is away: a day, in slots of all lengths; the oldest is let go. */
const WAITING_MAX = 1_440 + 144 + 24 + 4;

/**
 * Writes what was measured since the last time into the minute that is over, and adds it to its ten minutes, hour and six hours. Everything is read from counts that are there anyway,
 * so no payment does anything for it.
 */
export function historyRecorder(deps: RecorderDeps): Recorder {
  const { clock, log, replica } = deps;
  const waiting = new Map<string, KeptSlot>();
  let before: Counted = {};
  let endedBefore: EndedByFlow = {};
  const last = new Map<Grain, { readonly slot: number; readonly seen: SeenByProcess }>();
  let opened: Promise<HistoryStore> | undefined;
  let told = false;
  const store = (): Promise<HistoryStore> => {
    opened ??= deps.open();
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  const put = (grain: Grain, slot: number, seen: SeenByProcess): void => {
    const before = last.get(grain);
    const all = before?.slot === slot ? together(before.seen, seen) : seen;
    last.set(grain, { slot, seen: all });
    waiting.set(`${grain} ${slot}`, { grain, slot, replica, body: JSON.stringify(all) });
    if (waiting.size > WAITING_MAX) waiting.delete(waiting.keys().next().value ?? '');
  };
  return {
    async minute() {
      const now = clock.now();
      try {
        const counted = await countedBy(deps.metrics);
        const allEnded = await deps.ended();
        const ended = endedSince(endedBefore, allEnded);
        const seen: SeenByProcess = {
          ...{ series: grownSince(before, counted), gauges: await deps.gauges(), parts: await deps.parts() },
          ...(Object.keys(ended).length > 0 && { ended }),
        };
        before = counted;
        endedBefore = allEnded;
        // the minute that has just ended
        const at = now - GRAIN_MS.minute / 2;
        for (const grain of GRAINS) put(grain, Math.floor(at / GRAIN_MS[grain]), seen);
        const slots = [...waiting.values()];
        await (await store()).write(slots, now);
        for (const { grain, slot: written } of slots) waiting.delete(`${grain} ${written}`);
        if (told) log.info('the history of latency and health is kept again');
        told = false;
      } catch (error) {
        await opened?.then((one) => one.close()).catch(() => {});
        opened = undefined;
        if (!told)
          log.warn('the history of latency and health cannot be kept now; payments go on, and it is tried again', {
            reason: String(error),
          });
        told = true;
      }
    },
    store,
    close: async () => void (await opened?.then((one) => one.close()).catch(() => {})),
  };
}
