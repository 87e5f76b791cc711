import type { ReactElement, ReactNode } from 'react';
import styles from './mark.module.css';

/** `good`: it is done. `wait`: it goes on. `open`: nobody knows yet. `bad`: it failed. `still`: nothing more comes. */
export type Tone = 'good' | 'wait' | 'open' | 'bad' | 'still';

/** How something stands, in a word; the colour only repeats it. */
export function Mark({
  tone,
  children,
  title,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly title?: string;
}): ReactElement {
  return (
    <span className={styles['mark']} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
