/** What drives payments of our own customers from another room needs: the payer's door, how it shows a payee, and what `/sendmoney` asks. */

export { partyOfView } from './party.ts';
export type * from './payer-door.ts';
export type * from './send-door.ts';
