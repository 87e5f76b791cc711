import type { Attention, Claim } from '@payment-manager/journal';
import { type BatchAppend, DIVIDER } from './batch-columns.ts';

interface EventRow {
  readonly writer: string;
  owner: string;
  readonly body: string;
}

interface RecordRow {
  readonly ordinal: number;
  readonly recordId: string;
  readonly kind: string;
  label: string;
  open: boolean;
  updatedAt: number;
  attention: readonly Attention[];
  topics: readonly string[];
  readonly events: EventRow[];
}

/** An append that was not stored, as `append_batch` tells it: its place in the batch, and why. */
export type RefusedAppend =
  | readonly [index: number, 'version', version: number]
  | readonly [index: number, 'claim', place: number, recordId: string];

/** A record as the journal's questions get it. */
export interface AnsweredRecord {
  readonly record_id: string;
  readonly kind: string;
  readonly open: boolean;
  readonly bodies: string | null;
  readonly owners: string | null;
}

/** The journal's tables, with what its statements do to them. Each call is one transaction. */
export interface Tables {
  /** Stores what may be stored, in the name of the writer; `stored` is called for each. */
  append(epoch: string, batch: readonly BatchAppend[], stored: (one: BatchAppend) => void): readonly RefusedAppend[];
  load(recordId: string): readonly AnsweredRecord[];
  /** By ordinal. */
  these(ordinals: readonly number[]): readonly AnsweredRecord[];
  /** Open ones of these ids. */
  named(recordIds: readonly string[]): readonly AnsweredRecord[];
  openAfter(ordinal: number, limit: number): readonly AnsweredRecord[];
  between(
    fromMs: number,
    toMs: number,
    limit: number,
    after: readonly [number, number],
  ): readonly (AnsweredRecord & { updated_at: number })[];
  holder(claim: Claim): string | undefined;
  ordinalOf(recordId: string): number | undefined;
  waitingOn(topic: string): readonly string[];
  attention(level: string | null, label: string | null, limit: number): readonly object[];
  /** Gives open records of these owners to another; ordinals. */
  takeOver(from: ReadonlySet<string>, to: string, limit: number): readonly number[];
  /** Open records with an event that belongs to the replica, and that it did not write. */
  takenBy(epoch: string): readonly number[];
  /** To whom the last event of a type belongs. */
  ownerOf(recordId: string, eventType: string): string | undefined;
  /** Is anything open left that belongs to it? */
  holdsOpen(epoch: string): boolean;
}

/** Empty tables. */
export function emptyTables(): Tables {
  return new MemoryTables();
}

class MemoryTables implements Tables {
  readonly #rows: RecordRow[] = [];
  readonly #byId = new Map<string, RecordRow>();
  readonly #claims = new Map<string, RecordRow>();

  append(epoch: string, batch: readonly BatchAppend[], stored: (one: BatchAppend) => void): readonly RefusedAppend[] {
    const refused: RefusedAppend[] = [];
    for (const [index, one] of batch.entries()) {
      const why = this.#refusal(one, index);
      if (why !== undefined) refused.push(why);
      else {
        this.#store(epoch, one);
        stored(one);
      }
    }
    return refused;
  }

  load(recordId: string): readonly AnsweredRecord[] {
    return [this.#byId.get(recordId)].filter((row) => row !== undefined).map(answered);
  }

  these(ordinals: readonly number[]): readonly AnsweredRecord[] {
    return ordinals.flatMap((ordinal) => this.#rows[ordinal - 1] ?? []).map(answered);
  }

  named(recordIds: readonly string[]): readonly AnsweredRecord[] {
    return this.#page((row) => row.open && recordIds.includes(row.recordId), recordIds.length).map(answered);
  }

  openAfter(ordinal: number, limit: number): readonly AnsweredRecord[] {
    return this.#page((row) => row.open && row.ordinal > ordinal, limit).map(answered);
  }

  between(
    fromMs: number,
    toMs: number,
    limit: number,
    [afterMs, afterOrdinal]: readonly [number, number],
  ): readonly (AnsweredRecord & { updated_at: number })[] {
    const follows = (row: RecordRow): boolean => row.updatedAt > afterMs || (row.updatedAt === afterMs && row.ordinal > afterOrdinal);
    return this.#rows
      .filter((row) => row.updatedAt >= fromMs && row.updatedAt < toMs && follows(row))
      .sort((a, b) => a.updatedAt - b.updatedAt || a.ordinal - b.ordinal)
      .slice(0, limit)
      .map((row) => ({ ...answered(row), updated_at: row.updatedAt }));
  }

  holder(claim: Claim): string | undefined {
    return this.#claims.get(claimKey(claim))?.recordId;
  }

  ordinalOf(recordId: string): number | undefined {
    return this.#byId.get(recordId)?.ordinal;
  }

  waitingOn(topic: string): readonly string[] {
    return this.#page((row) => row.topics.includes(topic), this.#rows.length).map(({ recordId }) => recordId);
  }

  attention(level: string | null, label: string | null, limit: number): readonly object[] {
    return this.#rows
      .filter((row) => label === null || row.label === label)
      .flatMap(({ recordId, kind, label: ofLabel, attention }) => attention.map((one) => ({ recordId, kind, label: ofLabel, ...one })))
      .filter((one) => level === null || one.level === level)
      .sort((a, b) => a.since - b.since)
      .slice(0, limit);
  }

  takeOver(from: ReadonlySet<string>, to: string, limit: number): readonly number[] {
    const taken = this.#page((row) => row.open && row.events.some(({ owner }) => from.has(owner)), limit);
    for (const { events } of taken) for (const event of events) if (from.has(event.owner)) event.owner = to;
    return taken.map(({ ordinal }) => ordinal);
  }

  takenBy(epoch: string): readonly number[] {
    const isTaken = (row: RecordRow): boolean => row.open && row.events.some(({ owner, writer }) => owner === epoch && writer !== epoch);
    return this.#page(isTaken, this.#rows.length).map(({ ordinal }) => ordinal);
  }

  ownerOf(recordId: string, eventType: string): string | undefined {
    return this.#byId.get(recordId)?.events.findLast(({ body }) => body.startsWith(`{"type":"${eventType}"`))?.owner;
  }

  holdsOpen(epoch: string): boolean {
    return this.#rows.some((row) => row.open && row.events.some(({ owner }) => owner === epoch));
  }

  #refusal({ append, claimPlaces }: BatchAppend, index: number): RefusedAppend | undefined {
    const row = this.#byId.get(append.recordId);
    const version = row?.events.length ?? 0;
    if (version !== append.expectedVersion) return [index, 'version', version];
    for (const [at, claim] of (append.claims ?? []).entries()) {
      const held = this.#claims.get(claimKey(claim));
      if (held !== undefined && held !== row) return [index, 'claim', claimPlaces[at] ?? 0, held.recordId];
    }
    return undefined;
  }

  #store(epoch: string, { append, bodies, updatedAt }: BatchAppend): void {
    const { recordId, kind, label, open, attention, topics = [] } = append;
    let row = this.#byId.get(recordId);
    if (row === undefined) {
      row = { ordinal: this.#rows.length + 1, recordId, kind, label, open, updatedAt: 0, attention, topics, events: [] };
      this.#rows.push(row);
      this.#byId.set(recordId, row);
    }
    Object.assign(row, { label, open, attention, topics, updatedAt: Math.max(row.updatedAt, updatedAt) });
    for (const body of bodies) row.events.push({ writer: epoch, owner: epoch, body });
    for (const claim of append.claims ?? []) this.#claims.set(claimKey(claim), row);
  }

  #page(wanted: (row: RecordRow) => boolean, limit: number): RecordRow[] {
    const found: RecordRow[] = [];
    for (const row of this.#rows) {
      if (found.length >= limit) break;
      if (wanted(row)) found.push(row);
    }
    return found;
  }
}

function answered({ recordId, kind, open, events }: RecordRow): AnsweredRecord {
  const none = events.length === 0;
  return {
    record_id: recordId,
    kind,
    open,
    bodies: none ? null : events.map(({ body }) => body).join(DIVIDER),
    owners: none ? null : events.map(({ owner }) => owner).join(),
  };
}

const claimKey = ({ kind, scope, value }: Claim): string => `${kind}${DIVIDER}${scope}${DIVIDER}${value}`;
