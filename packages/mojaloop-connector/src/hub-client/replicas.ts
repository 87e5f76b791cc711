import { JournalUnavailable, type ReplicaDoor, type StoredRecord } from '@payment-manager/journal';
import type { Log, Timer, Timers } from '@payment-manager/runtime';

/** What an engine does with what other replicas did, or left. */
export interface SharedEngine {
  adopt(record: StoredRecord): boolean;
  changed(recordId: string): void;
  lookAgain(): void;
}

/** How often what belongs to replicas that are gone is looked for, and how many records at once. */
const TAKE_OVER_EVERY_MS = 1_000;
const TAKE_OVER_MAX = 200;

/** Life among other replicas on one journal (docs/money-rules.md, 7): their news wakes who waits here, and what a dead one left is gone on with. */
export function amongReplicas(
  replica: ReplicaDoor,
  engines: readonly SharedEngine[],
  timers: Timers,
  log: Log,
): { watch(): void; start(): Promise<number>; stop(): void } {
  let timer: Timer | undefined;
  let stopped = false;
  let endListening: () => void = () => {};

  async function takeOver(): Promise<number> {
    let taken = 0;
    for (;;) {
      const records = await replica.takeOver(TAKE_OVER_MAX);
      for (const record of records) {
        if (!engines.some((engine) => engine.adopt(record)))
          log.error('a record of an unknown flow was taken over', { record: record.recordId });
      }
      taken += records.length;
      if (records.length < TAKE_OVER_MAX) return taken;
    }
  }

  function again(): void {
    if (stopped) return;
    timer = timers.after(TAKE_OVER_EVERY_MS, () => {
      takeOver()
        .then((taken) => taken > 0 && log.warn('payments of a replica that is gone were taken over', { payments: taken }))
        .catch((error: unknown) => {
          if (!(error instanceof JournalUnavailable)) log.error('nothing could be taken over', { error: String(error) });
        })
        .finally(again);
    });
  }

  function watch(): void {
    endListening = replica.onChanged((recordIds) => {
      for (const engine of engines) {
        if (recordIds === undefined) engine.lookAgain();
        else for (const recordId of recordIds) engine.changed(recordId);
      }
    });
  }

  return {
    watch,
    async start() {
      watch();
      const taken = await takeOver();
      again();
      return taken;
    },
    stop() {
      stopped = true;
      timer?.cancel();
      endListening();
    },
  };
}
