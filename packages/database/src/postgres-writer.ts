import type { Clock } from '@payment-manager/runtime';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { independentBatches } from './postgres-batches.ts';
import { CODE_OF_FAILURE, postgresFailure } from './postgres-errors.ts';
import type { PostgresLink } from './postgres-link.ts';
import type { PostgresScript, Refusal } from './postgres-script.ts';
import { messageOf } from './sqlite-errors.ts';
import type { Failure, FromWorker } from './worker-protocol.ts';

export interface PostgresWriterOptions<Op, Result> {
  readonly link: PostgresLink;
  readonly script: PostgresScript<Op, Result>;
  readonly epoch: string;
  /** How long a batch whose answer was lost, or that could not be sent, may wait for the server to come back. */
  readonly patienceMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** A batch that was begun at this instant is stored; its transaction renewed the lease. */
  readonly onCommitted: (begunAtMs: number) => void;
}

type BatchOutcome = Extract<FromWorker, { kind: 'committed' }>;

export interface PostgresWriter {
  /** Number of the last batch that the server said is stored; 0: none. */
  readonly lastAcknowledged: number;
  write(ops: readonly unknown[]): Promise<BatchOutcome>;
  /**
   * Resolves when nothing of what was given up as unknown can be stored any more: it is stored by now, or never will be.
   * Goes behind the batch that is on its way, if there is one.
   */
  settle(): Promise<void>;
}

/** Races for a unique row and deadlocks: each time somebody else got on, so a few tries are enough. */
const TRIES_PER_BATCH = 8;

/**
 * Writes what came together: usually one statement, one round trip, one commit. Never rejects: each operation gets its
 * result or its failure.
 */
export function postgresWriter<Op, Result>(options: PostgresWriterOptions<Op, Result>): PostgresWriter {
  return new BatchWriter(options);
}

class BatchWriter<Op, Result> implements PostgresWriter {
  readonly #options: PostgresWriterOptions<Op, Result>;
  #lastBatch = 0;
  #lastAcknowledged = 0;

  constructor(options: PostgresWriterOptions<Op, Result>) {
    this.#options = options;
  }

  get lastAcknowledged(): number {
    return this.#lastAcknowledged;
  }

  async write(given: readonly unknown[]): Promise<BatchOutcome> {
    const { script, clock, patienceMs } = this.#options;
    const ops = given as readonly Op[];
    const results: unknown[] = new Array(ops.length);
    const failures = new Map<number, Failure>();
    const deadline = clock.monotonic() + patienceMs;
    for (const batch of independentBatches(ops, (op) => script.keys(op))) await this.#writeBatch(ops, batch, results, failures, deadline);
    return { kind: 'committed', results, failures };
  }

  async settle(): Promise<void> {
    const { link, epoch } = this.#options;
    await link.query({ text: 'SELECT refused FROM settle_batch($1, $2)', values: [epoch, this.#lastBatch] });
  }

  async #writeBatch(
    ops: readonly Op[],
    batch: readonly number[],
    results: unknown[],
    failures: Map<number, Failure>,
    deadline: number,
  ): Promise<void> {
    const { script } = this.#options;
    const members = batch.map((index) => ops[index] as Op);
    try {
      const refusals = new Map((await this.#commit(members, deadline)).map((refusal) => [refusal[0], refusal]));
      for (const [place, index] of batch.entries()) results[index] = script.result(members[place] as Op, refusals.get(place));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'DATABASE_OPERATION_FAILED' && batch.length > 1) {
        // One of them cannot be stored, and only it may fail: halves, until it is alone.
        const half = batch.length >> 1;
        await this.#writeBatch(ops, batch.slice(0, half), results, failures, deadline);
        await this.#writeBatch(ops, batch.slice(half), results, failures, deadline);
        return;
      }
      const told: Failure = failure.code === 'DATABASE_UNREACHABLE' ? { code: 'DATABASE_IN_DOUBT', message: failure.message } : failure;
      for (const index of batch) failures.set(index, told);
    }
  }

  /** Stores a batch whole, and gives its refusals. Rejects when it is not stored, or with `lost` when nobody knows. */
  async #commit(members: readonly Op[], deadline: number): Promise<readonly Refusal[]> {
    const { script, clock, onCommitted } = this.#options;
    const values = script.encode(members);
    for (let tries = 1; ; tries++) {
      const begunAtMs = clock.monotonic();
      const batch = ++this.#lastBatch;
      try {
        const refusals = await this.#send(batch, values);
        this.#lastAcknowledged = batch;
        onCommitted(begunAtMs);
        return refusals;
      } catch (error) {
        const failure = postgresFailure(error);
        if (failure === 'lost') {
          const settled = await this.#readBack(batch, deadline, error);
          if (settled) this.#lastAcknowledged = batch;
          if (settled) return settled;
          if (clock.monotonic() >= deadline) throw error;
        } else if (failure !== 'again' || tries >= TRIES_PER_BATCH) throw error;
      }
    }
  }

  async #send(batch: number, values: readonly unknown[]): Promise<readonly Refusal[]> {
    const { link, script, epoch } = this.#options;
    const { name, text } = script.batchStatement;
    const { rows } = await link.query<{ refusals: readonly Refusal[] | null }>({ name, text, values: [epoch, batch, ...values] });
    return rows[0]?.refusals ?? [];
  }

  /**
   * Reads back a batch whose answer was lost (docs/money-rules.md, 7). Undefined: it is not stored and never will be, so it may be
   * sent again. Rejects with the first error when the server does not come back in time.
   */
  async #readBack(batch: number, deadline: number, lost: unknown): Promise<readonly Refusal[] | undefined> {
    const { link, epoch, clock } = this.#options;
    for (;;) {
      if (!(await link.whenUp(deadline - clock.monotonic()))) throw lost;
      try {
        const { rows } = await link.query<{ refused: readonly Refusal[] | null }>({
          text: 'SELECT refused FROM settle_batch($1, $2)',
          values: [epoch, batch],
        });
        return rows.length === 0 ? undefined : (rows[0]?.refused ?? []);
      } catch (error) {
        const failure = postgresFailure(error);
        if ((failure !== 'lost' && failure !== 'again') || clock.monotonic() >= deadline) throw lost;
      }
    }
  }
}

/** How a failed statement is told. A message of the server may quote a value, so only its first line is, and never its detail. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DatabaseUnavailable) return { code: error.code, message: error.message };
  const code = CODE_OF_FAILURE[postgresFailure(error)];
  return { code, message: `A batch was not stored, or its answer was lost: ${messageOf(error).split('\n', 1)[0]}.` };
}
