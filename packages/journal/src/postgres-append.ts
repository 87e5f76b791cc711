import type { PostgresScript, Refusal } from '@payment-manager/database';
import { checkForm, decodeReply } from './append-op.ts';
import type { Append, AppendResult } from './journal.ts';
import { journalMigrations } from './postgres-schema.ts';

/** An append that was checked, with its events as text. */
export interface PostgresAppend {
  readonly append: Append;
  readonly bodies: readonly string[];
  readonly bytes: number;
}

/** Divides texts that hold no control characters, as JSON does not: splitting is cheaper than quoting, on both sides. */
export const DIVIDER = '\u001f';

/**
 * Checks an append and turns its events into text, once.
 *
 * @throws RangeError when it is not of the journal's form, or has what PostgreSQL cannot store: U+0000 or half a character
 *   in an id, a claim or a topic, or a time that is not a whole number.
 */
export function preparedAppend(append: Append): PostgresAppend {
  checkForm(append);
  const { recordId, kind, events, claims = [], topics = [], attention } = append;
  checkKey(recordId);
  checkKey(kind);
  for (const claim of claims) for (const text of [claim.kind, claim.scope, claim.value]) checkKey(text);
  for (const topic of topics) checkKey(topic);
  for (const { since } of attention) checkTime(since);
  let bytes = 200;
  const bodies = events.map((event) => {
    checkTime(event.at);
    checkKey(event.type);
    const body = JSON.stringify(event);
    bytes += body.length;
    return body;
  });
  return { append, bodies, bytes };
}

function checkKey(text: string): void {
  if (text.includes('\0') || text.includes(DIVIDER) || !text.isWellFormed()) throw new RangeError('an id holds what cannot be stored');
}

function checkTime(at: number): void {
  if (!Number.isSafeInteger(at)) throw new RangeError(`not an instant in whole milliseconds: ${at}`);
}

/** A column of a batch, written as the text of a PostgreSQL array. */
interface Column {
  text: string;
}

const NUMBERS = ['expected', 'events', 'attentions', 'topics', 'updated'] as const;

/** The columns in the order of `append_batch`'s parameters. */
function emptyBatch() {
  const column = (): Column => ({ text: '' });
  return {
    ids: column(),
    kinds: column(),
    labels: column(),
    expected: column(),
    events: column(),
    open: column(),
    attentions: column(),
    topics: column(),
    updated: column(),
    eventOps: column(),
    eventSeqs: column(),
    eventTypes: column(),
    eventAts: column(),
    bodies: [] as string[],
    claimOps: column(),
    claimPlaces: column(),
    claimKinds: column(),
    claimScopes: column(),
    claimValues: column(),
    attentionOps: column(),
    attentionPlaces: column(),
    attentionLevels: column(),
    attentionCodes: column(),
    attentionReasons: column(),
    attentionSinces: column(),
    topicOps: column(),
    topicNames: column(),
  };
}

function put(column: Column, value: number | boolean): void {
  column.text += column.text === '' ? value : `,${value}`;
}

/** Quoted as array elements are: only the quote and the backslash mean something. */
function putText(column: Column, value: string): void {
  const quoted = /["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value;
  column.text += column.text === '' ? `"${quoted}"` : `,"${quoted}"`;
}

/** What people read may hold U+0000, which PostgreSQL does not store: it is shown as a symbol. */
function putProse(column: Column, value: string): void {
  putText(column, value.includes('\0') ? value.replaceAll('\0', '\u2400') : value);
}

/** The parameters of `append_batch` from the third on. */
function encodeBatch(ops: readonly PostgresAppend[]): unknown[] {
  const batch = emptyBatch();
  for (const [index, op] of ops.entries()) putAppend(batch, index + 1, op);
  return Object.values(batch).map((column) => (Array.isArray(column) ? column.join(DIVIDER) : `{${column.text}}`));
}

function putAppend(batch: ReturnType<typeof emptyBatch>, op: number, { append, bodies }: PostgresAppend): void {
  const { recordId, kind, label, expectedVersion, events, open, attention } = append;
  const claims = distinct(append.claims ?? [], ({ kind: ofKind, scope, value }) => ofKind + DIVIDER + scope + DIVIDER + value);
  const topics = distinct(append.topics ?? [], (topic) => topic);
  putText(batch.ids, recordId);
  putText(batch.kinds, kind);
  putProse(batch.labels, label);
  put(batch.open, open);
  const values = [expectedVersion, events.length, attention.length, topics.length, events.at(-1)?.at ?? 0];
  for (const [place, name] of NUMBERS.entries()) put(batch[name], values[place] as number);
  for (const [place, event] of events.entries()) {
    put(batch.eventOps, op);
    put(batch.eventSeqs, expectedVersion + place + 1);
    putText(batch.eventTypes, event.type);
    put(batch.eventAts, event.at);
    batch.bodies.push(bodies[place] as string);
  }
  for (const [place, claim] of claims) {
    put(batch.claimOps, op);
    put(batch.claimPlaces, place);
    putText(batch.claimKinds, claim.kind);
    putText(batch.claimScopes, claim.scope);
    putText(batch.claimValues, claim.value);
  }
  for (const [place, { level, code, reason, since }] of attention.entries()) {
    put(batch.attentionOps, op);
    put(batch.attentionPlaces, place);
    putText(batch.attentionLevels, level);
    putProse(batch.attentionCodes, code);
    putProse(batch.attentionReasons, reason);
    put(batch.attentionSinces, since);
  }
  for (const [, topic] of topics) {
    put(batch.topicOps, op);
    putText(batch.topicNames, topic);
  }
}

/** Each thing once, with the place where it stood first. */
function distinct<T>(things: readonly T[], keyOf: (thing: T) => string): readonly (readonly [number, T])[] {
  const only = things[0];
  if (only === undefined) return [];
  if (things.length === 1) return [[0, only]];
  const firsts = new Map<string, readonly [number, T]>();
  for (const [place, thing] of things.entries()) {
    const key = keyOf(thing);
    if (!firsts.has(key)) firsts.set(key, [place, thing]);
  }
  return [...firsts.values()];
}

const parameters = Array.from({ length: 29 }, (_, n) => `$${n + 1}`).join(', ');

/** The journal for `openPostgres`. */
export const postgresScript: PostgresScript<PostgresAppend, AppendResult> = {
  room: 'journal',
  migrations: journalMigrations,
  batchStatement: { name: 'append', text: `SELECT append_batch(${parameters}) AS refusals` },
  encode: encodeBatch,
  keys: ({ append: { recordId, claims = [] } }) => [
    recordId,
    ...claims.map(({ kind, scope, value }) => `${kind}${DIVIDER}${scope}${DIVIDER}${value}`),
  ],
  result: ({ append }, refusal) => decodeReply(reply(append, refusal), append.claims ?? []),
};

function reply({ expectedVersion, events }: Append, refusal: Refusal | undefined): Parameters<typeof decodeReply>[0] {
  if (!refusal) return [expectedVersion + events.length];
  const [, why, number, recordId] = refusal;
  return why === 'version' ? ['version', number as number] : ['claim', number as number, recordId as string];
}
