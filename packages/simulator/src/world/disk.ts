import { type Append, type AppendResult, type Journal, JournalUnavailable, memoryJournal } from '@payment-manager/journal';
import type { VirtualTime } from '@payment-manager/runtime';
import { between, type Chance } from '../chance.ts';
import { type Life, whileAlive } from './life.ts';

export interface DiskParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  /** Called for each append in the instant in which it has become durable. */
  readonly onDurable: (append: Append) => void;
}

/**
 * The disk under a journal: appends that arrive within one fsync share the next one, and what is not synced is lost with the
 * process. The records are those of the journal's own memory implementation, so claims, versions and text are as everywhere.
 */
export interface SimulatedDisk {
  /** The journal as a process sees it; one that dies gets no more answers. */
  open(life: Life): Journal;
  /** While it is full commits fail; while it is out of reach, reads too. */
  setFull(full: boolean): void;
  setUnreachable(unreachable: boolean): void;
  /** Appends that wait for their fsync. */
  readonly waiting: number;
}

interface Waiting {
  readonly append: Append;
  readonly life: Life;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** An fsync takes up to so long. */
const FSYNC_MS_MAX = 12;

/** Makes an empty disk. */
export function simulatedDisk(parts: DiskParts): SimulatedDisk {
  const durable = memoryJournal();
  let batch: Waiting[] = [];
  let batches = 0;
  let syncing = false;
  let full = false;
  let unreachable = false;

  function begin(): void {
    syncing = true;
    const number = batches++;
    parts.time.after(between(parts.chance, `${parts.name} fsync ${number}`, 1, FSYNC_MS_MAX), () => void commit());
  }

  async function commit(): Promise<void> {
    const now = batch;
    batch = [];
    for (const waiting of now) {
      if (full || unreachable) {
        waiting.reject(new JournalUnavailable('the simulated disk cannot commit'));
        continue;
      }
      const result = await durable.append(waiting.append);
      if (result.kind === 'appended') parts.onDurable(waiting.append);
      waiting.resolve(result);
    }
    syncing = false;
    if (batch.length > 0) begin();
  }

  /** What a process had not synced when it died is on the platter or not; before the next process reads, that is settled. */
  function died(life: Life): void {
    const mine = batch.filter((waiting) => waiting.life === life);
    batch = batch.filter((waiting) => waiting.life !== life);
    if (mine.length === 0 || full || unreachable || parts.chance(`${parts.name} lost ${batches}`) < 0.5) return;
    for (const { append: one } of mine) {
      void durable.append(one).then((result) => {
        if (result.kind === 'appended') parts.onDurable(one);
      });
    }
  }

  function append(life: Life, one: Append): Promise<AppendResult> {
    if (!life.alive) return new Promise(() => {});
    if (unreachable) return Promise.reject(new JournalUnavailable('the simulated store is out of reach'));
    const answer = new Promise<AppendResult>((resolve, reject) => {
      batch.push({ append: one, life, resolve, reject });
    });
    if (!syncing) begin();
    return whileAlive(life, answer);
  }

  function reading<T>(life: Life, read: () => Promise<T>): Promise<T> {
    if (unreachable) return Promise.reject(new JournalUnavailable('the simulated store is out of reach'));
    return whileAlive(life, read());
  }

  return {
    open(life) {
      life.onDeath(() => died(life));
      return {
        append: (one) => append(life, one),
        load: (recordId) => reading(life, () => durable.load(recordId)),
        findByClaim: (claim) => reading(life, () => durable.findByClaim(claim)),
        openRecords: (limit, after) => reading(life, () => durable.openRecords(limit, after)),
        between: (query) => reading(life, () => durable.between(query)),
        attention: (query) => reading(life, () => durable.attention(query)),
        close: async () => {},
      };
    },
    setFull(value) {
      full = value;
    },
    setUnreachable(value) {
      unreachable = value;
    },
    get waiting() {
      return batch.length;
    },
  };
}
