import { type ReactElement, type ReactNode, useEffect } from 'react';
import { process } from '../app/process.ts';
import shapes from '../design/shapes.module.css';
import styles from './page-head.module.css';

interface PageHeadProps {
  readonly title: string;
  /** In a few words beside the title. */
  readonly aside?: ReactNode;
  /** Buttons, at the right. */
  readonly children?: ReactNode;
}

/** The title of a page, also of its tab in the browser. */
export function PageHead({ title, aside, children }: PageHeadProps): ReactElement {
  useEffect(() => {
    document.title = `${title} · ${process().fspId}`;
  }, [title]);
  return (
    <div className={styles['head']}>
      <div className={styles['titles']}>
        <h1>{title}</h1>
        {aside !== undefined && <span className={styles['aside']}>{aside}</span>}
      </div>
      {children !== undefined && <div className={`${shapes['line']} ${styles['actions']}`}>{children}</div>}
    </div>
  );
}
