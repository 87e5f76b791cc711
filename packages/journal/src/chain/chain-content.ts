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
