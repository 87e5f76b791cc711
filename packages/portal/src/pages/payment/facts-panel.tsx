import { Button } from '@mantine/core';
import type { HistoryLine, ShownPayment } from '@payment-manager/management-api/types';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { PAYMENT } from './payment-texts.ts';
import { RevealDialog } from './reveal-dialog.tsx';

interface FactsPanelProps {
  readonly payment: ShownPayment;
  readonly history: readonly HistoryLine[];
  readonly row: string;
  readonly revealed: boolean;
  readonly reveal: (payment: ShownPayment) => void;
}

/** Parties, amounts, terms and ids. */
export function FactsPanel({ payment, history, row, revealed, reveal }: FactsPanelProps): ReactElement {
  const texts = useTexts(PAYMENT);
  const { amount, exactly, duration } = useFormats();
  const [asking, setAsking] = useState(false);
  const mayReveal = useMay('payments:reveal') && !payment.pruned;
  const until = history.findLast(({ values }) => values?.['until'] !== undefined)?.values?.['until'];
  const ids = ['transferId', 'transactionId', 'quoteId', 'homeTransactionId'] as const;
  return (
    <Panel
      title={texts.people}
      aside={
        mayReveal &&
        !revealed && (
          <Button variant="default" size="compact-sm" leftSection={<Icon name="eye" size={14} />} onClick={() => setAsking(true)}>
            {texts.reveal}
          </Button>
        )
      }
    >
      <Facts>
        <Fact name={texts.from}>{person(payment.payer)}</Fact>
        <Fact name={texts.to}>{person(payment.payee)}</Fact>
        <Fact name={texts.peer}>{payment.peer || '–'}</Fact>
        <Fact name={texts.amount}>{payment.amount === undefined ? '–' : amount(payment.amount, payment.currency)}</Fact>
        {payment.fee !== undefined && <Fact name={texts.fee}>{amount(payment.fee, payment.currency)}</Fact>}
        {until !== undefined && !Number.isNaN(Date.parse(until)) && <Fact name={texts.expires}>{exactly(Date.parse(until))}</Fact>}
        <Fact name={texts.begun}>{exactly(payment.startedAt)}</Fact>
        <Fact name={texts.lastEvent}>{exactly(payment.updatedAt)}</Fact>
        <Fact name={texts.took}>{duration(Math.max(0, payment.updatedAt - payment.startedAt))}</Fact>
        {ids.map((id) => {
          const value = payment[id];
          return (
            value !== undefined && (
              <Fact key={id} name={texts[id]}>
                <code>{value}</code> <CopyButton text={value} what={texts[id]} />
              </Fact>
            )
          );
        })}
        <Fact name={texts.chain}>
          <span title={texts.chainHelp}>{payment.id}</span>
        </Fact>
      </Facts>
      {asking && <RevealDialog row={row} close={() => setAsking(false)} shown={reveal} />}
    </Panel>
  );
}

function person(party: ShownPayment['payer']): ReactNode {
  if (party === undefined) return '–';
  const { name, type, id } = party;
  return (
    <>
      {name !== undefined && <strong>{name}</strong>} {type} {id}
    </>
  );
}
