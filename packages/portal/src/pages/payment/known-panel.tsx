import type { ReactElement } from 'react';
import { KnownSides } from '../../components/known-sides.tsx';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';

/** What is known now, from whom; in the product's own words. */
export function KnownPanel({ known }: { readonly known: OnePayment['known'] }): ReactElement | null {
  const texts = useTexts(PAYMENT);
  if (known === undefined) return null;
  return (
    <Panel title={texts.known}>
      <KnownSides known={known} names={texts.knownBy} className={styles['facts']} />
    </Panel>
  );
}
