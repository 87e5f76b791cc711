import { type AlarmEntry, alarmBoard, every, type World } from '@payment-manager/runtime';
import { type Measured, type Measurements, REQUEST_STEPS_SECONDS } from './measurements.ts';

/** When too many payments fail, and when they are slow. */
export interface RateThresholds {
  /** `belowPercent` 0: never. */
  readonly successRate: { readonly belowPercent: number; readonly minimumPayments: number; readonly windowMs: number };
  /** `aboveMs` 0: never. */
  readonly latency: { readonly aboveMs: number; readonly minimumRequests: number; readonly windowMs: number };
}

export interface RateAlarmsDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  readonly measurements: Measurements;
  /** As they are configured now. */
  thresholds(): RateThresholds;
}

const EVERY_MS = 30_000;
/** One that stands ends only when it is that much better: at the threshold it would come and go. */
const BETTER_PERCENT = 5;
/** Of a hundred requests so many may be slow; while an alarm stands, so many. */
const SLOW_PERCENT = 5;
const SLOW_PERCENT_STANDING = 4;

/**
 * Alarms that are told from counts: `SUCCESS_RATE_LOW` for each flow, `PAYMENTS_SLOW`. Each 30 s the last minutes are looked at. Too few payments say
 * nothing: then none begins, and one that stands ends.
 */
export function watchRates(deps: RateAlarmsDeps): { alarms(): readonly AlarmEntry[]; stop(): void } {
  const { clock, timers, log, metrics, measurements, thresholds } = deps;
  const board = alarmBoard(clock);
  const raised = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  const look = async (): Promise<void> => {
    const { successRate, latency } = thresholds();
    const [payments, requests] = [await measurements.last(successRate.windowMs), await measurements.last(latency.windowMs)];
    const stands = (id: string): boolean => board.alarms().some((one) => one.id === id);
    const told = [
      ...(['payer', 'payee'] as const).map((flow) => ({
        ...{ id: `success-rate-${flow}`, code: 'SUCCESS_RATE_LOW' as const },
        reason: lowRate(flow, payments, successRate, stands(`success-rate-${flow}`)),
      })),
      { id: 'latency', code: 'PAYMENTS_SLOW' as const, reason: slow(requests, latency, stands('latency')) },
    ];
    for (const { id, code, reason } of told) {
      if (reason === undefined) {
        if (board.clear(id, code) !== undefined) log.info('an alarm has ended', { code, id });
      } else if (board.raise({ id, code, reason }) === 'new') {
        raised.add(1, { code });
        log.warn('alarm', { code, reason });
      }
    }
  };
  const looking = every(EVERY_MS, timers, () =>
    look().catch((error: Error) => log.warn('rates cannot be looked at', { error: error.name })),
  );
  return { alarms: () => board.alarms(), stop: () => looking.stop() };
}

const WHOSE = { payer: 'payments that our customers made', payee: 'payments to our customers' } as const;

/** Undefined: enough of them complete, or too few ended to say. */
function lowRate(
  flow: 'payer' | 'payee',
  { ended }: Measured,
  { belowPercent, minimumPayments, windowMs }: RateThresholds['successRate'],
  stands: boolean,
): string | undefined {
  const { all, completed } = ended[flow];
  const limit = stands ? Math.min(belowPercent + BETTER_PERCENT, 100) : belowPercent;
  if (belowPercent === 0 || all < minimumPayments || completed * 100 >= all * limit) return undefined;
  return `Only ${completed} of ${all} ${WHOSE[flow]} completed in the last ${minutes(windowMs)} minutes.`;
}

/** Undefined: 95 in a hundred are quick enough, or too few to say. */
function slow(
  { within }: Measured,
  { aboveMs, minimumRequests, windowMs }: RateThresholds['latency'],
  stands: boolean,
): string | undefined {
  const all = within.at(-1)?.count ?? 0;
  if (aboveMs === 0 || all < minimumRequests) return undefined;
  // the bucket that holds the limit: what was answered within it may have been slower than the limit, and is not counted as slow
  const seconds = REQUEST_STEPS_SECONDS.find((step) => step * 1_000 >= aboveMs);
  if (seconds === undefined) return undefined;
  const late = all - (within.findLast((one) => one.seconds <= seconds)?.count ?? 0);
  if (late * 100 <= all * (stands ? SLOW_PERCENT_STANDING : SLOW_PERCENT)) return undefined;
  return `${late} of ${all} requests of our customers took over ${seconds} s in the last ${minutes(windowMs)} minutes.`;
}

function minutes(ms: number): number {
  return Math.round(ms / 60_000);
}
