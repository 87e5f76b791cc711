import Type from 'typebox';
import { type Doing, doOrAsk } from '../approvals/approvals.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON, words } from '../server/schemas.ts';
import type { AskedEndpoints } from './connection-door.ts';
import { doorOf } from './connection-routes.ts';
import type { RouteDeps, Surroundings } from './deps.ts';
import { answerOf } from './outcome.ts';

/** Where the hub reaches us, and from where we call it. */
export function endpointRoutes({ around, approvals }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/connection/endpoints',
      permission: 'connection:read',
      summary: 'Endpoints as configured, as changed here, and as the Connection Manager has them; those of the hub',
      handle: async () => doorOf(around).endpoints(),
    }),
    route({
      method: 'PUT',
      path: '/connection/endpoints',
      permission: 'endpoints:change',
      summary: 'Puts endpoints in the place of the configured ones, or asks for four eyes (202)',
      perMinute: 10,
      body: closed({
        ingressUrl: words(300),
        egress: Type.Array(words(200), { minItems: 1, maxItems: 50, uniqueItems: true, description: 'ADDRESS:PORTS' }),
        reason: REASON,
      }),
      async handle({ actor, body: { reason, ...endpoints } }) {
        await doorOf(around).checkEndpoints(endpoints);
        return answerOf(
          await doOrAsk(approvals, actor, { action: 'change-endpoints', target: 'endpoints', values: { endpoints }, reason }),
        );
      },
    }),
    route({
      method: 'POST',
      path: '/connection/endpoints/reset',
      permission: 'endpoints:change',
      summary: 'Those of the configuration count again, or asks for four eyes (202)',
      perMinute: 10,
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        doorOf(around);
        return answerOf(await doOrAsk(approvals, actor, { action: 'change-endpoints', target: 'endpoints', values: {}, reason }));
      },
    }),
  ];
}

/** Does it, with the values that were approved. */
export function changeEndpoints(around: Surroundings): Doing {
  return (values, { by, reason }) => {
    const { endpoints } = values as { readonly endpoints?: AskedEndpoints };
    return doorOf(around).changeEndpoints(endpoints, { by, reason });
  };
}
