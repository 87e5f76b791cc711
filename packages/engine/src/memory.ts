import type { Claim } from '@payment-manager/journal';
import { type Cell, makeCell, rests } from './cell.ts';

/** The records in memory, and the ways to them: by id, by claim, by topic. Every open record is here; resting ones up to a limit. */
export class Memory<S, I> {
  readonly #cells = new Map<string, Cell<S, I>>();
  /** Those that are not open, the most recently used last: however many are open, letting go of the first costs the same. */
  readonly #resting = new Set<Cell<S, I>>();
  readonly #byClaim = new Map<string, string>();
  readonly #byTopic = new Map<string, Set<string>>();
  readonly #restingMax: number;
  #openCount = 0;
  #awaitedCount = 0;

  constructor(restingMax: number) {
    this.#restingMax = restingMax;
  }

  get openCount(): number {
    return this.#openCount;
  }

  get cells(): Iterable<Cell<S, I>> {
    return this.#cells.values();
  }

  /** Records on which the other side waits for a word of ours. */
  get awaitedCount(): number {
    return this.#awaitedCount;
  }

  add(id: string): Cell<S, I> {
    const cell = makeCell<S, I>(id);
    this.#cells.set(id, cell);
    return cell;
  }

  get(id: string): Cell<S, I> | undefined {
    const cell = this.#cells.get(id);
    if (cell !== undefined && this.#resting.delete(cell)) this.#resting.add(cell);
    return cell;
  }

  /** The record if it is in memory; looking does not count as use. */
  inMemory(id: string): Cell<S, I> | undefined {
    return this.#cells.get(id);
  }

  has(id: string): boolean {
    return this.#cells.has(id);
  }

  drop(cell: Cell<S, I>): void {
    this.#cells.delete(cell.id);
    for (const key of cell.claims) if (this.#byClaim.get(key) === cell.id) this.#byClaim.delete(key);
    this.setTopics(cell, []);
    this.setOpen(cell, false);
    this.setAwaited(cell, false);
    this.#resting.delete(cell);
  }

  /** Lets go of resting records above the limit. */
  evict(): void {
    if (this.#resting.size <= this.#restingMax) return;
    for (const cell of this.#resting) {
      if (this.#resting.size <= this.#restingMax) return;
      if (rests(cell)) this.drop(cell);
    }
  }

  setOpen(cell: Cell<S, I>, open: boolean): void {
    if (open !== cell.open) this.#openCount += open ? 1 : -1;
    cell.open = open;
    if (open) this.#resting.delete(cell);
    else this.#resting.add(cell);
  }

  setAwaited(cell: Cell<S, I>, awaited: boolean): void {
    if (awaited !== cell.awaited) this.#awaitedCount += awaited ? 1 : -1;
    cell.awaited = awaited;
  }

  // ---- claims

  byClaim(claim: Claim): string | undefined {
    return this.#byClaim.get(claimKey(claim));
  }

  /** The first to claim keeps it: the journal has the last word about who that is. */
  claim(cell: Cell<S, I>, claim: Claim): void {
    const key = claimKey(claim);
    if (this.#byClaim.has(key)) return;
    cell.claims.add(key);
    this.#byClaim.set(key, cell.id);
  }

  // ---- topics

  waitingOn(topic: string): readonly string[] {
    return [...(this.#byTopic.get(topic) ?? [])];
  }

  setTopics(cell: Cell<S, I>, topics: readonly string[]): void {
    if (topics.length === 0 && cell.topics.length === 0) return;
    for (const topic of cell.topics) {
      const ids = this.#byTopic.get(topic);
      ids?.delete(cell.id);
      if (ids?.size === 0) this.#byTopic.delete(topic);
    }
    for (const topic of topics) {
      const ids = this.#byTopic.get(topic);
      if (ids === undefined) this.#byTopic.set(topic, new Set([cell.id]));
      else ids.add(cell.id);
    }
    cell.topics = topics;
  }
}

function claimKey(claim: Claim): string {
  return `${claim.kind}\u0000${claim.scope}\u0000${claim.value}`;
}
