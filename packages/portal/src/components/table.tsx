import { type ReactElement, type ReactNode, useLayoutEffect, useRef } from 'react';
import styles from './table.module.css';

interface TableProps {
  /** What it shows, for who does not see it. */
  readonly label: string;
  /** Heads of the columns; of numbers with `data-number`. */
  readonly head: ReactNode;
  /** It stays a table on a phone, too, and is scrolled: many rows that are compared with each other. Else each row becomes a card there. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A table of some rows. On a phone each row is a card, in which every value has the head of its column before it. */
export function Table({ label, head, wide = false, children }: TableProps): ReactElement {
  const table = useRef<HTMLTableElement>(null);
  // the style puts them before the values: cells need not know in which column they stand
  useLayoutEffect(() => {
    for (const [at, cell] of [...(table.current?.tHead?.rows[0]?.cells ?? [])].entries())
      table.current?.style.setProperty(`--head-${at + 1}`, cell.dataset['acts'] === undefined ? JSON.stringify(cell.textContent) : '""');
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard
    <section className={styles['wrap']} data-stacks={!wide} tabIndex={0} aria-label={label}>
      <table ref={table} className={styles['table']}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
