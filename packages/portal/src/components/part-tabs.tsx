import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { inSight } from '../browser/in-sight.ts';
import styles from './part-tabs.module.css';

interface PartTabsProps<P extends string> {
  /** What they divide, for who does not see it. */
  readonly label: string;
  readonly parts: readonly { readonly part: P; readonly text: string; readonly count?: number }[];
  readonly current: P;
}

/** Parts of a page, one at a time; which one stands in the address as `part`. */
export function PartTabs<P extends string>({ label, parts, current }: PartTabsProps<P>): ReactElement {
  return (
    <nav className={styles['tabs']} aria-label={label}>
      {parts.map(({ part, text, count = 0 }) => (
        <Link
          key={part}
          ref={part === current ? inSight : undefined}
          to="."
          search={{ part }}
          className={styles['tab']}
          aria-current={part === current ? 'page' : undefined}
        >
          {text}
          {count > 0 && <span className={styles['count']}>{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
