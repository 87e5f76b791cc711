import { type ErrorInformation, parseDateTime, type QuotesPostRequest, type TransfersPostRequest } from '@payment-manager/fspiop';
import type { Asked } from '../transfer/stored-messages.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/** Why the core is not asked for this price. A payee of another FSP could not be paid here: its prepare would be refused, too. */
export function objectionToQuote(settings: PayeeSettings, quote: QuotesPostRequest, now: number): ErrorInformation | undefined {
  const payeeFsp = quote.payee.partyIdInfo.fspId;
  if (payeeFsp !== undefined && payeeFsp !== settings.fspId)
    return { errorCode: '3203', errorDescription: 'the payee is with another FSP' };
  if (quote.expiration !== undefined && parseDateTime(quote.expiration) <= now)
    return { errorCode: '3302', errorDescription: 'the quote request had expired when it arrived' };
  return undefined;
}

/**
 * Does the prepare match its quote in every term, and is there time enough for the core? (docs/money-rules.md, 3.) Only then is the
 * core called. Answers what is wrong, or undefined.
 */
export function objectionToPrepare(
  settings: PayeeSettings,
  state: PayeeState,
  prepare: TransfersPostRequest,
  asked: Asked,
  now: number,
): ErrorInformation | undefined {
  const refuse = (errorCode: string, errorDescription: string): ErrorInformation => ({ errorCode, errorDescription });
  const { response, quoteAsked } = state;
  if (response === undefined || quoteAsked === undefined) return refuse('3205', 'there is no answered quote for this transfer');
  const parties = objectionToParties(settings, prepare, asked);
  if (parties !== undefined) return parties;
  if (asked.source !== quoteAsked.source) return refuse('3100', 'the transfer comes from another FSP than its quote');
  if (prepare.amount.currency !== response.transferAmount.currency) return refuse('3100', "the transfer's currency is not the quote's");
  if (prepare.amount.amount !== response.transferAmount.amount)
    return refuse('3100', "the transfer's amount is not the quote's transferAmount");
  if (prepare.condition !== response.condition) return refuse('3100', "the transfer's condition is not the quote's");
  if (prepare.ilpPacket !== response.ilpPacket) return refuse('3100', "the transfer's ilpPacket is not the quote's");
  const expiration = parseDateTime(prepare.expiration);
  if (expiration <= now) return refuse('3303', 'the transfer had expired when it arrived');
  if (parseDateTime(response.expiration) <= now) return refuse('3302', 'the quote of this transfer has expired');
  if (expiration - now <= settings.clockSkewMs + settings.coreMinimumMs)
    return refuse('3303', 'the transfer expires too soon to be executed safely');
  if (settings.core.atPrepare === 'reserve' && asked.version === '1.0' && settings.core.reserveWithoutPatch === 'refuse') {
    return refuse('3001', 'this FSP needs the notification of transfers 1.1 or later');
  }
  return undefined;
}

/** The prepare names us as payee and its sender as payer. */
export function objectionToParties(settings: PayeeSettings, prepare: TransfersPostRequest, asked: Asked): ErrorInformation | undefined {
  if (prepare.payeeFsp !== settings.fspId) return { errorCode: '3203', errorDescription: 'payeeFsp is not this FSP' };
  if (prepare.payerFsp !== asked.source) return { errorCode: '3202', errorDescription: 'payerFsp is not the sender' };
  return undefined;
}
