import { batchHash, type ChainedHead } from './chain-hash.ts';
import type { JournalSnapshot, StoredBatch } from './journal-view.ts';
import type { BatchName, Problem } from './verdict.ts';

/** What was seen of each writer so far. */
export interface WriterEnds {
  readonly ends: ReadonlyMap<string, Pick<StoredBatch, 'number' | 'hash' | 'position' | 'at'>>;
  /** The last batch of each writer that another one named, and who did. */
  readonly tied: ReadonlyMap<string, { readonly number: number; readonly by: BatchName }>;
}

/** Follows the chain of each writer, batch after batch. */
export interface BatchCheck extends WriterEnds {
  /** The problem of a batch that does not follow from the one before it. */
  follow(batch: StoredBatch): Problem | undefined;
  /** The problem of a tie to a batch that is not there, or is another one. */
  tie(ties: readonly ChainedHead[], batch: StoredBatch, seen: JournalSnapshot): Promise<Problem | undefined>;
}

/** Begins before the first batch of any writer. */
export function batchCheck(): BatchCheck {
  const ends = new Map<string, Pick<StoredBatch, 'number' | 'hash' | 'position' | 'at'>>();
  const tied = new Map<string, { number: number; by: BatchName }>();
  return {
    ends,
    tied,
    follow(batch) {
      const { writer, number, hash, position, at } = batch;
      const end = ends.get(writer);
      const wanted = (end?.number ?? 0) + 1;
      if (number > wanted) return missing(writer, wanted, `the next one there is ${number}`, nameOf(batch));
      if (number < wanted) return altered(batch, `it stands behind batch ${wanted - 1} of the same writer`);
      const expected = batchHash(end?.hash ?? '', batch);
      if (expected !== hash)
        return { ...altered(batch, 'its content or its hash was changed, or that of the one before'), expected, found: hash };
      ends.set(writer, { number, hash, position, at });
      return undefined;
    },
    async tie(ties, batch, seen) {
      for (const [writer, number, expected] of ties) {
        const found = await seen.hashOf(writer, number);
        if (found === undefined) return missing(writer, number, 'another writer saw it', nameOf(batch));
        if (found !== expected) {
          const { writer: by, number: byNumber } = batch;
          return {
            ...altered({ ...batch, writer, number }, `batch ${byNumber} of writer ${by} saw another one in its place`),
            expected,
            found,
          };
        }
        if (number > (tied.get(writer)?.number ?? 0)) tied.set(writer, { number, by: nameOf(batch) });
      }
      return undefined;
    },
  };
}

/**
 * Compares the ends of the chains with what the writers keep of them, and those of writers that are gone with what the
 * others saw of them.
 */
export function checkEnds({ ends, tied }: WriterEnds, kept: readonly ChainedHead[] | undefined): readonly Problem[] {
  const problems: Problem[] = [];
  const living = new Map(kept?.map(([writer, number, hash]) => [writer, { number, hash }]));
  for (const [writer, { number, hash }] of living) {
    const end = ends.get(writer);
    if (number > (end?.number ?? 0)) problems.push(missing(writer, (end?.number ?? 0) + 1, `its chain ended with ${number}`));
    else if (end && (end.number !== number || end.hash !== hash)) problems.push(inserted(writer, number + 1, end));
  }
  for (const [writer, end] of kept ? ends : []) {
    const last = tied.get(writer)?.number ?? 0;
    if (!living.has(writer) && end.number > last) problems.push(inserted(writer, last + 1, end));
  }
  return problems;
}

/** How a problem tells a batch. */
export function nameOf({ writer, number, position, at }: BatchName): BatchName {
  return { writer, number, position, at };
}

function altered(batch: StoredBatch, why: string): Problem {
  const { writer, number } = batch;
  return {
    code: 'BATCH_ALTERED',
    message: `Batch ${number} of writer ${writer} is not the one that was written: ${why}.`,
    batch: nameOf(batch),
  };
}

function missing(writer: string, number: number, why: string, batch?: BatchName): Problem {
  return {
    code: 'BATCH_MISSING',
    message: `Batch ${number} of writer ${writer} is not in its place: ${why}.`,
    ...(batch ? { batch } : {}),
  };
}

function inserted(writer: string, number: number, end: Omit<BatchName, 'writer'>): Problem {
  const message = `Batch ${number} of writer ${writer} was slipped in: its chain had ended before.`;
  return { code: 'BATCH_INSERTED', message, batch: nameOf({ ...end, writer }) };
}
