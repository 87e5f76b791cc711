import type { Append, Attention, Claim, JournalEvent } from '@payment-manager/journal';

/** An append as it stands in the parameters of `append_batch`; the events' texts are what is stored. */
export interface BatchAppend {
  readonly append: Append;
  readonly bodies: readonly string[];
  readonly updatedAt: number;
  /** Where in the caller's list each claim stood. */
  readonly claimPlaces: readonly number[];
}

/** The parameters of `append_batch` after epoch and number, in order (see `journal/postgres-append.ts`). */
const COLUMNS = [
  'ids',
  'kinds',
  'labels',
  'expected',
  'events',
  'open',
  'attentions',
  'topics',
  'updated',
  'eventOps',
  'eventSeqs',
  'eventTypes',
  'eventAts',
  'bodies',
  'claimOps',
  'claimPlaces',
  'claimKinds',
  'claimScopes',
  'claimValues',
  'attentionOps',
  'attentionPlaces',
  'attentionLevels',
  'attentionCodes',
  'attentionReasons',
  'attentionSinces',
  'topicOps',
  'topicNames',
] as const;

type Column = (typeof COLUMNS)[number];
type Columns = { readonly [name in Column]: readonly (string | number | boolean)[] };

/** Divides texts that hold no control characters. */
export const DIVIDER = '\u001f';

/** Reads the appends of a batch. @throws RangeError when the statement has other parameters: teach the simulated server */
export function appendsOf(values: readonly unknown[]): readonly BatchAppend[] {
  if (values.length !== COLUMNS.length)
    throw new RangeError(`append_batch has ${values.length} columns, and the simulated PostgreSQL knows ${COLUMNS.length}`);
  const read = Object.fromEntries(
    COLUMNS.map((name, at) => [name, name === 'bodies' ? String(values[at]).split(DIVIDER) : arrayOf(String(values[at]))]),
  ) as unknown as Columns;
  return read.ids.map((_id, at) => appendAt(read, at));
}

/** PostgreSQL writes an array nearly as JSON does. */
function arrayOf(text: string): readonly (string | number | boolean)[] {
  const inner = text.slice(1, -1);
  if (inner === '') return [];
  return JSON.parse(`[${inner.replace(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}]`);
}

function appendAt(columns: Columns, at: number): BatchAppend {
  const of = (ops: readonly unknown[]): readonly number[] => ops.flatMap((op, place) => (op === at + 1 ? [place] : []));
  const text = (column: Column, place: number): string => String(columns[column][place]);
  const events = of(columns.eventOps);
  const claims = of(columns.claimOps);
  const bodies = events.map((place) => text('bodies', place));
  return {
    bodies,
    updatedAt: Number(columns.updated[at]),
    claimPlaces: claims.map((place) => Number(columns.claimPlaces[place])),
    append: {
      recordId: text('ids', at),
      kind: text('kinds', at),
      label: text('labels', at),
      expectedVersion: Number(columns.expected[at]),
      open: columns.open[at] === true,
      events: bodies.map((body) => JSON.parse(body) as JournalEvent),
      claims: claims.map((place): Claim => {
        return { kind: text('claimKinds', place), scope: text('claimScopes', place), value: text('claimValues', place) };
      }),
      attention: of(columns.attentionOps).map((place): Attention => {
        const level = text('attentionLevels', place) as Attention['level'];
        const [code, reason] = [text('attentionCodes', place), text('attentionReasons', place)];
        return { level, code, reason, since: Number(columns.attentionSinces[place]) };
      }),
      topics: of(columns.topicOps).map((place) => text('topicNames', place)),
    },
  };
}
