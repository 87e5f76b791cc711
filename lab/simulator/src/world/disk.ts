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
  const durable = memoryJournal();
  let batch: Waiting[] = [];
  let batches = 0;
  let syncing = false;
  let full = false;
  let unreachable = false;
  let armed = 0;

  function begin(): void {
    syncing = true;
    const number = batches++;
    parts.time.after(between(parts.chance, `${parts.name} fsync ${number}`, 1, FSYNC_MS_MAX), () => void commit());
  }

  async function commit(): Promise<void> {
    const now = batch;
    batch = [];
    if (armed > 0 && now.length > 0 && --armed === 0) await loseAnswer(now);
    else for (const waiting of now) await commitOne(waiting);
    syncing = false;
    if (batch.length > 0) begin();
  }

  async function commitOne(waiting: Waiting): Promise<void> {
    if (full || unreachable) waiting.reject(new JournalUnavailable('the simulated disk cannot commit'));
    else waiting.resolve(await store(waiting.append));
  }

  async function store(append: Append): Promise<AppendResult> {
    const result = await durable.append(append);
    if (result.kind === 'appended') parts.onDurable(append, { by: '', fenced: false });
    return result;
  }

  /** The fsync fails: nobody knows whether the batch is on the platter, so the process has to exit (docs/money-rules.md, 8). */
  async function loseAnswer(now: readonly Waiting[]): Promise<void> {
    if (parts.chance(`${parts.name} on the platter ${batches}`) < 0.5) for (const { append } of now) await store(append);
    for (const { reject } of now) reject(new JournalUnavailable('the simulated disk has failed'));
    now[0]?.onFatal('DATABASE_FAILED');
  }

  /** What a process had not synced when it died is on the platter or not; before the next process reads, that is settled. */
  function died(life: Life): void {
    const mine = batch.filter((waiting) => waiting.life === life);
    batch = batch.filter((waiting) => waiting.life !== life);
    if (mine.length === 0 || full || unreachable || parts.chance(`${parts.name} lost ${batches}`) < 0.5) return;
    for (const { append } of mine) void store(append);
  }

  function append(one: Append, life: Life, onFatal: (why: string) => void): Promise<AppendResult> {
    if (!life.alive) return new Promise(() => {});
    if (unreachable) return Promise.reject(new JournalUnavailable('the simulated store is out of reach'));
    const answer = new Promise<AppendResult>((resolve, reject) => {
      batch.push({ append: one, life, onFatal, resolve, reject });
    });
    if (!syncing) begin();
    return whileAlive(life, answer);
  }

  function reading<T>(life: Life, read: () => Promise<T>): Promise<T> {
    if (unreachable) return Promise.reject(new JournalUnavailable('the simulated store is out of reach'));
    return whileAlive(life, read());
  }

  return {
    open({ life, onFatal }) {
      life.onDeath(() => died(life));
      return Promise.resolve({
        append: (one) => append(one, life, onFatal),
        load: (recordId) => reading(life, () => durable.load(recordId)),
        findByClaim: (claim) => reading(life, () => durable.findByClaim(claim)),
        openRecords: (limit, after) => reading(life, () => durable.openRecords(limit, after)),
        between: (query) => reading(life, () => durable.between(query)),
        attention: (query) => reading(life, () => durable.attention(query)),
        close: async () => {},
      });
    },
    setFull(value) {
      full = value;
    },
    setUnreachable(value) {
      unreachable = value;
    },
    // one process has the disk: there is nothing to be cut off from, and nobody to be fenced by
    setCut: () => {},
    isFenced: () => false,
    ownerOf: () => undefined,
    loseCommit(nth) {
      armed = nth;
    },
    get waiting() {
      return batch.length;
    },
  };
}
