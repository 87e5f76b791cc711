import { Button } from '@mantine/core';
import type { HistoryAnswer } from '@payment-manager/management-api/types';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { now } from '../../browser/page-clock.ts';
import { ChoiceButtons } from '../../components/choice-buttons.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { useNow } from '../../components/use-now.ts';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { ChartPanel } from './chart-panel.tsx';
import { chartsOf } from './charts.ts';
import { HealthStrips } from './health-strips.tsx';
import { drawn, moved, RANGES, rangeOf, SHARES, type Share, type Stretch, stretchOf, type TechnicalSearch } from './range.ts';
import styles from './technical.module.css';
import { TECHNICAL } from './technical-texts.ts';

const route = getRouteApi('/shell/technical');
const EACH_MS = 30_000;

/** Latency and health with their history: what an engineer looks at when something is wrong. */
export default function TechnicalPage(): ReactElement {
  const texts = useTexts(TECHNICAL);
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/technical' });
  const stretch = stretchOf(search, useNow());
  const { from, to, live } = stretch;
  const history = useQuery({
    queryKey: ['history', from, live ? undefined : to],
    queryFn: ({ signal }) => ask<HistoryAnswer>('GET /history', { query: { from, ...(!live && { to }) }, signal }),
    placeholderData: keepPreviousData,
    ...(live && { refetchInterval: EACH_MS }),
  });
  const share: Share = SHARES.find((one) => one === search.share) ?? 'p95';
  const choose = (next: TechnicalSearch): void =>
    void navigate({ search: { ...(search.share !== undefined && { share: search.share }), ...next } });
  const look = ({ from: begin, to: end }: Stretch): void => choose({ from: String(begin), to: String(end) });
  return (
    <div className={`${shapes['page']} ${styles['page']}`} data-old={history.isPlaceholderData && !live}>
      <PageHead title={texts.title}>
        <ChoiceButtons
          label={texts.share}
          choices={SHARES.map((one) => [one, one] as const)}
          chosen={share}
          choose={(next) => void navigate({ replace: true, search: { ...search, share: next } })}
        />
        <ChoiceButtons
          label={texts.range}
          choices={RANGES.map((one) => [one, texts.ranges[one]] as const)}
          chosen={rangeOf(search) ?? ''}
          choose={(range) => choose({ range })}
        />
        <fieldset className={styles['moves']} aria-label={texts.move}>
          {(
            [
              ['earlier', { shift: -0.5 }],
              ['later', { shift: 0.5 }],
              ['closer', { length: 0.5 }],
              ['wider', { length: 2 }],
            ] as const
          ).map(([name, by]) => (
            <Button key={name} variant="default" size="compact-sm" onClick={() => look(moved(stretch, by, now()))}>
              {texts[name]}
            </Button>
          ))}
        </fieldset>
      </PageHead>
      <Asked query={history} permission="overview:read">
        {(data) => <Charts history={data} share={share} zoom={(one, other) => look(drawn(one, other))} />}
      </Asked>
    </div>
  );
}

interface ChartsProps {
  readonly history: HistoryAnswer;
  readonly share: Share;
  readonly zoom: (one: number, other: number) => void;
}

function Charts({ history, share, zoom }: ChartsProps): ReactElement {
  const texts = useTexts(TECHNICAL);
  const { moment, duration } = useFormats();
  const { from, to, stepMs } = history;
  if (history.parts.length === 0 && history.series.length === 0)
    return (
      <EmptyState icon="health" title={texts.noneTitle}>
        <p>{texts.none}</p>
      </EmptyState>
    );
  return (
    <>
      <p className={shapes['quiet']}>{texts.shown(moment(from, 0), moment(to, 0), duration(stepMs))}</p>
      <HealthStrips history={history} />
      <div className={styles['charts']}>
        {chartsOf(history, share, texts).map(({ name, title, lines }) => (
          <ChartPanel key={name} {...{ name, title, lines, from, to, stepMs, zoom }} />
        ))}
      </div>
    </>
  );
}
