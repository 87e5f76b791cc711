import type { ReactElement, ReactNode } from 'react';
import styles from './table.module.css';

interface TableProps {
  /** What it shows, for who does not see it. */
  readonly label: string;
  /** Heads of the columns; of numbers with `data-number`. */
  readonly head: ReactNode;
  readonly children: ReactNode;
}

/** A table of some rows; wider than the page, it scrolls by itself. */
export function Table({ label, head, children }: TableProps): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard
    <section className={styles['wrap']} tabIndex={0} aria-label={label}>
      <table className={styles['table']}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
