import type { Journal, JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { Clock, Log, Timers } from '@payment-manager/runtime';
import type { Cell } from './cell.ts';
import type { Action, Flow, Input } from './flow.ts';
import { Later } from './later.ts';
import { dueAt, type Loader } from './loader.ts';
import type { Memory } from './memory.ts';
import type { Obligations } from './obligations.ts';

export interface BackgroundParts<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly flow: Flow<S, I, E, A>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly memory: Memory<S, I>;
  readonly loader: Loader<S, I, E, A>;
  readonly obligations: Obligations<S, I, A>;
  readonly busy: () => boolean;
  /** Takes over what other replicas have done to the record. */
  readonly refresh: (cell: Cell<S, I>) => Promise<unknown>;
}

/** Records of which too many wait to be known in memory are looked for in the journal so many at a time. */
const SEARCH_PAGE = 50;

/** Does what records owe that may wait (`Action.background`). */
export class Background<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #parts: BackgroundParts<S, I, E, A>;
  readonly #later: Later;
  #stopped = false;

  constructor(parts: BackgroundParts<S, I, E, A>) {
    this.#parts = parts;
    this.#later = new Later({
      ...parts,
      begin: (recordId) => this.#begin(recordId),
      more: (after) => this.#more(after),
      failed: (error) => parts.log.warn('what waits could not be begun', { flow: parts.flow.kind, reason: String(error) }),
    });
  }

  /** Records that wait, and how late the first of them is. */
  get waiting(): { readonly count: number; readonly lateMs: number } {
    return { count: this.#later.size, lateMs: this.#later.lateMs };
  }

  /** A record that is open in the journal: into memory, and on with what it is owed; of one that only waits, its time is noted. */
  takeUp(record: StoredRecord): void {
    const at = this.#parts.loader.waitsUntil(record);
    if (at === undefined) this.#parts.loader.restore(record);
    else this.#later.put({ recordId: record.recordId, at });
  }

  /** Notes when the record is due with what it owes now, if with anything. */
  note(cell: Cell<S, I>, owed: readonly A[]): void {
    const at = dueAt(owed, cell.foreign);
    if (at === undefined) this.#later.remove(cell.id);
    else if (!owed.some(({ key }) => cell.inFlight.has(key))) this.#later.put({ recordId: cell.id, at });
  }

  stop(): void {
    this.#stopped = true;
    this.#later.stop();
  }

  /** Begins what the record owes by now, from memory or from the journal. False: the other side did not take it. */
  async #begin(recordId: string): Promise<boolean> {
    const { memory, loader, journal, flow, clock, obligations, refresh } = this.#parts;
    const wasHere = memory.has(recordId);
    const cell = await loader.cell(recordId);
    if (cell === undefined || this.#stopped) return true;
    if (wasHere && journal.replica !== undefined) await refresh(cell);
    if (cell.state === undefined) return true;
    const now = clock.now();
    const owed = flow.owed(cell.state).filter(({ key, background }) => background === true && !cell.foreign.has(key));
    return obligations.beginNow(
      cell,
      owed.filter(({ notBefore = 0 }) => notBefore <= now),
    );
  }

  async #more(after: string | undefined) {
    const { memory, loader, journal, flow } = this.#parts;
    const records = await journal.openRecords(SEARCH_PAGE, after);
    const due = records
      .filter(({ kind, recordId }) => kind === flow.kind && !memory.has(recordId))
      .map((record) => ({ recordId: record.recordId, at: loader.waitsUntil(record) }))
      .filter((one): one is { recordId: string; at: number } => one.at !== undefined);
    const last = records.length < SEARCH_PAGE ? undefined : records.at(-1)?.recordId;
    return { due, ...(last !== undefined && { last }) };
  }
}

/** Does the record owe only what may wait? Then it is open in the journal, and need not be in memory. */
export function onlyWaits(owed: readonly Action[]): boolean {
  return owed.length > 0 && owed.every(({ background }) => background === true);
}
