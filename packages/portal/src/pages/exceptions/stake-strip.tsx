import type { ShownException } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { sumOf } from '../payments/currency-sums.ts';
import { atStake } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';

/** How much money waits, by currency. Nothing of it is called paid. */
export function StakeStrip({ rows }: { readonly rows: readonly ShownException[] }): ReactElement | null {
  const texts = useTexts(EXCEPTIONS);
  const { amount, count } = useFormats();
  const stakes = atStake(rows);
  if (stakes.length === 0) return null;
  return (
    <ul className={`${shapes['sideways']} ${styles['stakes']}`} aria-label={texts.atStake}>
      {stakes.map(({ currency, amounts }) => (
        <li key={currency} className={`${shapes['surface']} ${styles['stake']}`}>
          <strong>{amount(sumOf(amounts), currency)}</strong>
          <small>{amounts.length === 1 ? texts.stakeOne : texts.stakeOf(count(amounts.length))}</small>
        </li>
      ))}
    </ul>
  );
}
