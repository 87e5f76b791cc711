import { Button } from '@mantine/core';
import { businessDays } from '@payment-manager/runtime/business-day';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { useMay, useMe } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { useIsNarrow } from '../../browser/use-is-narrow.ts';
import { Icon } from '../../components/icon.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { EmptyState, ErrorState, LoadingState, NoPermissionState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { ColumnChoice } from './column-choice.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type FacetQuery, facetsOf, isFiltered } from './payment-filter.ts';
import { PaymentTable } from './payment-table.tsx';
import { PAYMENTS } from './payments-texts.ts';
import { TotalsStrip } from './totals-strip.tsx';
import { usePaymentList } from './use-payment-list.ts';
import { useTotals } from './use-totals.ts';
import { ViewChoice } from './view-choice.tsx';

const route = getRouteApi('/shell/payments');
/** Few export, and the list is there sooner without it. */
const ExportDialog = lazy(() => import('./export-dialog.tsx'));

/** Every payment, live, by facets and by search; what is chosen stands in the address. */
export default function PaymentsPage(): ReactElement {
  const mayRead = useMay('payments:read');
  if (!mayRead) return <NoPermissionState />;
  return (
    <div className={shapes['filling']}>
      <Payments />
    </div>
  );
}

function Payments(): ReactElement {
  const texts = useTexts(PAYMENTS);
  const narrow = useIsNarrow();
  const mayExport = useMay('payments:export');
  const [exporting, setExporting] = useState(false);
  const search = route.useSearch();
  const { businessDay } = useMe().process;
  const days = useMemo(() => businessDays(businessDay), [businessDay]);
  const [held, hold] = useState(false);
  const facets = facetsOf(search, now(), days);
  const list = usePaymentList(facets, search.q ?? '', held);
  return (
    <>
      <PageHead title={texts.title}>
        <ViewChoice search={search} />
        {!narrow && <ColumnChoice />}
        {mayExport && (
          <Button variant="default" size="xs" leftSection={<Icon name="download" size={15} />} onClick={() => setExporting(true)}>
            {texts.export.button}
          </Button>
        )}
      </PageHead>
      <FilterBar search={search} facets={facets} foundAs={list.foundAs} />
      <TotalsStrip facets={facets} searched={search.q !== undefined} />
      <List list={list} filtered={isFiltered(search) || search.q !== undefined} hold={hold} />
      {exporting && <ExportPayments filter={list.filter} facets={facets} close={() => setExporting(false)} />}
    </>
  );
}

interface ExportPaymentsProps {
  readonly filter: FacetQuery;
  readonly facets: FacetQuery;
  readonly close: () => void;
}

function ExportPayments({ filter, facets, close }: ExportPaymentsProps): ReactElement {
  const { data } = useTotals(facets);
  const searched = filter !== facets;
  return (
    <Suspense>
      <ExportDialog query={filter} count={searched ? undefined : data?.count} close={close} />
    </Suspense>
  );
}

interface ListProps {
  readonly list: ReturnType<typeof usePaymentList>;
  readonly filtered: boolean;
  readonly hold: (held: boolean) => void;
}

function List({ list, filtered, hold }: ListProps): ReactElement {
  const texts = useTexts(PAYMENTS);
  if (list.error !== null && list.error !== undefined && list.rows.length === 0)
    return <ErrorState error={list.error} again={list.again} />;
  if (list.loading) return <LoadingState lines={9} />;
  if (list.rows.length === 0 && list.searchedBackTo === undefined)
    return (
      <EmptyState icon={filtered ? 'search' : 'payments'} title={filtered ? texts.noneMatchTitle : texts.noneTitle}>
        <p>{filtered ? texts.noneMatch : texts.none}</p>
      </EmptyState>
    );
  return <PaymentTable list={list} hold={hold} />;
}
