import type { PaymentQueries } from '@payment-manager/read-model';
import { type AlarmEntry, alarmBoard, type BusinessDaySettings, businessDays, every, type World } from '@payment-manager/runtime';
import type { Keeping } from '../store/kept.ts';
import { loadCaps } from './caps.ts';
import { positionsNow } from './positions.ts';

export interface PositionWatchDeps extends Pick<World, 'timers'> {
  readonly keeping: Keeping;
  /** Undefined: the read model is switched off, and nothing is watched. */
  readonly payments: (() => Promise<Pick<PaymentQueries, 'totals'>>) | undefined;
  readonly businessDay: BusinessDaySettings;
  readonly warnPercent: number;
}

const LOOK_EVERY_MS = 15_000;

/** Looks at each position that has a cap, and says when it is near it. Without an answer of the read model what stands goes on to stand. */
export function watchPositions({ keeping, payments, businessDay, warnPercent, timers }: PositionWatchDeps) {
  const { clock, log } = keeping;
  const board = alarmBoard(clock);
  const days = businessDays(businessDay);
  const look = async (): Promise<void> => {
    const caps = await loadCaps(keeping);
    const known = new Set(caps.map(({ id }) => idOf(id)));
    for (const { id } of board.alarms()) if (!known.has(id)) board.clear(id, 'POSITION_NEAR_CAP');
    if (payments === undefined || caps.length === 0) return;
    for (const { currency, cap } of await positionsNow(await payments(), caps, { days, now: clock.now(), warnPercent })) {
      if (cap === undefined) continue;
      const id = idOf(currency);
      if (cap.level === 'below') {
        if (board.clear(id, 'POSITION_NEAR_CAP')) log.info('a position is below its cap again', { code: 'POSITION_NEAR_CAP', currency });
        continue;
      }
      const reason = reasonOf(currency, cap);
      if (board.raise({ id, code: 'POSITION_NEAR_CAP', reason }) === 'new')
        log.warn('a position is near its cap', { code: 'POSITION_NEAR_CAP', reason });
    }
  };
  const looking = every(LOOK_EVERY_MS, timers, () =>
    look().catch((error: unknown) => log.warn('positions cannot be looked at; it is tried again', { reason: String(error) })),
  );
  return { look, alarms: (): readonly AlarmEntry[] => board.alarms(), stop: () => looking.stop() };
}

function idOf(currency: string): string {
  return `position ${currency}`;
}

/** Without digits that change with each payment: an alarm that stands is told once. */
function reasonOf(currency: string, { cap, level }: { readonly cap: string; readonly level: string }): string {
  return level === 'over'
    ? `the position in ${currency}, computed of our payments, has reached the net debit cap of ${cap}: the hub refuses transfers that need more`
    : `the position in ${currency}, computed of our payments, comes near the net debit cap of ${cap}`;
}
