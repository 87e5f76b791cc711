import { decodeContent } from './chain-content.ts';
import type { Claimed, JournalSnapshot } from './journal-view.ts';

const buckets = 2 ** 16;
const page = 10_000;
const batchesPerPage = 200;

/**
 * Finds claims that no batch took: there are more of them than the chain says. Claims are counted in buckets, and only the
 * buckets that do not come out even are compared by name, so that memory does not grow with the journal.
 */
export async function insertedClaims(seen: JournalSnapshot, limit: number): Promise<readonly (Claimed & { readonly ordinal: number })[]> {
  const counts = new Int32Array(buckets);
  const count = (claim: Claimed, by: number): void => {
    counts[bucketOf(claim)] = (counts[bucketOf(claim)] as number) + by;
  };
  await eachStored(seen, (claim) => count(claim, 1));
  await eachChained(seen, (claim) => count(claim, -1));
  const suspects = new Map<string, Claimed & { readonly ordinal: number }>();
  await eachStored(seen, (claim) => {
    if (counts[bucketOf(claim)] !== 0) suspects.set(keyOf(claim), claim);
  });
  await eachChained(seen, (claim) => void suspects.delete(keyOf(claim)));
  return [...suspects.values()].slice(0, limit);
}

async function eachStored(seen: JournalSnapshot, take: (claim: Claimed & { readonly ordinal: number }) => void): Promise<void> {
  let last: Claimed | undefined;
  do {
    const claims: readonly (Claimed & { readonly ordinal: number })[] = await seen.claims(last, page);
    claims.forEach(take);
    last = claims.length === page ? claims.at(-1) : undefined;
  } while (last);
}

async function eachChained(seen: JournalSnapshot, take: (claim: Claimed) => void): Promise<void> {
  for (let position = 0; ; ) {
    const batches = await seen.batches(position, batchesPerPage);
    for (const { content } of batches) for (const append of decodeContent(content)?.appends ?? []) claimsOf(append[8]).forEach(take);
    const last = batches.at(-1);
    if (!last) return;
    position = last.position;
  }
}

/** Claims from the flat list of an append. */
export function claimsOf(texts: readonly string[]): readonly Claimed[] {
  const claims: Claimed[] = [];
  for (let at = 0; at + 2 < texts.length; at += 3)
    claims.push({ kind: texts[at] as string, scope: texts[at + 1] as string, value: texts[at + 2] as string });
  return claims;
}

function keyOf({ kind, scope, value }: Claimed): string {
  return JSON.stringify([kind, scope, value]);
}

/** FNV-1a over the characters; it need only spread. */
function bucketOf(claim: Claimed): number {
  let bits = 0x811c9dc5;
  for (const text of [claim.kind, claim.scope, claim.value])
    for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  return (bits ^ (bits >>> 16)) & (buckets - 1);
}
