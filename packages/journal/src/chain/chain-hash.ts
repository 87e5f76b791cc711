import { hash } from 'node:crypto';

/**
 * What is hashed, and how, byte for byte. `append_batch` in PostgreSQL makes the same (`postgres-batch.ts`), and whoever
 * verifies makes it once more. A hash is SHA-256, written in base64 (44 characters); text is hashed as UTF-8. The parts of
 * what is hashed are divided by U+001F, which none but the last can hold.
 */

/** Divides the parts of what is hashed. */
export const UNIT = '\u001f';
/** Divides rows. */
const ROW_END = '\u001e';

/** SHA-256 of a text, in base64. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64');
}

/** Where the chain of a record begins: bound to its id and its kind, so that no record can stand for another. */
export function recordStart(recordId: string, kind: string): string {
  return sha256(`record${UNIT}${kind}${UNIT}${recordId}`);
}

/** An event as it is hashed after the hash of the one before it. */
export function hashedEvent(at: number | string, type: string, body: string): string {
  return `${at}${UNIT}${type}${UNIT}${body}`;
}

/** The hash of an event, over the one before it in its record (the first: over `recordStart`) and `hashedEvent`. */
export function eventHash(previous: string, event: string): string {
  return sha256(`${previous}${UNIT}${event}`);
}

/**
 * A claim is stored and looked up as a key of fixed length: the first 16 bytes of SHA-256 over its parts, in hex. Any length and any character will do, and
 * what a DFSP or a peer called something does not stay behind. The lengths in bytes go before, so that no two claims are written alike.
 *
 * Two claims with the same key would be taken for one: the later is refused, no money moves. To find two takes some 2^64 tries.
 */
export function claimKeyOf(kind: string, scope: string, value: string): string {
  const text = `claim${UNIT}${Buffer.byteLength(kind)}${UNIT}${Buffer.byteLength(scope)}${UNIT}${kind}${UNIT}${scope}${UNIT}${value}`;
  return hash('sha256', text, 'hex').slice(0, 32);
}

/** What needs a person, as it is stored: `[level, code, reason, since]` in the order of the rows. None: the empty text. */
export function attentionHash(rows: readonly (readonly [level: string, code: string, reason: string, since: number])[]): string {
  if (rows.length === 0) return '';
  // A reason may hold any character, so its length in bytes goes before it.
  return sha256(
    rows.map(([level, code, reason, since]) => [since, level, code, Buffer.byteLength(reason), reason].join(UNIT)).join(ROW_END),
  );
}

/** What a batch's hash is over, besides the one before it. */
export interface HashedBatch {
  /** Who wrote it: a replica's epoch; in SQLite always `1`. */
  readonly writer: string;
  /** From 1, one after the other for each writer. */
  readonly number: number;
  /** The order of all batches, whoever wrote them: what a batch could see stands before it. */
  readonly position: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly at: number;
  /** All that the batch did, as JSON (`ChainContent`). */
  readonly content: string;
}

/** The hash of a batch; `previous` is that of the writer's batch before it, for the first one the empty text. */
export function batchHash(previous: string, { writer, number, position, at, content }: HashedBatch): string {
  return sha256(`batch${UNIT}${previous}${UNIT}${writer}${UNIT}${number}${UNIT}${position}${UNIT}${at}${UNIT}${content}`);
}

/**
 * One append, as a batch of the chain lists it:
 *
 * `[ordinal, nth, before, open, label, updatedAt, attention, events, claims]`, and for a new record `recordId, kind` behind it.
 *
 * - `nth`: which append of the record it is, from 1. `before`: how many events the record had.
 * - `open` (0 or 1), `label`, `updatedAt` and `attention` (`attentionHash`): as they are after it.
 * - `events`: the hash of each event that it added.
 * - `claims`: the keys (`claimKeyOf`) of those that it took, not of those that the record held already.
 */
export type ChainedAppend = readonly [
  ordinal: number,
  nth: number,
  before: number,
  open: 0 | 1,
  label: string,
  updatedAt: number,
  attention: string,
  events: readonly string[],
  claims: readonly string[],
  recordId?: string,
  kind?: string,
];

/**
 * A record that was pruned: how many events it had, and the hash of the event that stands in their place, over that of the last
 * of them (`eventHash`).
 */
export type ChainedPrune = readonly [ordinal: number, version: number, hash: string];

/** The last batch of a writer, as another one saw it: that ties the writers' chains together. */
export type ChainedHead = readonly [writer: string, number: number, hash: string];

/** All that one batch did. */
export interface ChainContent {
  readonly appends: readonly ChainedAppend[];
  readonly prunes?: readonly ChainedPrune[];
  /** What the writer saw of the others: in its first batch, and now and then. */
  readonly ties?: readonly ChainedHead[];
}

/** The chain's content as it is stored and hashed. */
export function encodeContent(appends: readonly string[], prunes: readonly ChainedPrune[]): string {
  return `{"appends":[${appends.join()}]${prunes.length === 0 ? '' : `,"prunes":${JSON.stringify(prunes)}`}}`;
}

/** Undefined when a text is not the content of a batch. */
export function decodeContent(text: string): ChainContent | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { appends, prunes = [], ties = [] } = content as Partial<ChainContent>;
  return [appends, prunes, ties].every(isListOfLists) ? (content as ChainContent) : undefined;
}

function isListOfLists(value: unknown): boolean {
  return Array.isArray(value) && value.every((member) => Array.isArray(member));
}
