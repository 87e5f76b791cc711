import type { AlarmCode } from '@payment-manager/runtime';

/** What fails, in this order. */
export const FAILURES = ['hub', 'core', 'disk'] as const;
export type Failure = (typeof FAILURES)[number];

/** From when to when something fails; milliseconds after the beginning. */
export interface Stretch {
  readonly failure: Failure;
  readonly from: number;
  readonly to: number;
}

/** Shares of the whole time: what fails is away for an eighth of it, and the quiet time after the last one is the longest, so that its incident ends, too. */
const BEGINS: Readonly<Record<Failure, number>> = { hub: 0.15, core: 0.4, disk: 0.65 };
const LASTS = 0.12;

/** When what fails, in a drill of so many minutes. */
export function courseOf(minutes: number): readonly Stretch[] {
  const whole = minutes * 60_000;
  return FAILURES.map((failure) => ({
    failure,
    from: Math.round(BEGINS[failure] * whole),
    to: Math.round((BEGINS[failure] + LASTS) * whole),
  }));
}

/** Alerts begin after a minute and end after ten: where what fails is away for less than two minutes, both are in proportion, as overrides of the configuration. */
export function patienceOf(minutes: number): Readonly<Record<string, string>> {
  const away = LASTS * minutes * 60_000;
  if (away >= 120_000) return {};
  return { PM_ALERTS_BEGINS_AFTER_MS: String(Math.round(away / 4)), PM_ALERTS_ENDS_AFTER_MS: String(Math.round(away / 2)) };
}

/** An incident of the alerts, as far as a drill looks at it. Milliseconds since the epoch. */
export interface SeenIncident {
  readonly code: string;
  readonly since: number;
  readonly endedAt?: number;
}

/** The alarm that tells of each failure. */
export const ALARMS: Readonly<Record<Failure, AlarmCode>> = {
  hub: 'HUB_NOT_ANSWERING',
  core: 'CORE_NOT_ANSWERING',
  disk: 'JOURNAL_NOT_WRITABLE',
};

/** How many incidents there are of each failure’s alarm; one is as it should be. */
export function incidentsOf(incidents: readonly SeenIncident[]): Readonly<Record<Failure, number>> {
  const count = (failure: Failure): number => incidents.filter(({ code }) => code === ALARMS[failure]).length;
  return { hub: count('hub'), core: count('core'), disk: count('disk') };
}
