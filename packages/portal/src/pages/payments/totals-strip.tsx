import type { ReactElement } from 'react';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { sumsByCurrency } from './currency-sums.ts';
import type { FacetQuery } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';
import { useTotals } from './use-totals.ts';

/** What the filters choose, summed exactly; currencies are never added to each other. */
export function TotalsStrip({ facets, searched }: { readonly facets: FacetQuery; readonly searched: boolean }): ReactElement | null {
  const texts = useTexts(PAYMENTS);
  const { figure, count } = useFormats();
  const { data, isPlaceholderData } = useTotals(facets);
  const sums = sumsByCurrency(data?.byCurrency ?? []);
  if (sums.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled, with the keyboard, too
    <section className={styles['totals']} tabIndex={0} aria-label={texts.totals} data-old={isPlaceholderData} aria-busy={isPlaceholderData}>
      {sums.map((sum) => (
        <div key={sum.currency} className={styles['total']}>
          <span className={styles['currency']}>{sum.currency}</span>
          <Figure value={figure(sum.out, sum.currency)} text={texts.paidOut} />
          <Figure value={figure(sum.in, sum.currency)} text={texts.received} />
          <Figure
            value={figure(sum.unknown, sum.currency)}
            text={sum.failed > 0 ? `${texts.unsettled} · ${texts.failedCount(count(sum.failed))}` : texts.unsettled}
            open={!/^0(\.0*)?$/.test(sum.unknown)}
          />
        </div>
      ))}
      {searched && <p className={styles['note']}>{texts.totalsNotSearch}</p>}
    </section>
  );
}

function Figure({ value, text, open = false }: { readonly value: string; readonly text: string; readonly open?: boolean }): ReactElement {
  return (
    <span className={styles['figure']} data-open={open}>
      <strong>{value}</strong>
      <small>{text}</small>
    </span>
  );
}
