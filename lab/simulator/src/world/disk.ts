import { type Append, type AppendResult, JournalUnavailable, memoryJournal } from '@payment-manager/journal';
import { between } from '../chance.ts';
import { type Life, whileAlive } from './life.ts';
import type { SimulatedStore, StoreParts } from './store.ts';

interface Waiting {
  readonly append: Append;
  readonly life: Life;
  readonly onFatal: (why: string) => void;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** An fsync takes up to so long. */
const FSYNC_MS_MAX = 12;

/**
 * The disk under a journal: appends that arrive within one fsync share the next one, and what is not synced is lost with the
 * process. The records are those of the journal's own memory implementation, so claims, versions and text are as everywhere.
 */
export function simulatedDisk(parts: StoreParts): SimulatedStore {
  const disk = new Disk(parts);
  return {
    open({ life, onFatal }) {
      life.onDeath(() => disk.died(life));
      const { durable } = disk;
      return Promise.resolve({
        append: (one) => disk.append(one, life, onFatal),
        load: (recordId) => disk.reading(life, () => durable.load(recordId)),
        findByClaim: (claim) => disk.reading(life, () => durable.findByClaim(claim)),
        openRecords: (limit, after) => disk.reading(life, () => durable.openRecords(limit, after)),
        between: (query) => disk.reading(life, () => durable.between(query)),
        attention: (query) => disk.reading(life, () => durable.attention(query)),
        close: async () => {},
      });
    },
    setFull(value) {
      disk.full = value;
    },
    setUnreachable(value) {
      disk.unreachable = value;
    },
    // one process has the disk: there is nothing to be cut off from, and nobody to be fenced by
    setCut: () => {},
    isFenced: () => false,
    ownerOf: () => undefined,
    loseCommit: (nth) => disk.loseCommit(nth),
    get waiting() {
      return disk.waiting;
    },
  };
}

class Disk {
  readonly durable = memoryJournal();
  full = false;
  unreachable = false;
  readonly #parts: StoreParts;
  #batch: Waiting[] = [];
  #batches = 0;
  #syncing = false;
  #armed = 0;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#batch.length;
  }

  loseCommit(nth: number): void {
    this.#armed = nth;
  }

  append(one: Append, life: Life, onFatal: (why: string) => void): Promise<AppendResult> {
    if (!life.alive) return new Promise(() => {});
    if (this.unreachable) return Promise.reject(new JournalUnavailable('the simulated store is out of reach'));
    const answer = new Promise<AppendResult>((resolve, reject) => {
      this.#batch.push({ append: one, life, onFatal, resolve, reject });
    });
    if (!this.#syncing) this.#begin();
    return whileAlive(life, answer);
  }

  reading<T>(life: Life, read: () => Promise<T>): Promise<T> {
    if (this.unreachable) return Promise.reject(new JournalUnavailable('the simulated store is out of reach'));
    return whileAlive(life, read());
  }

  /** What a process had not synced when it died is on the platter or not; before the next process reads, that is settled. */
  died(life: Life): void {
    const mine = this.#batch.filter((waiting) => waiting.life === life);
    this.#batch = this.#batch.filter((waiting) => waiting.life !== life);
    const { chance, name } = this.#parts;
    if (mine.length === 0 || this.full || this.unreachable || chance(`${name} lost ${this.#batches}`) < 0.5) return;
    for (const { append } of mine) void this.#store(append);
  }

  #begin(): void {
    this.#syncing = true;
    const number = this.#batches++;
    const { time, chance, name } = this.#parts;
    time.after(between(chance, `${name} fsync ${number}`, 1, FSYNC_MS_MAX), () => void this.#commit());
  }

  async #commit(): Promise<void> {
    const now = this.#batch;
    this.#batch = [];
    if (this.#armed > 0 && now.length > 0 && --this.#armed === 0) await this.#loseAnswer(now);
    else for (const waiting of now) await this.#commitOne(waiting);
    this.#syncing = false;
    if (this.#batch.length > 0) this.#begin();
  }

  async #commitOne(waiting: Waiting): Promise<void> {
    if (this.full || this.unreachable) waiting.reject(new JournalUnavailable('the simulated disk cannot commit'));
    else waiting.resolve(await this.#store(waiting.append));
  }

  async #store(append: Append): Promise<AppendResult> {
    const result = await this.durable.append(append);
    if (result.kind === 'appended') this.#parts.onDurable(append, { by: '', fenced: false });
    return result;
  }

  /** The fsync fails: nobody knows whether the batch is on the platter, so the process has to exit (docs/money-rules.md, 8). */
  async #loseAnswer(now: readonly Waiting[]): Promise<void> {
    const { chance, name } = this.#parts;
    if (chance(`${name} on the platter ${this.#batches}`) < 0.5) for (const { append } of now) await this.#store(append);
    for (const { reject } of now) reject(new JournalUnavailable('the simulated disk has failed'));
    now[0]?.onFatal('DATABASE_FAILED');
  }
}
