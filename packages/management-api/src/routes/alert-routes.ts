import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { Problem, switchedOff } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON, words } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { AlertsDoor, ShownAlertSettings, ShownIncident } from './alerts-door.ts';
import type { RouteDeps } from './deps.ts';

/** `GET /alerts` */
export interface ShownAlerts extends ShownAlertSettings {
  readonly incidents: readonly ShownIncident[];
}

const SHOWN = 100;

/** Incidents, who was told, and who looks after them. */
export function alertRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  const door = (): AlertsDoor => {
    if (around.alerts === undefined) throw switchedOff('There are no alerts here.', 'alerts.enabled');
    return around.alerts;
  };
  return [
    route({
      method: 'GET',
      path: '/alerts',
      permission: 'overview:read',
      summary: 'Incidents, the newest first, with who was told and who looks after them; the rules and how they are delivered',
      query: closed({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }),
      async handle({ query: { limit = SHOWN } }): Promise<ShownAlerts> {
        const incidents = await door().incidents();
        const open = incidents.filter(({ state }) => state === 'open');
        const ended = incidents.filter(({ state }) => state === 'ended').slice(0, limit);
        return { ...door().settings(), incidents: [...open, ...ended] };
      },
    }),
    route({
      method: 'POST',
      path: '/alerts/acknowledge',
      permission: 'alarms:mute',
      summary: 'Says that one looks after an incident; it stays open until its cause has ended',
      body: closed({ id: words(64), reason: REASON }),
      async handle({ actor, body: { id, reason } }) {
        const by = actorName(actor);
        const said = { actor: by, target: `incident:${id}`, reason } as const;
        if (!(await door().incidents()).some((one) => one.id === id)) throw noIncident();
        await commit(signIn, [], [{ ...said, action: 'incident.acknowledged' }]);
        const incident = await door().acknowledge(id, { by, reason });
        if (incident === undefined) throw noIncident();
        return incident;
      },
    }),
    route({
      method: 'POST',
      path: '/alerts/test',
      permission: 'alerts:test',
      summary: 'Sends a test by each channel, whatever the hour, and says what came of it',
      perMinute: 6,
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        const said = { actor: actorName(actor), target: 'alerts', reason } as const;
        await commit(signIn, [], [{ ...said, action: 'alerts.test.begun' }]);
        const results = await door().test();
        await commit(signIn, [], [{ ...said, action: 'alerts.test.done', after: { results } }]);
        return { results };
      },
    }),
  ];
}

function noIncident(): Problem {
  return new Problem(404, { code: 'NOT_FOUND', message: 'There is no such incident.', advice: 'Load the list again.' });
}
