import type { ReactElement } from 'react';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';

const SIDES = ['hub', 'us', 'core'] as const;

/** What is known now, from whom; in the product's own words. */
export function KnownPanel({ known }: { readonly known: OnePayment['known'] }): ReactElement | null {
  const texts = useTexts(PAYMENT);
  if (known === undefined) return null;
  return (
    <Panel title={texts.known}>
      <dl className={styles['facts']}>
        {SIDES.map((side) => (
          <div key={side}>
            <dt>{texts.knownBy[side]}</dt>
            <dd lang="en">
              {known[side].map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
