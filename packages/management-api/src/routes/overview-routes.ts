import { FilterInvalid, type Overview, successRate } from '@payment-manager/read-model';
import Type from 'typebox';
import { type Route, route } from '../server/route.ts';
import { closed, INSTANT } from '../server/schemas.ts';
import type { RouteDeps } from './deps.ts';
import { queriesOf } from './payment-routes.ts';

const DAYS_MAX = 93;
const DAY_MS = 86_400_000;

/** Figures of one period. */
export interface ShownOverview extends Overview {
  /** From then on, milliseconds since the epoch. */
  readonly from: number;
  /** Before then; of a period that is not over: now. */
  readonly to: number;
  /** Completed among completed and failed, from 0 to 1; absent: none has ended. */
  readonly successRate?: number;
}

/** `GET /overview` */
export interface OverviewAnswer {
  readonly now: ShownOverview;
  readonly before: ShownOverview;
  /** How far the rows are behind, milliseconds. */
  readonly behindMs: number;
}

/** What a period brought, beside what one of the same length brought before. */
export function overviewRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/overview',
      permission: 'payments:read',
      summary:
        'All figures of a period of at most 93 days beside those of one as long: it begins at `against`; default: it ends where this one begins',
      query: closed({ from: INSTANT, to: Type.Optional(INSTANT), against: Type.Optional(INSTANT) }),
      async handle({ query: { from, to, against } }): Promise<OverviewAnswer> {
        const end = Math.min(to ?? Number.MAX_SAFE_INTEGER, signIn.clock.now());
        const length = end - from;
        if (length <= 0 || length > DAYS_MAX * DAY_MS)
          throw new FilterInvalid(`the period begins in the past and lasts ${DAYS_MAX} days at most`);
        const start = against ?? from - length;
        const queries = await queriesOf(around);
        // what begins while we ask belongs to a period that is not over, as in the list of it
        const open = to === undefined || to > end;
        const now = await queries.overview({ from, ...(!open && { to: end }) });
        const before = await queries.overview({ from: start, to: start + length });
        return { now: shown(now, from, end), before: shown(before, start, start + length), behindMs: around.behind() };
      },
    }),
  ];
}

function shown(overview: Overview, from: number, to: number): ShownOverview {
  const rate = successRate(overview.states);
  return { ...overview, from, to, ...(rate !== undefined && { successRate: rate }) };
}
