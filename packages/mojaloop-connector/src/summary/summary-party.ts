import type { QuotesIdPutResponse } from '@payment-manager/fspiop';
import type { TransferParty } from '../transfer/payer-door.ts';
import type { SummaryParty } from './summary.ts';

/** A party as a list shows it. */
export function partyOf(party: TransferParty | undefined): SummaryParty | undefined {
  if (party === undefined) return undefined;
  const { displayName, firstName, middleName, lastName } = party;
  const parts = [firstName, middleName, lastName].filter((part) => part !== undefined && part !== '').join(' ');
  const name = displayName ?? parts;
  return { type: party.idType, id: party.idValue, ...(name !== '' && { name }) };
}

/** The fee of the payee's FSP, where it is in the currency of the payment. */
export function feeOf(response: QuotesIdPutResponse | undefined, currency: string | undefined): string | undefined {
  const fee = response?.payeeFspFee;
  return fee !== undefined && fee.currency === currency ? fee.amount : undefined;
}
