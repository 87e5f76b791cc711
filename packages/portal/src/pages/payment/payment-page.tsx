import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { PageHead } from '../../components/page-head.tsx';
import { PaymentActs } from '../../components/payment-acts.tsx';
import { PaymentState } from '../../components/payment-state.tsx';
import { Asked } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { FactsPanel } from './facts-panel.tsx';
import { KnownPanel } from './known-panel.tsx';
import { MessagesPanel } from './messages-panel.tsx';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';
import { Story } from './story.tsx';
import { TimelinePanel } from './timeline-panel.tsx';

const route = getRouteApi('/shell/payments/$row');

/** Everything about one payment: where its money is, whose turn it is, what happened, what may be done. */
export default function PaymentPage(): ReactElement {
  const { row } = route.useParams();
  const query = useQuery({
    queryKey: ['payment', row],
    queryFn: ({ signal }) => ask<OnePayment>('GET /payments/:row', { params: { row }, signal }),
    meta: { live: true },
  });
  return (
    <Asked query={query} permission="payments:read">
      {(data) => <Payment key={row} one={data} row={row} />}
    </Asked>
  );
}

function Payment({ one, row }: { readonly one: OnePayment; readonly row: string }): ReactElement {
  const texts = useTexts(PAYMENT);
  const [revealed, setRevealed] = useState<OnePayment['payment']>();
  const shown = { ...one.payment, ...(revealed?.payer && { payer: revealed.payer }), ...(revealed?.payee && { payee: revealed.payee }) };
  return (
    <>
      <PageHead title={texts.title(one.payment.direction)} aside={<PaymentState payment={one.payment} />}>
        <Link to="/payments">{texts.back}</Link>
      </PageHead>
      <div className={styles['parts']}>
        <div className={styles['main']}>
          <Story one={{ ...one, payment: shown }} />
          <TimelinePanel one={one} />
          <MessagesPanel row={row} />
        </div>
        <div className={styles['aside']}>
          <FactsPanel payment={shown} history={one.history} row={row} revealed={revealed !== undefined} reveal={setRevealed} />
          {one.facts !== undefined && (
            <PaymentActs payment={one.facts} allowed={one.allowed} fourEyes={one.fourEyes} changes={['payment', row]} />
          )}
          <KnownPanel said={one.said} />
        </div>
      </div>
    </>
  );
}
