import type { Append, AppendResult, Claim } from './journal.ts';
import { PRUNED_TYPE } from './prune/pruned.ts';

/**
 * An append as it crosses to the database's thread: one flat list of text and numbers, which is several times cheaper
 * to copy than the objects. The layout:
 *
 * `recordId, kind, label, expectedVersion, open (0|1), updatedAt,`
 * `number of events, (type, at, body)…, number of claims, (kind, scope, value)…, number of attentions, (level, code, reason, since)…`
 */
export type AppendOp = readonly (string | number)[];

/**
 * What comes back: `[version]` when it was appended, else `['version', version]` or `['claim', index, recordId]`.
 */
export type AppendReply = readonly [number] | readonly ['version', number] | readonly ['claim', number, string];

/** Events in one append; a flow makes a handful. */
const MAX_EVENTS = 1_000;

/**
 * Writes an append down. Bodies are turned into text here, once.
 *
 * @throws RangeError when the append is not of the journal's form: a new record needs an event.
 */
export function encodeAppend(append: Append): { op: AppendOp; bytes: number } {
  checkForm(append);
  const { recordId, kind, label, expectedVersion, open, events, claims = [], attention } = append;
  let bytes = 200;
  const last = events.at(-1);
  const op: (string | number)[] = [recordId, kind, label, expectedVersion, open ? 1 : 0, last ? last.at : 0, events.length];
  for (const event of events) {
    const body = JSON.stringify(event);
    bytes += body.length;
    op.push(event.type, event.at, body);
  }
  op.push(claims.length);
  for (const claim of claims) op.push(claim.kind, claim.scope, claim.value);
  op.push(attention.length);
  for (const { level, code, reason, since } of attention) op.push(level, code, reason, since);
  return { op, bytes };
}

/** @throws RangeError when an append is not of the journal's form. */
export function checkForm({ recordId, expectedVersion, events }: Append): void {
  if (recordId === '') throw new RangeError('a record has an id');
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) throw new RangeError(`not a version: ${expectedVersion}`);
  if (expectedVersion === 0 && events.length === 0) throw new RangeError('a new record has at least one event');
  if (events.length > MAX_EVENTS) throw new RangeError(`an append has at most ${MAX_EVENTS} events, not ${events.length}`);
  if (events.some(({ type }) => type === PRUNED_TYPE)) throw new RangeError(`an event of the type ${PRUNED_TYPE} is made by pruning alone`);
  if (events.some(({ type }) => type.includes('\u001f'))) throw new RangeError('the type of an event holds what divides hashed parts');
}

/** The result that a reply stands for; a claim is told by its index. */
export function decodeReply(reply: AppendReply, claims: readonly Claim[]): AppendResult {
  if (reply[0] === 'version') return { kind: 'version-conflict', version: reply[1] };
  if (reply[0] !== 'claim') return { kind: 'appended', version: reply[0] };
  const claim = claims[reply[1]];
  if (!claim) throw new RangeError(`the database names claim ${reply[1]} of ${claims.length}`);
  return { kind: 'claim-conflict', claim, recordId: reply[2] };
}
