import { FilterInvalid } from '@payment-manager/read-model';
import { businessDays, dayNumber } from '@payment-manager/runtime';
import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type Cap, loadCaps } from '../positions/caps.ts';
import { positionsNow, type ShownPosition } from '../positions/positions.ts';
import { notFound } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import { commit, load, putOf } from '../store/kept.ts';
import type { RouteDeps } from './deps.ts';
import { queriesOf } from './payment-routes.ts';

const OF_CURRENCY = closed({ currency: Type.String({ pattern: '^[A-Z]{3}$' }) });
const CAP = Type.String({ pattern: '^(?!0+(\\.0+)?$)\\d{1,18}(\\.\\d{1,4})?$', description: 'above zero' });
const OPENING = Type.String({ pattern: '^-?\\d{1,18}(\\.\\d{1,4})?$', description: 'what stood then; negative: the scheme owed us' });
const DAY = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'the business day after the last settlement' });
const DAYS_MAX = 93;

/** `GET /positions` */
export interface PositionsAnswer {
  readonly positions: readonly ShownPosition[];
  /** From this share of a cap on a position is near it. */
  readonly warnPercent: number;
  /** How far the rows are behind, milliseconds. */
  readonly behindMs: number;
}

/** Positions computed of our payments, and the caps that somebody entered. */
export function positionRoutes(deps: RouteDeps): readonly Route[] {
  const { around, signIn } = deps;
  const days = () => businessDays(around.businessDay);
  const enters = { method: 'POST', permission: 'positions:cap', params: OF_CURRENCY, perMinute: 30 } as const;
  return [
    route({
      method: 'GET',
      path: '/positions',
      permission: 'payments:read',
      summary: 'What we owe the scheme by currency, computed of our own payments, beside the net debit cap where one was entered',
      async handle(): Promise<PositionsAnswer> {
        const { positionWarnPercent: warnPercent } = around;
        const caps = await loadCaps(signIn);
        const positions = await positionsNow(await queriesOf(around), caps, { days: days(), now: signIn.clock.now(), warnPercent });
        return { positions, warnPercent, behindMs: around.behind() };
      },
    }),
    route({
      ...enters,
      path: '/positions/:currency/cap',
      summary: 'Enters the net debit cap of a currency, and since when payments count; default: each business day anew',
      body: closed({ cap: CAP, settled: Type.Optional(closed({ since: DAY, opening: OPENING })), reason: REASON }),
      async handle({ actor, origin, params: { currency }, body: { cap, settled, reason } }) {
        if (settled !== undefined) demandPast(settled.since, days().dayOf(signIn.clock.now()));
        const kept = await load<Cap>(signIn, 'cap', currency);
        const by = actorName(actor);
        const value: Cap = { cap, ...(settled !== undefined && { settled }), by, at: signIn.clock.now() };
        await commit(
          signIn,
          [putOf<Cap>('cap', currency, kept, value)],
          [
            {
              ...{ actor: by, action: 'position.cap-entered', target: `position:${currency}`, reason, address: origin.address },
              ...{ before: kept && shown(kept.value), after: shown(value) },
            },
          ],
        );
        return value;
      },
    }),
    route({
      ...enters,
      path: '/positions/:currency/cap/remove',
      summary: 'Takes the cap of a currency away: nothing warns of it any more',
      body: closed({ reason: REASON }),
      async handle({ actor, origin, params: { currency }, body: { reason } }) {
        const kept = await load<Cap>(signIn, 'cap', currency);
        if (kept === undefined) throw notFound('cap of this currency');
        const said = { actor: actorName(actor), action: 'position.cap-removed', target: `position:${currency}`, reason } as const;
        await commit(
          signIn,
          [putOf<Cap>('cap', currency, kept, undefined)],
          [{ ...said, before: shown(kept.value), address: origin.address }],
        );
      },
    }),
  ];
}

function shown({ cap, settled }: Cap): object {
  return { cap, ...settled };
}

/** @throws FilterInvalid */
function demandPast(since: string, today: number): void {
  let day = Number.NaN;
  try {
    day = dayNumber(since);
  } catch {
    // said below
  }
  if (!(day <= today && day > today - DAYS_MAX)) throw new FilterInvalid(`since is a business day of the last ${DAYS_MAX} days`);
}
