import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import styles from './connector.module.css';

/** Lines as the command line has them: `*` a start, `>` a request, `<` an answer, `~` an outcome, `=` a result. */
export function SaidLines({ label, lines }: { readonly label: string; readonly lines: readonly string[] }): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard
    <section className={`${shapes['mono']} ${styles['lines']}`} tabIndex={0} aria-label={label}>
      <pre>{lines.join('\n')}</pre>
    </section>
  );
}
