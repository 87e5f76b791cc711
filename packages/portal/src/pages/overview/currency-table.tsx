import type { OverviewAnswer } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { type CurrencyFigures, currencyFigures, OPEN_STATES } from './currency-figures.ts';
import { ListLink } from './list-link.tsx';
import styles from './overview.module.css';
import { OVERVIEW } from './overview-texts.ts';

const COLUMNS = [
  { name: 'out', state: 'completed', direction: 'out' },
  { name: 'in', state: 'completed', direction: 'in' },
  { name: 'open', state: OPEN_STATES.join() },
  { name: 'failed', state: 'failed' },
] as const;

/** Exact sums of each currency, with those of the period before. */
export function CurrencyTable({ now, before }: OverviewAnswer): ReactElement {
  const texts = useTexts(OVERVIEW);
  const of = currencyFigures(now.byCurrency);
  const former = new Map(currencyFigures(before.byCurrency).map((one) => [one.currency, one]));
  return (
    <Panel title={texts.currencies} flush>
      <Table
        label={texts.currencies}
        head={
          <>
            <th>{texts.currency}</th>
            {COLUMNS.map(({ name }) => (
              <th key={name} data-number>
                {texts[name]}
              </th>
            ))}
          </>
        }
      >
        {of.map((figures) => (
          <tr key={figures.currency}>
            <th scope="row">{figures.currency}</th>
            {COLUMNS.map((column) => (
              <td key={column.name} data-number>
                <Cell column={column} figures={figures} before={former.get(figures.currency)} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
      <p className={shapes['note']}>{texts.currencyNote}</p>
    </Panel>
  );
}

interface CellProps {
  readonly column: (typeof COLUMNS)[number];
  readonly figures: CurrencyFigures;
  readonly before: CurrencyFigures | undefined;
}

function Cell({ column, figures, before }: CellProps): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { figure, count: counted } = useFormats();
  const { currency } = figures;
  const { count, amount, fees } = figures[column.name];
  const former = before?.[column.name];
  const { name: _name, ...facets } = column;
  const isPaid = column.state === 'completed' && count > 0;
  const formerText = texts.before(former === undefined || former.count === 0 ? texts.nothing : figure(former.amount, currency));
  if (count === 0)
    return (
      <span className={styles['cell']}>
        <span className={shapes['quiet']}>–</span>
        <small>{formerText}</small>
      </span>
    );
  return (
    <span className={styles['cell']}>
      <ListLink chosen={{ ...facets, currency }}>{figure(amount, currency)}</ListLink>
      <small>
        {count === 1 ? texts.onePayment : texts.payments(counted(count))}
        {isPaid && `, ${texts.fees(figure(fees, currency))}`}
      </small>
      <small>{formerText}</small>
    </span>
  );
}
