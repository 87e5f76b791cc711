import { type Keeping, loadAll, putOf } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';

/** What ends the sign-ins of a user that were begun, and challenges of passkeys that wait. */
export async function endTickets(keeping: Keeping, user: string): Promise<readonly Put[]> {
  return (await loadAll(keeping, 'ticket', { owner: user })).map((one) => putOf('ticket', one.id, one, undefined));
}
