import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type Route, route } from '../server/route.ts';
import { closed, words } from '../server/schemas.ts';
import { commit, load, putOf } from '../store/kept.ts';
import type { RouteDeps } from './deps.ts';

/** A name for what stands in the address of a page. */
export interface SavedView {
  readonly name: string;
  /** The page, like `payments`. */
  readonly page: string;
  /** What stands in its address after `?`. */
  readonly search: string;
}

const VIEWS = Type.Array(
  closed({
    name: words(60),
    page: Type.String({ pattern: '^[a-z-]{1,40}$' }),
    search: Type.String({ maxLength: 1_000, pattern: '^[^\\s<>"#]*$' }),
  }),
  { maxItems: 50 },
);
const OWN = { permission: 'self:manage' } as const;

/** One’s own views: they are there in every browser. Nobody else sees them; an address is sent to somebody instead. */
export function viewRoutes({ signIn }: Pick<RouteDeps, 'signIn'>): readonly Route[] {
  const keptOf = (who: string) => load<readonly SavedView[]>(signIn, 'setting', `views ${who}`);
  return [
    route({
      ...OWN,
      method: 'GET',
      path: '/me/views',
      summary: 'One’s own views of pages, by name',
      handle: async ({ actor }) => ({ views: (await keptOf(actorName(actor)))?.value ?? [] }),
    }),
    route({
      ...OWN,
      method: 'PUT',
      path: '/me/views',
      summary: 'Replaces one’s own views, at most 50. In no audit log: nothing else follows from them',
      bodyLimit: 65_536,
      perMinute: 60,
      body: closed({ views: VIEWS }),
      async handle({ actor, body: { views } }) {
        const who = actorName(actor);
        await commit(signIn, [putOf('setting', `views ${who}`, await keptOf(who), views)], []);
        return { views };
      },
    }),
  ];
}
