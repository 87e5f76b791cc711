import type { Journal, JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { Timers, World } from '@payment-manager/runtime';
import type { Action, Flow, Input } from './flow.ts';
import { Changed } from './inbox.ts';
import { Later } from './later.ts';
import { foreignKeys } from './ownership.ts';
import type { Record } from './record.ts';
import type { Records } from './records.ts';

interface BackgroundParts<S, I extends Input, E extends JournalEvent, A extends Action> extends Pick<World, 'clock' | 'timers' | 'log'> {
  readonly flow: Flow<S, I, E, A>;
  readonly journal: Journal;
  readonly records: Records<S, I, E, A>;
  /** There is more to do than there is room for. */
  readonly busy: () => boolean;
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
    const at = this.#waitsUntil(record);
    if (at === undefined) this.#parts.records.restore(record);
    else this.#later.put({ recordId: record.recordId, at });
  }

  /** Notes when the record is due with what it owes now, if with anything. */
  note({ id, projection, actions }: Record<S, I, E, A>): void {
    const owed = projection?.owed ?? [];
    const at = dueAt(owed, actions.foreign);
    if (at === undefined) this.#later.remove(id);
    else if (!owed.some(({ key }) => actions.isUnderWay(key))) this.#later.put({ recordId: id, at });
  }

  stop(): void {
    this.#stopped = true;
    this.#later.stop();
  }

  /** When a record is due of which all that is ours may wait; undefined: it has to be in memory. */
  #waitsUntil(record: StoredRecord): number | undefined {
    const { flow, journal } = this.#parts;
    let state: S | undefined;
    for (const event of record.events) state = flow.apply(state, event as unknown as E);
    if (state === undefined) return undefined;
    const owed = flow.owed(state);
    return owed.some(({ background }) => background !== true) ? undefined : dueAt(owed, foreignKeys(flow, record, journal.replica?.self));
  }

  /** Begins what the record owes by now, from memory or from the journal. False: the other side did not take it. */
  async #begin(recordId: string): Promise<boolean> {
    const { records, journal, clock } = this.#parts;
    const wasHere = records.inMemory(recordId) !== undefined;
    const record = await records.find(recordId);
    if (record === undefined || this.#stopped) return true;
    if (wasHere && journal.replica !== undefined) await record.take(new Changed());
    if (record.projection === undefined) return true;
    const now = clock.now();
    const { foreign } = record.actions;
    return record.actions.beginNow(
      record.projection.owed.filter(({ key, background, notBefore = 0 }) => background === true && !foreign.has(key) && notBefore <= now),
    );
  }

  async #more(after: string | undefined) {
    const { records, journal, flow } = this.#parts;
    const page = await journal.openRecords(SEARCH_PAGE, after);
    const due = page
      .filter(({ kind, recordId }) => kind === flow.kind && records.inMemory(recordId) === undefined)
      .map((record) => ({ recordId: record.recordId, at: this.#waitsUntil(record) }))
      .filter((one): one is { recordId: string; at: number } => one.at !== undefined);
    const last = page.length < SEARCH_PAGE ? undefined : page.at(-1)?.recordId;
    return { due, ...(last !== undefined && { last }) };
  }
}

/** When the first of the actions that may wait is due. Undefined: none of them is ours. */
function dueAt(owed: readonly Action[], foreign: ReadonlySet<string>): number | undefined {
  const times = owed.filter(({ key, background }) => background === true && !foreign.has(key)).map(({ notBefore }) => notBefore ?? 0);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What can be waited for: a record, as far as its state matters. */
interface Watched<S> {
  readonly state: S | undefined;
  readonly watchers: Set<(state: S) => void>;
}

/** Those who wait for a change of a record. */
export class Waits<S, R extends Watched<S>> {
  readonly #timers: Timers;
  readonly #done: (record: R) => void;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** `done` is called at the end of each wait. */
  constructor(timers: Timers, done: (record: R) => void) {
    this.#timers = timers;
    this.#done = done;
  }

  /**
   * Calls `look` with the state now and after each change until it answers something else than undefined, or the time is over,
   * or nobody is to wait any more: then undefined.
   */
  watch<T>(record: R, look: (state: S) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const now = record.state === undefined ? undefined : look(record.state);
    if (now !== undefined || record.state === undefined || this.#ended) return Promise.resolve(now);
    return new Promise((resolve) => {
      const end = (answer: T | undefined) => {
        timer.cancel();
        record.watchers.delete(watcher);
        this.#waiting.delete(giveUp);
        this.#done(record);
        resolve(answer);
      };
      const watcher = (state: S) => {
        const answer = look(state);
        if (answer !== undefined) end(answer);
      };
      const giveUp = () => end(undefined);
      const timer = this.#timers.after(timeoutMs, giveUp);
      record.watchers.add(watcher);
      this.#waiting.add(giveUp);
    });
  }

  /** After whoever brought the change has got its answer: the hub's message is acknowledged before the DFSP hears of it. */
  wake(record: R): void {
    if (record.watchers.size === 0) return;
    this.#timers.soon(() => {
      const { state } = record;
      if (state !== undefined) for (const watcher of [...record.watchers]) watcher(state);
    });
  }

  /** Every wait ends with what is known now, and none is begun any more: the process leaves. */
  end(): void {
    this.#ended = true;
    for (const giveUp of [...this.#waiting]) giveUp();
  }
}
