import { type RefObject, useLayoutEffect, useState } from 'react';

/** Rows drawn above and below those in sight: a wheel or a finger finds them there. */
const AROUND = 8;

/** Rows from `first` to before `end`. */
export interface RowSpan {
  readonly first: number;
  readonly end: number;
}

/** Which of `count` rows are drawn, where `rows` of them are in sight from `row` on: those, and some around. */
export function rowsDrawn(count: number, row: number, rows: number): RowSpan {
  const end = Math.min(count, row + rows + AROUND);
  return { first: Math.max(0, Math.min(row, end) - AROUND), end };
}

/** A list of rows of one height: the indexes that are drawn, where each begins, and how high all of it is. */
export interface RowWindow {
  readonly indexes: readonly number[];
  startOf(index: number): number;
  readonly heightPx: number;
}

/** Follows how a list is scrolled, and how high it is; the component is drawn anew when other rows come into sight, not at each pixel. */
export function useRowWindow(scroll: RefObject<HTMLElement | null>, count: number, rowPx: number): RowWindow {
  const [sight, setSight] = useState({ row: 0, rows: 0 });
  useLayoutEffect(() => {
    const list = scroll.current;
    if (list === null) return;
    const look = (): void => {
      const row = Math.floor(list.scrollTop / rowPx);
      const rows = Math.ceil(list.clientHeight / rowPx) + 1;
      setSight((before) => (before.row === row && before.rows === rows ? before : { row, rows }));
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(list);
    list.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      list.removeEventListener('scroll', look);
    };
  }, [scroll, rowPx]);
  const { first, end } = rowsDrawn(count, sight.row, sight.rows);
  return {
    indexes: Array.from({ length: end - first }, (_, at) => first + at),
    startOf: (index) => index * rowPx,
    heightPx: count * rowPx,
  };
}
