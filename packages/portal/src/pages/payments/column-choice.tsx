import type { ReactElement } from 'react';
import { PopoverButton } from '../../components/popover-button.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { COLUMNS, toggleColumn, useColumns } from './columns.tsx';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';

/** Which columns the list has; kept in this browser. Plain boxes: this page is loaded first. */
export function ColumnChoice(): ReactElement {
  const texts = useTexts(PAYMENTS);
  const chosen = useColumns().map(({ name }) => name);
  return (
    <PopoverButton icon="columns" text={texts.columns}>
      <div className={styles['checks']}>
        {COLUMNS.map(({ name }) => (
          <label key={name} className={styles['column']}>
            <input type="checkbox" className={shapes['tick']} checked={chosen.includes(name)} onChange={() => toggleColumn(name)} />
            {texts.column[name]}
          </label>
        ))}
      </div>
    </PopoverButton>
  );
}
