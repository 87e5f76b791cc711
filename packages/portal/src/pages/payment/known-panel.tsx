import type { ReactElement } from 'react';
import { KnownSides } from '../../components/known-sides.tsx';
import { Panel } from '../../components/panel.tsx';
import { useActTexts } from '../../text/acts/act-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import type { OnePayment } from './one-payment.ts';
import { PAYMENT } from './payment-texts.ts';

/** What is known now, from whom. */
export function KnownPanel({ said }: { readonly said: OnePayment['said'] }): ReactElement | null {
  const texts = useTexts(PAYMENT);
  const { knownBy } = useActTexts();
  if (said === undefined) return null;
  return (
    <Panel title={texts.known}>
      <KnownSides said={said} names={knownBy} />
    </Panel>
  );
}
