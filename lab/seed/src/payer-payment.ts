import { formatDateTime } from '@payment-manager/fspiop';
import type { flows } from '@payment-manager/mojaloop-connector';
import type { Random } from '@payment-manager/runtime';
import { answerTo, type Deal, error, partyAt, prepareOf, quoteOf } from './messages.ts';
import type { PayerEnd } from './mix.ts';

/** How long a step takes, milliseconds. */
const step = (random: Random): number => 5 + Math.floor(random.fraction() ** 3 * 400);

/** The events of a payment that we made, begun at an instant. */
export function payerEvents(deal: Deal, end: PayerEnd, random: Random, startedAt: number): readonly flows.PayerEvent[] {
  let at = startedAt;
  const later = (): number => {
    at += step(random);
    return at;
  };
  const { payer, payee, payeeFsp, amount, currency } = deal;
  const transferId = random.uuid();
  const quote = quoteOf(deal, random, startedAt);
  const headers = { 'content-type': 'application/vnd.interoperability.parties+json;version=1.1', 'fspiop-source': payeeFsp };
  const events: flows.PayerEvent[] = [
    {
      type: 'payment-started',
      at,
      transferId,
      quoteId: quote.quoteId,
      request: {
        homeTransactionId: random.fraction() < 0.5 ? `PAY-${formatDateTime(at).slice(0, 10)}-${transferId.slice(0, 8)}` : random.uuid(),
        from: { idType: payer.idType, idValue: payer.idValue, displayName: `${payer.firstName} ${payer.lastName}` },
        to: { idType: payee.idType, idValue: payee.idValue },
        amountType: 'SEND',
        currency,
        amount,
        transactionType: 'TRANSFER',
      },
      hash: Buffer.from(random.bytes(32)).toString('base64url'),
      attempt: 1,
    },
  ];
  const failed = (errorCode: string, text: string): readonly flows.PayerEvent[] => [
    ...events,
    { type: 'failed', at: later(), errorInformation: error(errorCode, text), timeout: false },
  ];
  if (end === 'not-found') return failed('3204', 'Party not found');
  events.push({ type: 'party-found', at: later(), party: partyAt(payee, payeeFsp), headers });
  if (end === 'declined') return [...events, { type: 'aborted', at: later(), reason: 'the payer did not accept the party' }];
  events.push({ type: 'quote-requested', at: later(), by: 'dfsp', destination: payeeFsp, quoteRequest: quote });
  if (end === 'quote-failed') return failed(random.fraction() < 0.7 ? '5105' : '5200', 'Payee FSP rejected the quote');
  const { response, fulfilment } = answerTo(quote, random, at);
  events.push({ type: 'quote-received', at: later(), response, source: payeeFsp, headers });
  events.push({ type: 'quote-accepted', at: later(), by: 'dfsp', prepare: prepareOf(transferId, deal, response, at) });
  return [...events, ...afterPrepare(end, deal, fulfilment, random, later)];
}

function afterPrepare(
  end: PayerEnd,
  { payeeFsp }: Deal,
  fulfilment: string,
  random: Random,
  later: () => number,
): readonly flows.PayerEvent[] {
  const notCommitted = (said: 'hub' | 'payee' | 'never-left', errorCode: string, text: string): flows.PayerEvent => ({
    type: 'not-committed',
    at: later(),
    errorInformation: error(errorCode, text),
    said,
    timeout: false,
  });
  if (end === 'never-left') return [notCommitted('never-left', '2001', 'The hub could not be reached')];
  const sent: flows.PayerEvent = { type: 'prepare-sent', at: later(), outcome: 'acknowledged', detail: '202' };
  if (end === 'open') return [sent];
  if (end === 'exception')
    return [
      sent,
      { type: 'exception-raised', at: later(), code: 'OUTCOME_UNKNOWN', reason: 'the hub has not said how the transfer ended' },
    ];
  if (end === 'aborted')
    return [
      sent,
      random.fraction() < 0.6
        ? notCommitted('payee', '5104', 'Payee rejected the transfer')
        : notCommitted('hub', '4001', 'Payer FSP insufficient liquidity'),
    ];
  if (end === 'expired') return [sent, notCommitted('hub', '3303', 'Transfer expired')];
  const at = later();
  return [
    sent,
    {
      type: 'fulfilled',
      at,
      fulfil: { fulfilment, completedTimestamp: formatDateTime(at), transferState: 'COMMITTED' },
      source: payeeFsp,
      headers: { 'fspiop-source': payeeFsp },
    },
  ];
}
