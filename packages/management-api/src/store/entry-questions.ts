import type { EntryQuery, StoredEntry } from './management-store.ts';

/** A statement with `$1`, `$2`, … and its values. */
export interface Question {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

const COLUMNS = 'seq, at, actor, action, target, text, hash';

/** Values are never part of a statement’s text. */
export function entriesQuestion({ below, limit, actor, action, target, from, to }: EntryQuery): Question {
  const values: (string | number)[] = [];
  const when = (column: string, compare: '=' | '<' | '>=', value: string | number | undefined): string[] => {
    if (value === undefined) return [];
    values.push(value);
    return [`${column} ${compare} $${values.length}`];
  };
  const conditions = [
    ...when('seq', '<', below),
    ...when('actor', '=', actor),
    ...when('action', '=', action),
    ...when('target', '=', target),
    ...when('at', '>=', from),
    ...when('at', '<', to),
  ];
  values.push(limit);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return { text: `SELECT ${COLUMNS} FROM mgmt_audit${where} ORDER BY seq DESC LIMIT $${values.length}`, values };
}

/** Entries by number, the oldest first. */
export function chainQuestion(after: number, limit: number): Question {
  return { text: `SELECT ${COLUMNS} FROM mgmt_audit WHERE seq > $1 ORDER BY seq LIMIT $2`, values: [after, limit] };
}

/** An entry from a row of either database. */
export function readEntry(row: Readonly<Record<string, unknown>>): StoredEntry {
  const text = (name: string): string => String(row[name]);
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    actor: text('actor'),
    action: text('action'),
    target: text('target'),
    text: text('text'),
    hash: text('hash'),
  };
}
