import { Button } from '@mantine/core';
import type { OverviewAnswer } from '@payment-manager/management-api/types';
import { businessDays } from '@payment-manager/runtime/business-day';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactElement, useMemo } from 'react';
import { ask } from '../../api/ask.ts';
import { useMe } from '../../api/me.ts';
import { process as site } from '../../app/process.ts';
import { now } from '../../browser/page-clock.ts';
import { printPage } from '../../browser/print.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { todayIn } from '../payments/period.ts';
import { CausesPanel } from './causes-panel.tsx';
import { CurrencyTable } from './currency-table.tsx';
import { HoursPanel } from './hours-panel.tsx';
import { KeyFigures } from './key-figures.tsx';
import { ShownPeriod } from './list-link.tsx';
import styles from './overview.module.css';
import { askedPeriod } from './overview-period.ts';
import { OVERVIEW } from './overview-texts.ts';
import { PeersTable } from './peers-table.tsx';
import { PeriodChoice } from './period-choice.tsx';

const route = getRouteApi('/shell/overview');
const BEHIND_MS = 5_000;

/** What a period brought: what a manager looks at in the morning, and prints. */
export default function OverviewPage(): ReactElement {
  const texts = useTexts(OVERVIEW);
  const search = route.useSearch();
  const { businessDay } = useMe().process;
  const days = useMemo(() => businessDays(businessDay), [businessDay]);
  const { period, ...asked } = askedPeriod(search, now(), days);
  const overview = useQuery({
    queryKey: ['overview', asked.from, asked.to, asked.against],
    queryFn: ({ signal }) => ask<OverviewAnswer>('GET /overview', { query: asked, signal }),
    placeholderData: keepPreviousData,
    meta: { live: 'slow' },
  });
  return (
    <ShownPeriod value={{ search, period }}>
      <div className={`${shapes['page']} ${styles['page']}`} data-old={overview.isPlaceholderData}>
        <PageHead title={texts.title}>
          <PeriodChoice search={search} today={todayIn(now(), days)} />
          <Button variant="default" size="xs" onClick={printPage}>
            {texts.print}
          </Button>
        </PageHead>
        <Asked query={overview} permission="payments:read">
          {(answer) => <Report answer={answer} />}
        </Asked>
      </div>
    </ShownPeriod>
  );
}

function Report({ answer }: { readonly answer: OverviewAnswer }): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { instant, duration } = useFormats();
  const { user, who, process } = useMe();
  const { brand } = site();
  const { now: shown, before, behindMs } = answer;
  return (
    <>
      <div className={styles['paper']}>
        {brand && (
          <span className={styles['brand']}>
            {brand.logo !== undefined && <img src={brand.logo} alt="" />}
            {brand.name}
          </span>
        )}
        <strong>{texts.report.title}</strong>
        <span>{texts.report.of(process.fspId, process.environment)}</span>
        <span>{texts.report.period(instant(shown.from), instant(shown.to))}</span>
        <span>{texts.report.made(instant(now()), user?.shownName ?? who)}</span>
        <span>{texts.report.note}</span>
      </div>
      <p className={styles['against']}>
        {texts.compared(instant(before.from), instant(before.to))}
        {behindMs > BEHIND_MS && <strong> {texts.behind(duration(behindMs))}</strong>}
      </p>
      {shown.count === 0 && before.count === 0 ? (
        <EmptyState icon="payments" title={texts.noneTitle}>
          <p>{texts.none}</p>
        </EmptyState>
      ) : (
        <>
          <KeyFigures {...answer} />
          <CurrencyTable {...answer} />
          <div className={`${shapes['beside']} ${styles['row']}`}>
            <CausesPanel {...shown} />
            <HoursPanel hours={shown.hours} />
          </div>
          <PeersTable {...shown} />
        </>
      )}
    </>
  );
}
