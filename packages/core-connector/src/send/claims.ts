import type { Claim } from '@payment-manager/journal';
import type { SendEvent } from './events.ts';

/** The kind of the records of our customers' payments. */
export const SEND_KIND = 'send';

/** The DFSP's own key, its own id, and the transferId (docs/money-rules.md, 2). */
export function sendClaims(event: SendEvent): readonly Claim[] {
  if (event.type === 'payment-known') return [transferClaim(event.transferId)];
  if (event.type !== 'send-begun') return [];
  const { idempotencyKey, byHomeId, request } = event;
  return [
    ...(idempotencyKey === undefined ? [] : [keyClaim(idempotencyKey)]),
    ...(byHomeId === true ? [homeClaim(request.homeTransactionId)] : []),
  ];
}

export const keyClaim = (key: string): Claim => ({ kind: SEND_KIND, scope: 'key', value: key });
export const homeClaim = (homeTransactionId: string): Claim => ({ kind: SEND_KIND, scope: 'home', value: homeTransactionId });
export const transferClaim = (transferId: string): Claim => ({ kind: SEND_KIND, scope: 'transfer', value: transferId });
