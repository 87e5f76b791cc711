import type { HistoryAnswer } from '@payment-manager/management-api/types';
import type { ChartLine } from './chart-scale.ts';
import type { Share } from './range.ts';
import type { TechnicalTexts } from './texts/en.ts';

/** One chart of the page. */
export interface Chart {
  /** Of files. */
  readonly name: string;
  readonly title: string;
  readonly lines: readonly ChartLine[];
}

const ORDER = ['round-trip', 'to-hub', 'from-hub', 'to-core', 'from-core'];
const SERVICE_ORDER = ['look-up', 'quote', 'transfer', 'notification', 'other'];
const GAUGES = ['lagMs', 'work', 'open', 'memoryMib'];

/** Of each direction, how many requests in a hundred came to nothing: what a failure did to payments. Where nobody counts them there is no line. */
function failedLines({ series }: HistoryAnswer, texts: TechnicalTexts): readonly ChartLine[] {
  return ORDER.filter((direction) => direction !== 'round-trip').flatMap((direction): ChartLine[] => {
    const byTime = new Map<number, { n: number; bad: number }>();
    for (const { points } of series.filter((one) => one.direction === direction))
      for (const { at, n, bad } of points) {
        const before = byTime.get(at) ?? { n: 0, bad: 0 };
        byTime.set(at, { n: before.n + n, bad: before.bad + bad });
      }
    if (byTime.size === 0) return [];
    const points = [...byTime].sort(([a], [b]) => a - b).map(([at, { n, bad }]) => [at, Math.round((bad * 1_000) / n) / 10] as const);
    return [{ name: texts.directions[direction] ?? direction, points }];
  });
}

/** All charts of a history: what failed, of each direction requests a second and latency, a line for each service; of each gauge a line for each process. */
export function chartsOf(history: HistoryAnswer, share: Share, texts: TechnicalTexts): readonly Chart[] {
  const { series, replicas } = history;
  const serviceName = (service: string): string =>
    service.startsWith('back end ') ? texts.backEnd(service.slice('back end '.length)) : (texts.services[service] ?? service);
  const place = (service: string): number => (SERVICE_ORDER.indexOf(service) + SERVICE_ORDER.length + 1) % (SERVICE_ORDER.length + 1);
  const ofDirections = ORDER.flatMap((direction): Chart[] => {
    const of = series.filter((one) => one.direction === direction).sort((a, b) => place(a.service) - place(b.service));
    if (of.length === 0) return [];
    const name = texts.directions[direction] ?? direction;
    const lines = (what: Share | 'perSecond'): readonly ChartLine[] =>
      of.map(({ service, points }) => ({ name: serviceName(service), points: points.map((point) => [point.at, point[what]] as const) }));
    return [
      { name: `${direction}-rate`, title: texts.rate(name), lines: lines('perSecond') },
      { name: `${direction}-${share}`, title: texts.latency(name, share), lines: lines(share) },
    ];
  });
  const ofGauges = GAUGES.map(
    (gauge): Chart => ({
      name: gauge,
      title: texts.gauges[gauge] ?? gauge,
      lines: replicas.flatMap(({ replica, gauges }) => (gauges[gauge] === undefined ? [] : [{ name: replica, points: gauges[gauge] }])),
    }),
  ).filter(({ lines }) => lines.length > 0);
  const failed: Chart = { name: 'failed', title: texts.failed, lines: failedLines(history, texts) };
  return [...(failed.lines.length > 0 ? [failed] : []), ...ofDirections, ...ofGauges];
}
