import { type ChainedHead, sha256, UNIT } from './chain-hash.ts';
import type { JournalSnapshot } from './journal-view.ts';
import type { Problem } from './verdict.ts';

/**
 * The ends of the chain at one instant: of each writer that lives, and of each that ended and that no other one has named
 * yet. All batches that were there then stand before them, through the writers' own chains and through the ties.
 */
export interface ChainHeads {
  /** The last position that was there. */
  readonly position: number;
  /** A writer that has written nothing yet has the number 0. */
  readonly heads: readonly ChainedHead[];
}

/** What is kept outside, so that a journal that was rewritten from end to end shows, too. */
export interface Anchor extends ChainHeads {
  /** When, as ISO 8601 text. */
  readonly at: string;
  /** SHA-256 over the position and the heads, in base64: short enough to be printed or published. */
  readonly digest: string;
}

/** The anchor of the chain's ends. */
export function anchorOf({ position, heads }: ChainHeads, at: string): Anchor {
  return { at, position, heads, digest: digestOf({ position, heads }) };
}

function digestOf({ position, heads }: ChainHeads): string {
  return sha256(['anchor', position, ...heads.flat()].join(UNIT));
}

/** An anchor from a line of JSON. Undefined: it is none, or was damaged. */
export function readAnchor(line: string): Anchor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { at, position, heads, digest } = (value ?? {}) as Partial<Anchor>;
  if (typeof at !== 'string' || typeof position !== 'number' || !Array.isArray(heads) || !heads.every(isHead)) return undefined;
  const anchor = anchorOf({ position, heads }, at);
  return anchor.digest === digest ? anchor : undefined;
}

function isHead(head: unknown): head is ChainedHead {
  return Array.isArray(head) && typeof head[0] === 'string' && Number.isSafeInteger(head[1]) && typeof head[2] === 'string';
}

/** The first anchor that the journal does not meet. Anchors come oldest first. */
export async function unmetAnchor(anchors: AsyncIterable<Anchor>, seen: JournalSnapshot): Promise<Problem | undefined> {
  const met = new Map<string, string>();
  let before: Anchor | undefined;
  for await (const anchor of anchors) {
    for (const [writer, number, expected] of anchor.heads) {
      if (number === 0 || met.get(writer) === expected) continue;
      const found = await seen.hashOf(writer, number);
      if (found !== expected) return unmet(anchor, before, [writer, number, expected], found);
      met.set(writer, expected);
    }
    before = anchor;
  }
  return undefined;
}

function unmet(anchor: Anchor, before: Anchor | undefined, [writer, number, expected]: ChainedHead, found: string | undefined): Problem {
  const what =
    found === undefined
      ? 'is not there: the end of the journal was cut off, or it is an older copy'
      : 'is another one: the journal was rewritten';
  const until = before ? `Up to the anchor of ${before.at} it is the one that was anchored.` : 'It meets none of the anchors.';
  const message = `Batch ${number} of writer ${writer}, anchored at ${anchor.at}, ${what}. ${until}`;
  return { code: 'ANCHOR_UNMET', message, expected, ...(found === undefined ? {} : { found }) };
}

/** Whether a batch was there when the anchor was made. */
export function standsBefore(anchor: ChainHeads | undefined): (batch: { writer: string; number: number; position: number }) => boolean {
  if (!anchor) return () => false;
  const heads = new Map(anchor.heads.map(([writer, number]) => [writer, number]));
  return ({ writer, number, position }) => position <= anchor.position && number <= (heads.get(writer) ?? number);
}
