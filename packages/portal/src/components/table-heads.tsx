import type { ReactElement } from 'react';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import styles from './table-heads.module.css';

/** Heads of a table’s columns; with `acts` a last one for buttons, which only who does not see it is told of. */
export function TableHeads({ names, acts = false }: { readonly names: readonly string[]; readonly acts?: boolean }): ReactElement {
  const { act } = useFrameTexts();
  return (
    <>
      {names.map((name) => (
        <th key={name}>{name}</th>
      ))}
      {acts && (
        <th className={styles['acts']} data-acts>
          <span className="visually-hidden">{act.buttons}</span>
        </th>
      )}
    </>
  );
}
