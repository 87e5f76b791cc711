import { NativeSelect, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTexts } from '../../text/catalogue.ts';
import { OVERVIEW_PERIODS, type OverviewPeriod, type OverviewSearch } from './overview-period.ts';
import { OVERVIEW } from './overview-texts.ts';

/** Which period is shown; it stands in the address. */
export function PeriodChoice({ search, today }: { readonly search: OverviewSearch; readonly today: string }): ReactElement {
  const texts = useTexts(OVERVIEW);
  const navigate = useNavigate({ from: '/overview' });
  const period: OverviewPeriod = OVERVIEW_PERIODS.find((one) => one === search.period) ?? 'today';
  const choose = (next: OverviewSearch): void => void navigate({ replace: true, search: next });
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={texts.period}
        value={period}
        data={OVERVIEW_PERIODS.map((one) => ({ value: one, label: texts.periods[one] }))}
        onChange={({ currentTarget: { value } }) =>
          choose(value === 'custom' ? { period: value, from: today, to: today } : { period: value })
        }
      />
      {period === 'custom' &&
        (['from', 'to'] as const).map((end) => (
          <TextInput
            key={end}
            size="xs"
            type="date"
            max={today}
            aria-label={texts[end]}
            value={search[end] ?? ''}
            onChange={({ currentTarget: { value } }) => choose({ ...search, [end]: value })}
          />
        ))}
    </>
  );
}
