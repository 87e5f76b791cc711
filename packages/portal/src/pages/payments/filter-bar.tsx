import { NativeSelect, TextInput } from '@mantine/core';
import type { FoundPage, Totals } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { type FacetQuery, isFiltered, type PaymentsSearch, periodOf } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';
import { PERIODS } from './period.ts';
import { SearchBox } from './search-box.tsx';
import { StateChips } from './state-chips.tsx';
import { useChoose } from './use-choose.ts';
import { useTotals } from './use-totals.ts';

interface FilterBarProps {
  readonly search: PaymentsSearch;
  readonly facets: FacetQuery;
  readonly foundAs: FoundPage['as'];
}

/** Counts of each value of each facet in the period, which is what can be chosen. */
function useFacetCounts({ from, to }: FacetQuery): Totals['counts'] | undefined {
  return useTotals({ from, to }).data?.counts;
}

/** Everything by which payments are chosen. */
export function FilterBar({ search, facets, foundAs }: FilterBarProps): ReactElement {
  const texts = useTexts(PAYMENTS);
  const words = usePaymentWords();
  const choose = useChoose();
  const counts = useFacetCounts(facets);
  const period = periodOf(search);
  return (
    <div className={styles['filters']}>
      <div className={shapes['line']}>
        <SearchBox q={search.q ?? ''} foundAs={foundAs} search={(q) => choose({ q })} />
        <div className={`${shapes['line']} ${shapes['slides']}`}>
          <Select
            label={texts.period}
            value={period}
            options={PERIODS.map((one) => [one, texts.periods[one]])}
            choose={(value) => choose({ period: value === 'all' ? undefined : value, from: undefined, to: undefined })}
          />
          {period === 'custom' && (
            <>
              <TextInput
                type="date"
                aria-label={texts.from}
                value={search.from ?? ''}
                onChange={({ currentTarget }) => choose({ from: currentTarget.value })}
              />
              <TextInput
                type="date"
                aria-label={texts.to}
                value={search.to ?? ''}
                onChange={({ currentTarget }) => choose({ to: currentTarget.value })}
              />
            </>
          )}
          <Select
            label={texts.direction}
            value={search.direction ?? ''}
            options={[
              ['', texts.allDirections],
              ['out', words.directionHelp.out],
              ['in', words.directionHelp.in],
            ]}
            choose={(direction) => choose({ direction })}
          />
          <Select
            label={texts.peer}
            value={search.peer ?? ''}
            options={[['', texts.allPeers], ...named(counts?.peer, search.peer)]}
            choose={(peer) => choose({ peer })}
          />
          <Select
            label={texts.currency}
            value={search.currency ?? ''}
            options={[['', texts.allCurrencies], ...named(counts?.currency, search.currency)]}
            choose={(currency) => choose({ currency })}
          />
          <Select
            label={texts.error}
            value={search.error ?? ''}
            options={[['', texts.allErrors], ...named(counts?.error, search.error)]}
            choose={(error) => choose({ error })}
          />
          {(isFiltered(search) || search.q !== undefined) && (
            <button
              type="button"
              className={shapes['chip']}
              onClick={() =>
                choose({
                  q: undefined,
                  direction: undefined,
                  state: undefined,
                  peer: undefined,
                  currency: undefined,
                  attention: undefined,
                  error: undefined,
                  period: undefined,
                  from: undefined,
                  to: undefined,
                })
              }
            >
              {texts.clear}
            </button>
          )}
        </div>
      </div>
      <StateChips search={search} facets={facets} />
    </div>
  );
}

/** Values with their counts; what is chosen stays among them, also without any. */
function named(counts: Readonly<Record<string, number>> | undefined, chosen: string | undefined): readonly (readonly [string, string])[] {
  const known = Object.entries(counts ?? {}).filter(([value]) => value !== '');
  const all = chosen === undefined || known.some(([value]) => value === chosen) ? known : [[chosen, 0] as [string, number], ...known];
  return all.sort(([, a], [, b]) => b - a).map(([value, count]) => [value, `${value} (${count})`]);
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly choose: (value: string) => void;
}

function Select({ label, value, options, choose }: SelectProps): ReactElement {
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={value}
      data={options.map(([one, text]) => ({ value: one, label: text }))}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    />
  );
}
