import { decodeContent } from './chain-hash.ts';
import type { Claimed, JournalSnapshot } from './journal-view.ts';

const BUCKETS = 2 ** 16;
const PAGE = 10_000;
const BATCHES_PER_PAGE = 200;

/**
 * Finds claims that no batch took: there are more of them than the chain says. Claims are counted in buckets, and only the
 * buckets that do not come out even are compared by their keys, so that memory does not grow with the journal.
 */
export async function insertedClaims(seen: JournalSnapshot, limit: number): Promise<readonly Claimed[]> {
  const counts = new Int32Array(BUCKETS);
  const count = (key: string, by: number): void => {
    counts[bucketOf(key)] = (counts[bucketOf(key)] as number) + by;
  };
  await eachStored(seen, ({ key }) => count(key, 1));
  await eachChained(seen, (key) => count(key, -1));
  const suspects = new Map<string, Claimed>();
  await eachStored(seen, (claim) => {
    if (counts[bucketOf(claim.key)] !== 0) suspects.set(claim.key, claim);
  });
  await eachChained(seen, (key) => void suspects.delete(key));
  return [...suspects.values()].slice(0, limit);
}

async function eachStored(seen: JournalSnapshot, take: (claim: Claimed) => void): Promise<void> {
  let last: string | undefined;
  do {
    const claims: readonly Claimed[] = await seen.claims(last, PAGE);
    claims.forEach(take);
    last = claims.length === PAGE ? claims.at(-1)?.key : undefined;
  } while (last !== undefined);
}

async function eachChained(seen: JournalSnapshot, take: (key: string) => void): Promise<void> {
  for (let position = 0; ; ) {
    const batches = await seen.batches(position, BATCHES_PER_PAGE);
    for (const { content } of batches) for (const append of decodeContent(content)?.appends ?? []) append[8].forEach(take);
    const last = batches.at(-1);
    if (!last) return;
    position = last.position;
  }
}

/** Keys are hashes: their beginning spreads. */
function bucketOf(key: string): number {
  return Number.parseInt(key.slice(0, 4), 16) & (BUCKETS - 1);
}
