import type { ReactElement, ReactNode } from 'react';
import styles from './facts.module.css';

/** Names with what is known of each. */
export function Facts({ children }: { readonly children: ReactNode }): ReactElement {
  return <dl className={styles['facts']}>{children}</dl>;
}

/** One of them. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
