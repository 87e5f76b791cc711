import type { Claim } from '@payment-manager/journal';
import { quoteClaim as payeeQuoteClaim, transactionClaim, transferClaim } from '../payee/flow.ts';
import { homeTransactionClaim, idempotencyClaim, quoteClaim } from '../payer/flow.ts';

/** Which id of a payment a text was. */
export type IdKind = 'transferId' | 'quoteId' | 'transactionId' | 'homeTransactionId' | 'Idempotency-Key';

/** A payment that has the id. */
export interface FoundById {
  readonly as: IdKind;
  readonly flow: 'payer' | 'payee';
  readonly recordId: string;
  /** Of a homeTransactionId: which attempt, from 1. */
  readonly attempt?: number;
}

/** Where a claim leads. */
export interface ClaimFinder {
  find(claim: Claim): Promise<string | undefined>;
  state(recordId: string): Promise<unknown>;
}

const ATTEMPTS_MOST = 100;

/**
 * The payments that have this id, whichever id it is: as payer the transferId, quoteId, homeTransactionId (of each attempt) and
 * Idempotency-Key; as payee the transferId, and with `from`, the FSP that asked, its quoteId and transactionId.
 */
export async function findById(
  { payer, payee }: { readonly payer: ClaimFinder; readonly payee: ClaimFinder },
  id: string,
  from?: string,
): Promise<readonly FoundById[]> {
  const found: FoundById[] = [];
  const add = (more: Omit<FoundById, 'recordId'>, recordId: string | undefined): boolean => {
    if (recordId === undefined) return false;
    if (!found.some((one) => one.flow === more.flow && one.recordId === recordId)) found.push({ ...more, recordId });
    return true;
  };
  add({ as: 'transferId', flow: 'payer' }, (await payer.state(id)) === undefined ? undefined : id);
  add({ as: 'transferId', flow: 'payee' }, await payee.find(transferClaim(id)));
  add({ as: 'quoteId', flow: 'payer' }, await payer.find(quoteClaim(id)));
  for (let attempt = 1; attempt <= ATTEMPTS_MOST; attempt++)
    if (!add({ as: 'homeTransactionId', flow: 'payer', attempt }, await payer.find(homeTransactionClaim(id, attempt)))) break;
  add({ as: 'Idempotency-Key', flow: 'payer' }, await payer.find(idempotencyClaim(id)));
  if (from !== undefined) {
    add({ as: 'quoteId', flow: 'payee' }, await payee.find(payeeQuoteClaim(from, id)));
    add({ as: 'transactionId', flow: 'payee' }, await payee.find(transactionClaim(from, id)));
  }
  return found;
}
