import { actorName } from '../access/actor.ts';
import { switchedOff } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { RouteDeps } from './deps.ts';

/** The declarative connector to the core. */
export function connectorRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/connector/reload',
      permission: 'connector:reload',
      summary: 'Loads the connector anew; payments under way keep the version that they began with. `refused`: the former one goes on',
      perMinute: 6,
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        const { reloadConnector } = around;
        if (reloadConnector === undefined) throw switchedOff('The core is reached over HTTP here.', 'core.connector');
        const said = { actor: actorName(actor), target: 'connector', reason } as const;
        await commit(signIn, [], [{ ...said, action: 'connector.reload.begun' }]);
        const result = await reloadConnector();
        await commit(signIn, [], [{ ...said, action: 'connector.reload.done', after: { kind: result.kind, version: result.version } }]);
        return result;
      },
    }),
  ];
}
