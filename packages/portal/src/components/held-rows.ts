import { useEffect, useRef } from 'react';

/** A row as it is shown; `gone`: it is in the list no more, and stands there until nobody's hand is on it. */
export interface HeldRow<T> {
  readonly row: T;
  readonly gone: boolean;
}

/**
 * What is shown of a list that somebody's hand is on: rows stay where they are, with what they say now; those that left are marked; new ones wait,
 * counted in `fresh`. Held by nobody, it is the list as it is.
 */
export function heldRows<T>(
  before: readonly HeldRow<T>[],
  now: readonly T[],
  keyOf: (row: T) => string,
  held: boolean,
): { readonly rows: readonly HeldRow<T>[]; readonly fresh: number } {
  if (!held) return { rows: now.map((row) => ({ row, gone: false })), fresh: 0 };
  const current = new Map(now.map((row) => [keyOf(row), row]));
  const rows = before.map(({ row }) => {
    const found = current.get(keyOf(row));
    return found === undefined ? { row, gone: true } : { row: found, gone: false };
  });
  const shown = new Set(before.map(({ row }) => keyOf(row)));
  return { rows, fresh: now.filter((row) => !shown.has(keyOf(row))).length };
}

/** The same for a component; another `list` (another filter) is shown at once. */
export function useHeldRows<T>(list: string, now: readonly T[], keyOf: (row: T) => string, held: boolean) {
  const last = useRef<{ readonly list: string; readonly rows: readonly HeldRow<T>[] }>({ list, rows: [] });
  const before = last.current.list === list ? last.current.rows : [];
  const shown = heldRows(before, now, keyOf, held && before.length > 0);
  useEffect(() => {
    last.current = { list, rows: shown.rows };
  });
  return { ...shown, showFresh: () => (last.current = { list, rows: [] }) };
}
