import type { ReactElement, ReactNode } from 'react';
import shapes from '../design/shapes.module.css';
import styles from './panel.module.css';

interface PanelProps {
  readonly title?: string;
  /** Beside the title, at the right. */
  readonly aside?: ReactNode;
  /** Without distance to its edges, as tables are. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A part of a page that belongs together. */
export function Panel({ title, aside, flush = false, children }: PanelProps): ReactElement {
  return (
    <section className={`${shapes['surface']} ${styles['panel']}`}>
      {title !== undefined && (
        <header className={styles['title']}>
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      <div className={flush ? undefined : styles['body']}>{children}</div>
    </section>
  );
}
