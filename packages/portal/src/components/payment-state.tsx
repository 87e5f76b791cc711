import type { ShownPayment } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { usePaymentWords } from '../text/payment/payment-words.ts';
import { Mark } from './mark.tsx';
import { STATE_TONES, shownState } from './shown-state.ts';

/** How a payment stands. */
export function PaymentState({ payment }: { readonly payment: Pick<ShownPayment, 'state' | 'stage'> }): ReactElement {
  const { states, stateHelp } = usePaymentWords();
  const state = shownState(payment);
  return (
    <Mark tone={STATE_TONES[state]} title={stateHelp[state]}>
      {states[state]}
    </Mark>
  );
}
