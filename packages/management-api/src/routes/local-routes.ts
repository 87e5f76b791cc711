import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { ROLES } from '../access/permissions.ts';
import { administratorLink, linkUrl, sandboxLink } from '../identity/links.ts';
import { notNow } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed } from '../server/schemas.ts';
import type { RouteDeps } from './deps.ts';

/** What only users of this machine may ask for, through the socket. */
export function localRoutes({ signIn, party, around }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/local/administrator-link',
      permission: 'local',
      summary: 'Through the socket alone: a link for the user `administrator`, whose password and second factors are gone then',
      answer: closed({ link: Type.String() }),
      async handle({ actor }) {
        return { link: linkUrl(party().origin, await administratorLink(signIn, actorName(actor))) };
      },
    }),
    route({
      method: 'POST',
      path: '/local/sandbox-link',
      permission: 'local',
      summary: 'Through the socket alone, in a sandbox: a link that signs in with a role, once',
      body: closed({ role: Type.Enum([...ROLES]) }),
      answer: closed({ link: Type.String() }),
      async handle({ actor, body }) {
        if (!around.sandbox) throw notNow('Real money moves here: nobody signs in without a password.', './pm portal reset-administrator');
        return { link: linkUrl(party().origin, await sandboxLink(signIn, body.role, actorName(actor))) };
      },
    }),
  ];
}
