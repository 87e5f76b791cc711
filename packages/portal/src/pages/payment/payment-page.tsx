import type { ShownDetail, ShownPayment } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { PaymentState } from '../../components/payment-state.tsx';
import { Asked } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { PAYMENT } from './payment-texts.ts';

const route = getRouteApi('/shell/payments/$row');

interface OnePayment extends ShownDetail {
  readonly payment: ShownPayment;
}

/** Everything about one payment. */
export default function PaymentPage(): ReactElement {
  const { row } = route.useParams();
  const query = useQuery({
    queryKey: ['payment', row],
    queryFn: ({ signal }) => ask<OnePayment>('GET /payments/:row', { params: { row }, signal }),
    meta: { live: true },
  });
  return (
    <Asked query={query} permission="payments:read">
      {(data) => <Payment {...data} />}
    </Asked>
  );
}

function Payment({ payment, history }: OnePayment): ReactElement {
  const texts = useTexts(PAYMENT);
  const { amount, exactly, time } = useFormats();
  return (
    <>
      <PageHead title={texts.title(payment.direction)} aside={<PaymentState payment={payment} />}>
        <Link to="/payments">{texts.back}</Link>
      </PageHead>
      <Panel title={texts.parties}>
        <p>{payment.amount === undefined ? '' : amount(payment.amount, payment.currency)}</p>
        <p>{exactly(payment.startedAt)}</p>
      </Panel>
      <Panel title={texts.timeline}>
        <ol>
          {history.map(({ at, who, what }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows
            <li key={index}>
              {time(at)} {who}: {what}
            </li>
          ))}
        </ol>
      </Panel>
    </>
  );
}
