import { Checkbox } from '@mantine/core';
import type { ReactElement } from 'react';
import { PopoverButton } from '../../components/popover-button.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { COLUMNS, toggleColumn, useColumns } from './columns.tsx';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';

/** Which columns the list has; kept in this browser. */
export function ColumnChoice(): ReactElement {
  const texts = useTexts(PAYMENTS);
  const chosen = useColumns().map(({ name }) => name);
  return (
    <PopoverButton icon="columns" text={texts.columns}>
      <div className={styles['checks']}>
        {COLUMNS.map(({ name }) => (
          <Checkbox key={name} size="xs" label={texts.column[name]} checked={chosen.includes(name)} onChange={() => toggleColumn(name)} />
        ))}
      </div>
    </PopoverButton>
  );
}
