import Type from 'typebox';
import { decide, listApprovals, withdraw } from '../approvals/approvals.ts';
import { type Route, route } from '../server/route.ts';
import { closed, ID, REASON } from '../server/schemas.ts';
import type { RouteDeps } from './deps.ts';

/** What waits for a second person. */
export function approvalRoutes({ approvals }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/approvals',
      permission: 'approvals:read',
      summary: 'What waits for a second person, and what was decided in the last 30 days; which actions need one',
      handle: async () => ({ needed: approvals.needed, approvals: await listApprovals(approvals) }),
    }),
    route({
      method: 'POST',
      path: '/approvals/:id/decide',
      permission: 'approvals:decide',
      summary: 'Yes or no to what somebody else asked for; yes does it',
      params: closed({ id: ID }),
      body: closed({ yes: Type.Boolean(), reason: REASON }),
      handle: async ({ actor, params, body }) => decide(approvals, actor, params.id, body.yes, body.reason),
    }),
    route({
      method: 'POST',
      path: '/approvals/:id/withdraw',
      permission: 'approvals:decide',
      summary: 'Takes back what one asked for',
      params: closed({ id: ID }),
      handle: async ({ actor, params }) => withdraw(approvals, actor, params.id),
    }),
  ];
}
