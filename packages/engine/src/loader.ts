import { type Journal, type JournalEvent, JournalUnavailable, type StoredRecord, versionOf } from '@payment-manager/journal';
import type { Timers } from '@payment-manager/runtime';
import type { Cell } from './cell.ts';
import type { Action, Flow, Input, Interrupted } from './flow.ts';
import type { Memory } from './memory.ts';
import type { Obligations } from './obligations.ts';
import { foreignKeys } from './ownership.ts';
import type { RecordWriter } from './writer.ts';

/** Pause before a record is loaded again after the journal refused to commit. */
const JOURNAL_RETRY_MS = 500;

/** When the first of the actions that may wait is due. Undefined: none of them is ours. */
export function dueAt(owed: readonly Action[], foreign: ReadonlySet<string>): number | undefined {
  const times = owed.filter(({ key, background }) => background === true && !foreign.has(key)).map(({ notBefore }) => notBefore ?? 0);
  return times.length === 0 ? undefined : Math.min(...times);
}

export interface LoaderParts<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly flow: Flow<S, I, E, A>;
  readonly journal: Journal;
  readonly timers: Timers;
  readonly memory: Memory<S, I>;
  readonly writer: RecordWriter<S, I, E, A>;
  readonly obligations: Obligations<S, I, A>;
  /** Puts an input into the record's queue. */
  readonly deliver: (cell: Cell<S, I>, input: Interrupted) => void;
  /** Does what follows from the state. */
  readonly settle: (cell: Cell<S, I>) => void;
}

/** Brings records from the journal into memory: at the start, when somebody asks for one, and after a failed commit. */
export class Loader<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #parts: LoaderParts<S, I, E, A>;
  readonly #loading = new Map<string, Promise<Cell<S, I> | undefined>>();

  constructor(parts: LoaderParts<S, I, E, A>) {
    this.#parts = parts;
  }

  /** The record, from memory or from the journal; undefined when there is none of this flow. */
  cell(id: string): Promise<Cell<S, I> | undefined> {
    const { memory, journal, flow } = this.#parts;
    const known = memory.get(id);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.#loading.get(id);
    if (running !== undefined) return running;
    const load = journal
      .load(id)
      .then((record) => {
        const made = memory.get(id);
        if (made !== undefined) return made;
        return record === undefined || record.kind !== flow.kind ? undefined : this.restore(record);
      })
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, load);
    return load;
  }

  /** Makes the record in memory, and goes on with what it is owed. */
  restore(record: StoredRecord): Cell<S, I> {
    const cell = this.#parts.memory.add(record.recordId);
    cell.made.resolve();
    this.fill(cell, record);
    return cell;
  }

  /**
   * Puts the journal's truth into the cell, and goes on. Once-only actions that it finds owed were begun by a process that is
   * gone: their outcome is unknown (docs/money-rules.md, 1). What belongs to another replica is left to it.
   */
  fill(cell: Cell<S, I>, record: StoredRecord): void {
    const { flow, journal, writer, obligations, deliver, settle } = this.#parts;
    cell.state = undefined;
    cell.lazy = [];
    cell.version = versionOf(record);
    for (const event of record.events) writer.apply(cell, event as unknown as E);
    if (cell.state === undefined) return;
    cell.foreign = foreignKeys(flow, record, journal.replica?.self);
    for (const action of flow.owed(cell.state)) {
      if (cell.inFlight.has(action.key) || cell.answered.has(action.key) || cell.foreign.has(action.key)) continue;
      if (action.background === true) continue;
      if (action.repeatable) obligations.begin(cell, action, true);
      else {
        cell.answered.add(action.key);
        deliver(cell, { type: 'interrupted', key: action.key });
      }
    }
    settle(cell);
  }

  /** When a record is due of which all that is ours may wait; undefined: it has to be in memory. */
  waitsUntil(record: StoredRecord): number | undefined {
    const { flow, journal } = this.#parts;
    let state: S | undefined;
    for (const event of record.events) state = flow.apply(state, event as unknown as E);
    if (state === undefined) return undefined;
    const owed = flow.owed(state);
    return owed.some(({ background }) => background !== true) ? undefined : dueAt(owed, foreignKeys(flow, record, journal.replica?.self));
  }

  /** Loads what other replicas have appended. False when there is nothing new. */
  async refresh(cell: Cell<S, I>): Promise<boolean> {
    if (cell.state === undefined) return false;
    const record = await this.#parts.journal.load(cell.id);
    if (record === undefined || versionOf(record) === cell.version) return false;
    this.fill(cell, record);
    return true;
  }

  /** After a failed commit what is in memory is dropped and loaded anew (docs/money-rules.md, 8), as soon as the journal answers. */
  async reload(cell: Cell<S, I>, firstAfterMs = JOURNAL_RETRY_MS): Promise<void> {
    for (let wait = firstAfterMs; ; wait = JOURNAL_RETRY_MS) {
      if (wait > 0) await new Promise<void>((resolve) => this.#parts.timers.after(wait, resolve));
      try {
        const record = await this.#parts.journal.load(cell.id);
        if (record !== undefined) this.fill(cell, record);
        return;
      } catch (error) {
        if (!(error instanceof JournalUnavailable)) throw error;
      }
    }
  }
}
