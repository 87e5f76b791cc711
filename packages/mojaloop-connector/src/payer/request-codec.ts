import type { PaymentRequest, TransferParty } from '../transfer/payer-door.ts';
import type { StoredRequest, StoredRequestParty } from './stored-request.ts';

/** Every member of a stored request but the parties; the type holds the list to be complete. */
const MEMBERS = Object.keys({
  homeTransactionId: 0,
  amountType: 0,
  currency: 0,
  amount: 0,
  transactionType: 0,
  subScenario: 0,
  initiator: 0,
  refundInfo: 0,
  note: 0,
  quoteRequestExtensions: 0,
  transferRequestExtensions: 0,
  skipPartyLookup: 0,
  prepareExpirySeconds: 0,
  quoteExpirySeconds: 0,
  fxPrepareExpirySeconds: 0,
  fxQuoteExpirySeconds: 0,
} satisfies { [M in Exclude<keyof StoredRequest, 'from' | 'to'>]-?: 0 }) as readonly Exclude<keyof StoredRequest, 'from' | 'to'>[];

const PARTY_MEMBERS = Object.keys({
  type: 0,
  idType: 0,
  idValue: 0,
  idSubValue: 0,
  displayName: 0,
  firstName: 0,
  middleName: 0,
  lastName: 0,
  dateOfBirth: 0,
  merchantClassificationCode: 0,
  fspId: 0,
  supportedCurrencies: 0,
  kycInformation: 0,
  extensionList: 0,
} satisfies { [M in keyof StoredRequestParty]-?: 0 }) as readonly (keyof StoredRequestParty)[];

/**
 * What the journal keeps of a request: the members that it knows, and no other. A member that the API gets is stored once it stands here,
 * which makes it part of what must stay readable. The way back needs nothing: a stored request is a request.
 */
export function storedRequest(request: PaymentRequest): StoredRequest {
  const { homeTransactionId, amountType, currency, amount, transactionType, from, to } = request;
  return picked(request, MEMBERS, {
    homeTransactionId,
    from: storedParty(from),
    to: storedParty(to),
    amountType,
    currency,
    amount,
    transactionType,
  });
}

function storedParty(party: TransferParty): StoredRequestParty {
  return picked(party, PARTY_MEMBERS, { idType: party.idType, idValue: party.idValue });
}

/** `stored`, with those members of `given` that are there. */
function picked<T extends object>(given: T, members: readonly (keyof T)[], stored: T): T {
  for (const member of members) if (given[member] !== undefined) stored[member] = given[member];
  return stored;
}
