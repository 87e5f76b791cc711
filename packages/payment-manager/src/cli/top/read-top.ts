import type { Totals } from '@payment-manager/read-model';
import type { ManagementDoor } from '../operations/management-door.ts';
import { type Standing, type StandingIncident, type TopHour, type TopService, type TopState, troublesOf } from './top-state.ts';

/** What is asked more seldom: it costs more, and changes less quickly. */
export type SlowPart = Pick<TopState, 'hour' | 'services' | 'replicas'>;

/** Hub, core and back ends of a connector are among the parts only while they do not answer; for a load balancer that is no reason to take the process out. */
const SILENT = /^(?:hub|core|core\/.+)$/;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Services are shown over so many whole minutes. */
const MINUTES = 5;

/** One look. What the caller may not see, or what is switched off, is left out. @throws CommandFailed where nothing answers */
export async function readTop(door: ManagementDoor, now: number, slow: SlowPart): Promise<TopState> {
  const [me, health, alarms, alerts] = await Promise.all([
    door.ask('GET /api/me'),
    door.ask('GET /api/health'),
    door.ask('GET /api/alarms?limit=1000'),
    optional(door, 'GET /api/alerts?limit=1'),
  ]);
  const { fspId, environment } = me['process'] as { readonly fspId: string; readonly environment: string };
  const parts = Object.entries(health['parts'] as Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>);
  return {
    ...{ at: now, fspId, environment, ready: health['ready'] === true },
    parts: parts.map(([part, { ok, detail }]) => ({ part, ok: ok && !SILENT.test(part), detail })),
    wrong: troublesOf(alarms['alarms'] as readonly Standing[], (alerts?.['incidents'] ?? []) as readonly StandingIncident[]),
    ...slow,
  };
}

/** Payments of the last hour, and services where a history is kept. */
export async function readSlow(door: ManagementDoor, now: number): Promise<SlowPart> {
  const from = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const [totals, history] = await Promise.all([
    optional(door, `GET /api/payments/totals?from=${from - HOUR_MS}`),
    optional(door, `GET /api/history?from=${from - MINUTES * MINUTE_MS}`),
  ]);
  return {
    hour: totals && hourOf(totals as unknown as Totals),
    services: history && servicesOf(history as unknown as History),
    replicas: history && replicasOf(history as unknown as History),
  };
}

interface History {
  readonly stepMs: number;
  readonly series: readonly {
    readonly direction: string;
    readonly service: string;
    readonly points: readonly {
      readonly n: number;
      readonly bad: number;
      readonly p50: number;
      readonly p95: number;
      readonly p99: number;
    }[];
  }[];
  readonly replicas: readonly {
    readonly replica: string;
    readonly spans: readonly { readonly to: number; readonly state: 'ok' | 'warn' | 'down' }[];
  }[];
}

function hourOf({ count, counts, byCurrency }: Totals): TopHour {
  const moved = byCurrency
    .filter(({ state }) => state === 'completed')
    .map(({ direction, currency, amount }) => ({ direction, currency, sum: amount }));
  return { begun: count, completed: counts.state['completed'] ?? 0, failed: counts.state['failed'] ?? 0, moved };
}

/** Of several minutes the worst percentiles: a mean would hide a bad minute. */
function servicesOf({ series }: History): readonly TopService[] {
  return series
    .filter(({ points }) => points.length > 0)
    .map(({ direction, service, points }) => {
      const [n, bad] = [points.reduce((sum, one) => sum + one.n, 0), points.reduce((sum, one) => sum + one.bad, 0)];
      const worst = (name: 'p50' | 'p95' | 'p99'): number => Math.max(...points.map((one) => one[name]));
      return {
        direction,
        service,
        perSecond: n / (MINUTES * 60),
        failedPercent: n === 0 ? 0 : (bad * 100) / n,
        p50: worst('p50'),
        p95: worst('p95'),
        p99: worst('p99'),
      };
    });
}

function replicasOf({ replicas }: History): TopState['replicas'] {
  return replicas.map(({ replica, spans }) => ({ replica, state: spans.at(-1)?.state ?? 'down' }));
}

async function optional(door: ManagementDoor, line: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { status, body } = await door.send(line);
  return status === 200 ? body : undefined;
}
