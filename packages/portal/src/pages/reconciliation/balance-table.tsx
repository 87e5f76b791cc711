import type { ShownDay } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';

/** Sums of each side by currency and direction; where two are not equal, it says so. */
export function BalanceTable({ day: { sums = [] } }: { readonly day: ShownDay }): ReactElement {
  const { balance, column, unequal, noPayments } = useTexts(RECONCILIATION);
  const { directions } = usePaymentWords();
  const { amount, count } = useFormats();
  const hasCore = sums.some(({ booked }) => booked !== undefined);
  const hasHub = sums.some(({ hubStatement }) => hubStatement !== undefined);
  const sum = (value: string | undefined, currency: string, committed: string): ReactElement => (
    <td data-number>
      {value !== undefined && value !== committed && <Mark tone="bad">{unequal}</Mark>} {value !== undefined && amount(value, currency)}
    </td>
  );
  return (
    <Panel title={balance} flush>
      {sums.length === 0 ? (
        <p className={styles['padded']}>{noPayments}</p>
      ) : (
        <Table
          label={balance}
          head={
            <>
              <th>{column.currency}</th>
              <th>{column.direction}</th>
              <th data-number>{column.payments}</th>
              <th data-number>{column.committed}</th>
              {hasCore && <th data-number>{column.booked}</th>}
              {hasHub && <th data-number>{column.hubStatement}</th>}
              <th data-number>{column.open}</th>
            </>
          }
        >
          {sums.map(({ currency, direction, payments, committed, booked, hubStatement, open }) => (
            <tr key={`${currency} ${direction}`}>
              <td>{currency}</td>
              <td>{directions[direction]}</td>
              <td data-number>{count(payments)}</td>
              <td data-number>{amount(committed, currency)}</td>
              {hasCore && sum(booked, currency, committed)}
              {hasHub && sum(hubStatement, currency, committed)}
              <td data-number className={open === '0' ? undefined : styles['undecided']}>
                {amount(open, currency)}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
