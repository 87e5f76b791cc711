import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { type CurrencySum, sumsByCurrency } from './currency-sums.ts';
import type { FacetQuery } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';
import type { PaymentsTexts } from './texts/en.ts';
import { useTotals } from './use-totals.ts';

/** What the filters choose, summed exactly; currencies are never added to each other. */
export function TotalsStrip({ facets, searched }: { readonly facets: FacetQuery; readonly searched: boolean }): ReactElement | null {
  const texts = useTexts(PAYMENTS);
  const { figure, count } = useFormats();
  const { data, isPlaceholderData } = useTotals(facets);
  const sums = sumsByCurrency(data?.byCurrency ?? []);
  if (sums.length === 0) return null;
  return (
    <section
      className={`${shapes['sideways']} ${styles['totals']}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled, with the keyboard, too
      tabIndex={0}
      aria-label={texts.totals}
      data-old={isPlaceholderData}
      aria-busy={isPlaceholderData}
    >
      {sums.map((sum) => (
        <div key={sum.currency} className={`${shapes['surface']} ${styles['total']}`}>
          <span className={styles['currency']}>{sum.currency}</span>
          {figuresOf(sum, texts, count).map(({ amount, text, open }) => (
            <Figure key={text} value={figure(amount, sum.currency)} text={text} open={open} />
          ))}
        </div>
      ))}
      {searched && <p className={styles['note']}>{texts.totalsNotSearch}</p>}
    </section>
  );
}

const isZero = (amount: string): boolean => /^0(\.0*)?$/.test(amount);

/** What there is in a currency; of nothing at all, that nothing was paid out. */
function figuresOf(sum: CurrencySum, texts: PaymentsTexts, count: (count: number) => string) {
  const all = [
    { amount: sum.out, text: texts.paidOut, open: false },
    { amount: sum.in, text: texts.received, open: false },
    { amount: sum.unknown, text: texts.unsettled, open: true },
    { amount: sum.failed, text: texts.failedCount(count(sum.failedCount)), open: false },
  ];
  const some = all.filter(({ amount }) => !isZero(amount));
  return some.length === 0 ? all.slice(0, 1) : some;
}

function Figure({ value, text, open = false }: { readonly value: string; readonly text: string; readonly open?: boolean }): ReactElement {
  return (
    <span className={styles['figure']} data-open={open}>
      <strong>{value}</strong>
      <small>{text}</small>
    </span>
  );
}
