import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON, words } from '../server/schemas.ts';
import { commit, load, loadAll, putOf } from '../store/kept.ts';
import type { RouteDeps } from './deps.ts';

/** A mute or an acknowledgement of an alarm; it ends with its time, and hides nothing: the alarm stays in the list, marked. */
interface Muted {
  readonly by: string;
  readonly reason: string;
  readonly until: number;
}

const HOURS_MAX = 168;

/** Is money moving, what is broken, what will expire. */
export function healthRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/health',
      permission: 'overview:read',
      summary: 'Whether it can take payments, with its parts, and how far the lists are behind',
      handle: async () => ({ ...(await around.readiness()), behindMs: around.behind() }),
    }),
    route({
      method: 'GET',
      path: '/alarms',
      permission: 'overview:read',
      summary: 'What somebody should look at, with what is muted and by whom',
      query: closed({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) }),
      async handle({ query: { limit = 100 } }) {
        const muted = new Map((await loadAll<Muted>(signIn, 'setting')).map(({ id, value }) => [id, value]));
        const alarms = await around.alarms({ limit });
        return { alarms: alarms.map((alarm) => ({ ...alarm, ...(muted.has(muteId(alarm)) && { muted: muted.get(muteId(alarm)) }) })) };
      },
    }),
    route({
      method: 'POST',
      path: '/alarms/mute',
      permission: 'alarms:mute',
      summary: 'Marks an alarm as seen by somebody, for some hours; it stays in the list',
      body: closed({
        id: words(200),
        code: Type.String({ pattern: '^[A-Z_]{1,60}$' }),
        hours: Type.Integer({ minimum: 1, maximum: HOURS_MAX }),
        reason: REASON,
      }),
      async handle({ actor, body: { id, code, hours, reason } }) {
        const by = actorName(actor);
        const until = signIn.clock.now() + hours * 3_600_000;
        const kept = await load<Muted>(signIn, 'setting', muteId({ id, code }));
        const put = putOf<Muted>('setting', muteId({ id, code }), kept, { by, reason, until }, { expires: until });
        await commit(signIn, [put], [{ actor: by, action: 'alarm.muted', target: `alarm:${code}`, after: { id, hours }, reason }]);
      },
    }),
  ];
}

function muteId({ id, code }: { readonly id: string; readonly code: string }): string {
  return `mute ${code} ${id}`;
}
