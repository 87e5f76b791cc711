import type { ShownDay } from '@payment-manager/management-api/types';
import { businessDays, dateOfDay, dayNumber } from '@payment-manager/runtime/business-day';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactElement, useMemo } from 'react';
import { useMay, useMe } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Asked, EmptyState, LoadingState, NoPermissionState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { BalanceTable } from './balance-table.tsx';
import { ClosePanel } from './close-panel.tsx';
import { CompareForm } from './compare-form.tsx';
import { DayEvents } from './day-events.tsx';
import { DayList } from './day-list.tsx';
import { DayState } from './day-state.tsx';
import { DifferenceList } from './difference-list.tsx';
import { KindChips } from './kind-chips.tsx';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { useDay } from './use-reconciliation.ts';

const route = getRouteApi('/shell/reconciliation');

/** Whether the money balances, one business day at a time: hub, our records, and the core’s books. */
export default function ReconciliationPage(): ReactElement {
  const texts = useTexts(RECONCILIATION);
  const mayRead = useMay('reconciliation:read');
  const { businessDay } = useMe().process;
  const days = useMemo(() => businessDays(businessDay), [businessDay]);
  const today = days.dayOf(now());
  const { day } = route.useSearch();
  const chosen = numberOf(day) ?? today - 1;
  if (!mayRead) return <NoPermissionState />;
  return (
    <>
      <PageHead title={texts.title} />
      <div className={styles['parts']}>
        <DayList today={today} chosen={chosen} />
        <Day key={chosen} date={dateOfDay(chosen)} isFuture={chosen > today} />
      </div>
    </>
  );
}

/** A day that an address names; undefined: none that there is. */
function numberOf(date: string | undefined): number | undefined {
  try {
    return date === undefined ? undefined : dayNumber(date);
  } catch {
    return undefined;
  }
}

function Day({ date, isFuture }: { readonly date: string; readonly isFuture: boolean }): ReactElement {
  const texts = useTexts(RECONCILIATION);
  const { date: written } = useFormats();
  const query = useDay(date);
  const mayRun = useMay('reconciliation:run');
  if (isFuture)
    return (
      <EmptyState icon="clock" title={written(date)}>
        <p>{texts.future}</p>
      </EmptyState>
    );
  return (
    <div className={styles['day']}>
      <Asked query={query} permission="reconciliation:read" loading={<LoadingState lines={8} />}>
        {(day) =>
          day === null ? (
            <>
              <EmptyState icon="reconciliation" title={texts.noneTitle}>
                <p>{mayRun ? texts.none : texts.noneLook}</p>
              </EmptyState>
              {mayRun && <CompareForm date={date} before={undefined} />}
            </>
          ) : (
            <Compared day={day} mayRun={mayRun} />
          )
        }
      </Asked>
    </div>
  );
}

function Compared({ day, mayRun }: { readonly day: ShownDay; readonly mayRun: boolean }): ReactElement {
  const texts = useTexts(RECONCILIATION);
  const { instant, count, date } = useFormats();
  const { kind, all } = route.useSearch();
  const { sources } = texts;
  const said = [
    day.statementRows === undefined ? sources.noCore : sources.core(count(day.statementRows)),
    day.hubStatementRows === undefined ? sources.noHub : sources.hub(count(day.hubStatementRows)),
    ...(day.asked > 0 ? [sources.asked(count(day.asked))] : []),
  ];
  return (
    <>
      <header className={styles['dayHead']}>
        <h2>{date(day.date)}</h2>
        <DayState day={day} />
        <p>{texts.last(instant(day.at), day.by.replace(/^\w+:/, ''))}</p>
        <p>{said.join(' · ')}</p>
        {day.unasked > 0 && <p className={shapes['notice']}>{sources.unasked(count(day.unasked))}</p>}
      </header>
      <BalanceTable day={day} />
      <KindChips day={day} chosen={kind} />
      <DifferenceList day={day} kind={kind} all={all !== undefined} mayRun={mayRun} />
      {mayRun && <ClosePanel day={day} />}
      {mayRun && <CompareForm key={day.date} date={day.date} before={day} />}
      <DayEvents events={day.events ?? []} />
    </>
  );
}
