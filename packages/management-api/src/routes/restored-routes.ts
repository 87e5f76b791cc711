import { type Doing, doOrAsk } from '../approvals/approvals.ts';
import { notNow } from '../server/problem.ts';
import { Answer, type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import type { RouteDeps, Surroundings } from './deps.ts';

/** A journal that was put back to an older copy: what is known of it, and the lifting of its mark. */
export function restoredRoutes({ around, approvals }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/restored',
      permission: 'overview:read',
      summary: 'The last restore, or {}',
      handle: async () => around.restored.last() ?? {},
    }),
    route({
      method: 'POST',
      path: '/restored/lift',
      permission: 'restored:lift',
      summary: 'Lets payments be taken again, or asks for four eyes (202)',
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        const last = around.restored.last();
        if (last === undefined || last.lifted !== undefined)
          throw notNow('The journal is not marked as restored, or the mark was lifted.', 'Nothing is to be done.');
        const outcome = await doOrAsk(approvals, actor, { action: 'lift-restored', target: `restored:${last.number}`, values: {}, reason });
        return outcome.kind === 'done' ? outcome.result : new Answer(202, { state: 'waiting', approval: outcome.approval });
      },
    }),
  ];
}

/** Does it, if transfers since the copy are accounted for. */
export function liftRestored({ restored }: Surroundings): Doing {
  return async (_values, { by, reason }) => {
    const lifted = await restored.lift({ by: by.slice(0, 100), reason });
    if (typeof lifted !== 'string') return { number: lifted.number };
    throw notNow(
      `The mark cannot be lifted: ${lifted.replaceAll('-', ' ')}.`,
      'Read in the report of the hub or of the core first: docs/retention.md.',
    );
  };
}
