import type { OutgoingRequest } from '@payment-manager/runtime';
import type { DurableRecords } from './records.ts';
import type { Violations } from './violation.ts';

/** Who may do what, as the shared store knows it. */
export interface Owners {
  /** The lease of a replica has ended: what it owed belongs to others. */
  isFenced(replica: string): boolean;
  /** To whom the last event of a type belongs in a record. */
  ownerOf(recordId: string, eventType: string): string | undefined;
}

/**
 * Looks at a message or call of a replica in the instant in which it leaves: it belongs to the owner of the event that it follows
 * from, and what changes the core leaves only from one whose lease stands (docs/money-rules.md, 7). A message to the hub that one has begun
 * may be repeated by it for a while after its lease: it is the same, byte for byte.
 */
export function checkOwner(
  records: DurableRecords,
  owners: Owners,
  replica: string,
  toCore: boolean,
  operation: string,
  request: OutgoingRequest,
  violations: Violations,
): void {
  const cause = causeOf(records, toCore, operation, request);
  if (cause === undefined) return;
  const what = `replica ${replica} sends ${operation} ${toCore ? 'to the core' : 'to the hub'}`;
  if (owners.isFenced(replica)) {
    if (toCore) violations.report('lease', `${what} after its lease was ended`);
    return;
  }
  const owner = owners.ownerOf(cause.recordId, cause.event);
  if (owner !== replica) violations.report('owner', `${what}, which belongs to ${owner ?? 'nobody'} (${cause.event})`);
}

/** The record and the event that a message follows from; undefined: it may be a courtesy, or nobody's record. */
function causeOf(
  records: DurableRecords,
  toCore: boolean,
  operation: string,
  request: OutgoingRequest,
): { readonly recordId: string; readonly event: string } | undefined {
  const id = (member: string): string => new RegExp(`"${member}":"([^"]+)"`).exec(String(request.body))?.[1] ?? '';
  const of = (recordId: string | undefined, event: string) => (recordId === undefined ? undefined : { recordId, event });
  if (toCore && operation === 'POST /transfers') return of(records.payeeOfTransfer(id('transferId'))?.recordId, 'core-transfer-started');
  if (toCore && operation === 'PUT /transfers')
    return of(records.payeeOfTransfer(request.url.split('/').at(-1) ?? '')?.recordId, 'notification-started');
  if (!toCore && operation === 'POST /transfers') return of(id('transferId'), 'quote-accepted');
  if (!toCore && operation === 'POST /quotes') return of(records.payerOfQuote(id('quoteId'))?.transferId, 'quote-requested');
  return undefined;
}
