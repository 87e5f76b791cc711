import Type from 'typebox';
import { type Actor, actorName } from '../access/actor.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON, words } from '../server/schemas.ts';
import { commit, type Keeping, load, loadAll, putOf } from '../store/kept.ts';
import type { Condition, RouteDeps } from './deps.ts';

/** Somebody knows of an alarm. It ends with its time, and hides nothing: the alarm stays in the list, marked. */
interface Marked {
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  readonly until: number;
}

/** `mute`: it calls nobody for some hours. `seen`: somebody looks after it, until it comes anew. */
type Mark = 'mute' | 'seen';

const HOURS_MAX = 168;
const SEEN_MS = 30 * 86_400_000;

const ALARM = { id: words(200), code: Type.String({ pattern: '^[A-Z0-9_]{1,60}$' }), reason: REASON };

/** Is money moving, what is broken, what will expire. */
export function healthRoutes(deps: RouteDeps): readonly Route[] {
  const { around, signIn } = deps;
  const mutes = { method: 'POST', permission: 'alarms:mute' } as const;
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
      summary: 'What somebody should look at, with what is muted, and who has seen it',
      query: closed({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) }),
      async handle({ query: { limit = 100 } }) {
        const marks = new Map((await loadAll<Marked>(signIn, 'setting')).map(({ id, value }) => [id, value]));
        return { alarms: (await around.alarms({ limit })).map((alarm) => shown(alarm, marks)) };
      },
    }),
    route({
      ...mutes,
      path: '/alarms/mute',
      summary: 'Marks an alarm as known for some hours; it stays in the list',
      body: closed({ ...ALARM, hours: Type.Integer({ minimum: 1, maximum: HOURS_MAX }) }),
      handle: ({ actor, body: { hours, ...alarm } }) =>
        mark(deps, actor, 'mute', alarm, { until: signIn.clock.now() + hours * 3_600_000, after: { hours } }),
    }),
    route({
      ...mutes,
      path: '/alarms/acknowledge',
      summary: 'Says that one looks after an alarm; when it comes anew, nobody has seen it yet',
      body: closed(ALARM),
      handle: ({ actor, body }) => mark(deps, actor, 'seen', body, { until: signIn.clock.now() + SEEN_MS, after: {} }),
    }),
    route({
      ...mutes,
      path: '/alarms/unmute',
      summary: 'Takes both back',
      body: closed(ALARM),
      async handle({ actor, body: { id, code, reason } }) {
        const kept = await Promise.all(
          (['mute', 'seen'] as const).map((what) => load<Marked>(signIn, 'setting', markId(what, { id, code }))),
        );
        const puts = kept.flatMap((one) => (one === undefined ? [] : [putOf<Marked>('setting', one.id, one, undefined)]));
        await commit(signIn, puts, [{ actor: actorName(actor), action: 'alarm.unmuted', target: `alarm:${code}`, after: { id }, reason }]);
      },
    }),
  ];
}

/** Alarms that somebody let rest, as `CODE ID`. */
export async function mutedAlarms(keeping: Keeping): Promise<readonly string[]> {
  const marks = await loadAll<Marked>(keeping, 'setting');
  return marks.flatMap(({ id }) => (id.startsWith('mute ') ? [id.slice('mute '.length)] : []));
}

const WORDS = { mute: 'alarm.muted', seen: 'alarm.acknowledged' } as const satisfies Readonly<Record<Mark, string>>;

async function mark(
  { signIn }: Pick<RouteDeps, 'signIn'>,
  actor: Actor,
  what: Mark,
  { id, code, reason }: { readonly id: string; readonly code: string; readonly reason: string },
  { until, after }: { readonly until: number; readonly after: object },
): Promise<void> {
  const by = actorName(actor);
  const key = markId(what, { id, code });
  const kept = await load<Marked>(signIn, 'setting', key);
  const put = putOf<Marked>('setting', key, kept, { by, at: signIn.clock.now(), reason, until }, { expires: until });
  await commit(signIn, [put], [{ actor: by, action: WORDS[what], target: `alarm:${code}`, after: { id, ...after }, reason }]);
}

function shown(alarm: Condition, marks: ReadonlyMap<string, Marked>): object {
  const muted = marks.get(markId('mute', alarm));
  const seen = marks.get(markId('seen', alarm));
  return { ...alarm, ...(muted && { muted }), ...(seen !== undefined && seen.at >= alarm.since && { acknowledged: seen }) };
}

function markId(what: Mark, { id, code }: { readonly id: string; readonly code: string }): string {
  return `${what} ${code} ${id}`;
}
