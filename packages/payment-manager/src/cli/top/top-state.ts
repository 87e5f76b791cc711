/** Everything that `./pm top` shows, as one look found it. What could not be asked is undefined. */
export interface TopState {
  /** Milliseconds since the epoch, like each instant here. */
  readonly at: number;
  readonly fspId: string;
  readonly environment: string;
  readonly ready: boolean;
  readonly parts: readonly TopPart[];
  /** What is wrong, the worst first. */
  readonly wrong: readonly TopTrouble[];
  readonly hour: TopHour | undefined;
  /** Of the last whole minutes. */
  readonly services: readonly TopService[] | undefined;
  readonly replicas: readonly { readonly replica: string; readonly state: 'ok' | 'warn' | 'down' }[] | undefined;
}

export interface TopPart {
  readonly part: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** All that stands of one code. */
export interface TopTrouble {
  readonly code: string;
  readonly severity: 'critical' | 'warning';
  readonly count: number;
  /** Of the oldest. */
  readonly since: number;
  readonly reason: string;
  /** Who looks after it; undefined: nobody. */
  readonly looks: string | undefined;
  readonly muted: boolean;
}

/** Payments that were begun within the last hour. */
export interface TopHour {
  readonly begun: number;
  readonly completed: number;
  readonly failed: number;
  /** What moved, by direction and currency; decimal text. */
  readonly moved: readonly { readonly direction: string; readonly currency: string; readonly sum: string }[];
}

export interface TopService {
  readonly direction: string;
  readonly service: string;
  readonly perSecond: number;
  readonly failedPercent: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** An entry of `GET /api/alarms`, as far as it is looked at. */
export interface Standing {
  readonly id: string;
  readonly level?: string;
  readonly code: string;
  readonly reason: string;
  readonly since: number;
  readonly momentary?: boolean;
  readonly muted?: object;
  readonly acknowledged?: { readonly by: string };
}

/** An incident of `GET /api/alerts`. */
export interface StandingIncident {
  readonly code: string;
  readonly state: string;
  readonly severity: 'critical' | 'warning';
  readonly acknowledged?: { readonly by: string };
}

/** Codes after which no payment goes through, where there are no incidents that say so. */
const CRITICAL = new Set([
  'HUB_NOT_ANSWERING',
  'CORE_NOT_ANSWERING',
  'JOURNAL_NOT_WRITABLE',
  'CERTIFICATE_EXPIRED',
  'POSITION_NEAR_CAP',
  'SUCCESS_RATE_LOW',
  'TRUST_WAITS',
]);

/** What is wrong, by code: the critical first, then what nobody looks after, then the oldest. What happened once and does not end is not there. */
export function troublesOf(alarms: readonly Standing[], incidents: readonly StandingIncident[]): readonly TopTrouble[] {
  const byCode = Map.groupBy(
    alarms.filter(({ momentary }) => momentary !== true),
    ({ code }) => code,
  );
  const open = new Map(incidents.filter(({ state }) => state === 'open').map((one) => [one.code, one]));
  const troubles = [...byCode].map(([code, all]): TopTrouble => {
    const oldest = all.reduce((one, other) => (other.since < one.since ? other : one));
    const incident = open.get(code);
    const critical = incident?.severity === 'critical' || oldest.level === 'exception' || CRITICAL.has(code);
    return {
      ...{ code, count: all.length, since: oldest.since, reason: oldest.reason },
      severity: critical ? 'critical' : 'warning',
      looks: incident?.acknowledged?.by ?? oldest.acknowledged?.by,
      muted: all.every(({ muted }) => muted !== undefined),
    };
  });
  const weight = ({ severity, muted, looks }: TopTrouble): number =>
    (muted ? 4 : 0) + (severity === 'critical' ? 0 : 2) + (looks === undefined ? 0 : 1);
  return troubles.sort((one, other) => weight(one) - weight(other) || one.since - other.since);
}
