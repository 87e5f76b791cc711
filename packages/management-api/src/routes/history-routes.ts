import { FilterInvalid, type History, historyOf } from '@payment-manager/read-model';
import Type from 'typebox';
import { switchedOff } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, INSTANT } from '../server/schemas.ts';
import type { RouteDeps } from './deps.ts';

const DAYS_MAX = 93;
const DAY_MS = 86_400_000;
const SHORTEST_MS = 60_000;

/** `GET /history` */
export type HistoryAnswer = History;

/** What every process kept of latency and health, each minute. */
export function historyRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/history',
      permission: 'overview:read',
      summary:
        'Requests a second and p50, p95, p99 of each service, health of each part and of each process, in at most about 200 steps: of minutes within 14 days and up to a day long, else of hours',
      perMinute: 240,
      query: closed({ from: INSTANT, to: Type.Optional(INSTANT) }),
      async handle({ query: { from, to } }): Promise<HistoryAnswer> {
        if (around.history === undefined)
          throw switchedOff('The history of latency and health needs the read model, which is switched off.', 'readModel.enabled');
        const now = signIn.clock.now();
        const end = Math.min(to ?? now, now);
        if (end - from < SHORTEST_MS || end - from > DAYS_MAX * DAY_MS)
          throw new FilterInvalid(`the period begins in the past and lasts a minute at least, ${DAYS_MAX} days at most`);
        return historyOf(await around.history(), { from, to: end }, now);
      },
    }),
  ];
}
